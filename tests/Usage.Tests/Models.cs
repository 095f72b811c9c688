namespace DlGen.Tests;

[Model, Input(12)]
[Linear(20), Tanh, LayerNorm, Linear(3)]
[SoftmaxCrossEntropy]
public partial class Classifier;

[Model(Precision = Precision.Float64), Input(12)]
[Linear(20), Gelu, Dropout(0.4), Linear(5), Tanh]
[MeanSquaredError]
public partial class Regression;

/// <summary>No loss: only predictions and passes.</summary>
[Model, Input(4)]
[Linear(16), Silu, Linear(2)]
public partial class Maker;

[Model, Input(2)]
[Linear(16), LeakyRelu(0.2), Linear(1)]
[SigmoidCrossEntropy]
public partial class Critic;

/// <summary>The catalogue's layers …</summary>
[Model, SoftmaxCrossEntropy]
public partial class FromCatalogue
{
    private static Tensor Forward([Input(24)] Tensor x)
    {
        var y = x.Linear(32, name: "first").LayerNorm(name: "norm").Gelu();
        return y.Linear(10, name: "last").Softmax().Log();
    }
}

/// <summary>… and the same written from their parts.</summary>
[Model, SoftmaxCrossEntropy]
public partial class ByHand
{
    private static Tensor Forward([Input(24)] Tensor x)
    {
        var y = x.Linear(32, name: "first");
        var centred = y - y.Mean(-1, keep: true);
        y = centred / ((centred * centred).Mean(-1, keep: true) + 1e-5).Sqrt();
        y = y * Tensor.Parameter([32], Init.Ones, name: "norm_weight") + Tensor.Parameter([32], name: "norm_bias");
        y = 0.5 * y * (1 + (y * Math.Sqrt(0.5)).Erf());
        y = y.Linear(10, name: "last");
        var shifted = (y - y.Max(-1, keep: true).StopGradient()).Exp();
        return (shifted / shifted.Sum(-1, keep: true)).Log();
    }
}
