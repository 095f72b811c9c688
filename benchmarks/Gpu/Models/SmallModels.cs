namespace DlGen.Gpu.Models;

/// <summary>Dense layers, a norm over the batch and one over the row.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(6)]
[Linear(9, Bias = false), BatchNorm, Relu, Linear(5), LayerNorm, Gelu, Linear(3)]
[SoftmaxCrossEntropy]
public partial class SmallMlp;

/// <summary>Convolutions and pools over bytes.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1, 12, 12, Bytes = true)]
[Conv2d(3, Kernel = 3, Padding = 1), Relu, MaxPool2d(2)]
[Conv2d(5, Kernel = 3), Relu, MaxPool2d(2)]
[Flatten, Linear(10)]
[SoftmaxCrossEntropy]
public partial class SmallLeNet;

/// <summary>A residual block with norms, and the mean of each channel.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
public partial class SmallResNet
{
    private static Tensor Forward([Input(2, 6, 6)] Tensor images)
    {
        var x = images.Conv2d(4, kernel: 3, padding: 1, bias: false).BatchNorm().Relu();
        x = (x + x.Conv2d(4, kernel: 3, padding: 1, bias: false).BatchNorm()).Relu();
        return x.GlobalAvgPool2d().Linear(3);
    }
}

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(5, 3)]
[Lstm(4), Linear(2)]
[MeanSquaredError]
public partial class SmallLstm;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(5, 3)]
[Gru(4, Bidirectional = true), Linear(2)]
[MeanSquaredError]
public partial class SmallGru;

/// <summary>A transformer block over ids, which writes.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
public partial class SmallGpt
{
    public const int Context = 6, Vocabulary = 7;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
    {
        var table = Tensor.Parameter([Vocabulary, 8], Initializer.Normal(0.5), name: "tokens");
        var x = tokens.Embedding(table).PositionEmbedding();
        x += x.LayerNorm().Attention(2, causal: true);
        x += x.LayerNorm().Linear(16).Gelu().Linear(8);
        return x.LayerNorm().MatMul(table.Transpose());
    }
}

/// <summary>Ten numbers through three.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(10)]
[Linear(3), Tanh, Linear(10)]
[MeanSquaredError]
public partial class SmallAutoencoder;

[Model(Precision = Precision.Float64, Targets = Targets.Cpu | Targets.Cuda), Input(4)]
[Linear(7), Tanh, Linear(2)]
[MeanSquaredError]
public partial class SmallDoubles;

/// <summary>Half of what it computes is dropped: other random bits would give other numbers at once.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(6)]
[Linear(16), Relu, Dropout(0.5), Linear(2)]
[MeanSquaredError]
public partial class SmallDropout;

/// <summary>Steps that count by a number of their own, or not at all.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda)]
public partial class SmallTagger
{
    public const int Steps = 4, Tags = 3;

    private static Tensor Forward([Input(Steps, 3)] Tensor words) => words.Linear(6).Relu().Linear(Tags);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, [Label(Tags, Length = Steps, Ignore = -1)] Tensor tag, [Target] Tensor confidence)
        => (logits.SoftmaxCrossEntropy(tag, reduction: Reduction.None), confidence * (tag != -1));
}
