namespace DlGen.Tests;

[Model, Input(12)]
[Linear(20), Tanh, LayerNorm, Linear(3)]
[SoftmaxCrossEntropy]
public partial class Classifier;

[Model(Precision = Precision.Float64), Input(12)]
[Linear(20), Gelu, Dropout(0.4), Linear(5), Tanh]
[MeanSquaredError]
public partial class Regression;

[Model(Precision = Precision.Float64), Input(5)]
[Linear(6, Bias = false), BatchNorm(Momentum = 0.2), Tanh, Linear(3)]
[SoftmaxCrossEntropy]
public partial class Normalised;

[Model(Precision = Precision.Float64), Input(12)]
[Linear(20), Gelu, LayerNorm, Linear(5)]
[MeanSquaredError]
public partial class Headed;

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

/// <summary>The catalogue's loss …</summary>
[Model, Input(24)]
[Linear(32), Tanh, LayerNorm, Linear(10)]
[SoftmaxCrossEntropy]
public partial class LossFromCatalogue;

/// <summary>… and the same written from its parts.</summary>
[Model, Input(24)]
[Linear(32), Tanh, LayerNorm, Linear(10)]
public partial class LossByHand
{
    private static Tensor Loss(Tensor logits, [Label(10)] Tensor digit)
    {
        var shifted = logits - logits.Max(-1, keep: true).StopGradient();
        var total = shifted.Exp().Sum(-1, keep: true).Log();
        return total - Tensor.Where(digit.OneHot(10), shifted, 0).Sum(-1, keep: true);
    }
}

/// <summary>No targets: the loss holds the output against the input.</summary>
[Model]
public partial class Autoencoder
{
    private static Tensor Forward([Input(8)] Tensor image) => image.Linear(3).Tanh().Linear(8);

    private static Tensor Loss(Tensor output, Tensor image) => output.MeanSquaredError(image, reduction: Reduction.Sum) + 0.01 * output.Abs().Mean();
}

/// <summary>Two inputs, and targets of both kinds; one is not used at all.</summary>
[Model(Precision = Precision.Float64)]
public partial class WeightedSteps
{
    private static Tensor Forward([Input(4, 3)] Tensor steps, [Input(2)] Tensor context) => steps.Linear(5) + context.Linear(5);

#pragma warning disable DLG0305 // what nothing uses is still checked and carried
    private static Tensor Loss(Tensor output, [Label(5, Length = 4)] Tensor kinds, Tensor context, [Target] Tensor weight, [Target(2)] Tensor unused)
#pragma warning restore DLG0305
        => weight * output.SoftmaxCrossEntropy(kinds, labelSmoothing: 0.1) + 0.1 * (output.Mean(0)[..2] - context).Pow(2).Mean();
}

/// <summary>Two heads over shared features: a class and a size.</summary>
[Model]
public partial class TwoHeads
{
    private static (Tensor Kind, Tensor Size) Forward([Input(6)] Tensor inputs)
    {
        var features = inputs.Linear(16).Tanh();
        return (features.Linear(3), features.Linear(1));
    }

    private static Tensor Loss((Tensor Kind, Tensor Size) output, [Label(3)] Tensor kind, [Target(1)] Tensor size)
        => output.Kind.SoftmaxCrossEntropy(kind) + output.Size.MeanSquaredError(size);
}

/// <summary>Tags of words, of which some do not count.</summary>
[Model(Precision = Precision.Float64)]
public partial class Tagger
{
    private static Tensor Forward([Input(6, 3)] Tensor words) => words.Linear(7).Tanh().Linear(4);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, [Label(4, Length = 6, Ignore = -1)] Tensor tag, [Target] Tensor confidence)
        => (logits.SoftmaxCrossEntropy(tag, reduction: Reduction.None), confidence);
}

/// <summary>A class among the classes that does not count.</summary>
[Model, Input(5), Linear(8), Relu, Linear(3), SoftmaxCrossEntropy(Ignore = 2)]
public partial class SomeLabels;

/// <summary>The same, with the loss as a method.</summary>
[Model]
public partial class SomeLabelsByMethod
{
    private static Tensor Forward([Input(5)] Tensor inputs) => inputs.Linear(8).Relu().Linear(3);

    private static Tensor Loss(Tensor logits, [Label(3, Ignore = 2)] Tensor targets) => logits.SoftmaxCrossEntropy(targets, reduction: Reduction.None);
}

/// <summary>Random numbers and running statistics in training.</summary>
[Model, Input(6), Linear(16, Bias = false), BatchNorm, Relu, Dropout(0.3), Linear(3), SoftmaxCrossEntropy]
public partial class Dropped;

/// <summary>Raw numbers, scaled in two ways inside of the model.</summary>
[Model, MeanSquaredError]
public partial class Scaled
{
    private static Tensor Forward([Input(3)] Tensor raw, [Input(3)] Tensor again) => (raw.Standardize().Linear(8) + again.MinMaxScale().Linear(8)).Tanh().Linear(1);
}

/// <summary>Small pictures.</summary>
[Model, Input(1, 4, 3), Conv2d(4, Kernel = 2), Relu, Flatten, Linear(3), SoftmaxCrossEntropy]
public partial class Pictures;

/// <summary>Channels that are dropped whole.</summary>
[Model]
public partial class Channelled
{
    private static Tensor Forward([Input(8, 3, 5)] Tensor x) => x.Dropout2d(0.25);
}
