namespace DlGen.Tests.Execution;

/// <summary>Dense layers, a norm over the batch and one over the row, dropout.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(6)]
[Linear(9, Bias = false), BatchNorm, Relu, Linear(5), LayerNorm, Gelu, Linear(3)]
[SoftmaxCrossEntropy]
internal partial class DenseOnDevice;

/// <summary>The same in double, with random numbers.</summary>
[Model(Precision = Precision.Float64, Targets = Targets.Cpu | Targets.Cuda), Input(4)]
[Linear(7), Tanh, Dropout(0.25), Linear(2)]
[MeanSquaredError]
internal partial class DoublesOnDevice;

/// <summary>LeCun et al. 1998, small: convolutions, pools, bytes.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1, 12, 12, Bytes = true)]
[Conv2d(3, Kernel = 3, Padding = 1), Relu, MaxPool2d(2)]
[Conv2d(5, Kernel = 3, Bias = false), BatchNorm, Relu, MaxPool2d(2)]
[Flatten, Linear(10)]
[SoftmaxCrossEntropy]
internal partial class ImagesOnDevice;

/// <summary>A recurrence over a padded sequence.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(5, 3)]
[Lstm(4), Linear(2)]
[MeanSquaredError]
internal partial class RecurrentOnDevice;

/// <summary>A recurrence behind a window over the past: what both keep goes from step to step.</summary>
[Model(Precision = Precision.Float64, Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
internal partial class RecurrentWriterOnDevice
{
    public const int Context = 5, Vocabulary = 6;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
        => tokens.Embedding(4).Pad([2, 0]).Conv1d(5, kernel: 3).Tanh().Gru(4, layers: 2, returnSequence: true).Linear(Vocabulary);
}

/// <summary>
/// An answer to a padded text in the light of a picture: what is read of both is computed once, the state begins with it, and what has been written is compared with the words as they were given.
/// </summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
internal partial class AnsweringWriterOnDevice
{
    public const int Words = 7, Pixels = 6, Context = 4, Vocabulary = 6;

    private static Tensor Forward([Tokens(Words, Vocabulary)] Tensor words, [Input(Pixels, Bytes = true)] Tensor picture, [Tokens(Context, Vocabulary)] Tensor tokens)
    {
        var there = words != 0;
        var read = words.Embedding(6).Gru(3, out var state, bidirectional: true, returnSequence: true, mask: there);
        var x = tokens.Embedding(6) + picture.Linear(6).Tanh();
        x += x.Attention(2, causal: true);
        x += x.CrossAttention(read, 2, mask: there & (words.Reshape(1, Words) != tokens.Reshape(Context, 1)));
        return x.Gru(6, initial: state.Flatten(), returnSequence: true).Linear(Vocabulary);
    }
}

/// <summary>A tag for each step of a padded sequence, by the two steps before it too.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda)]
internal partial class TaggerOnDevice
{
    private static Tensor Forward([Tokens(5, 6)] Tensor words, [Lengths(5)] Tensor length) => words.Embedding(4).Pad([2, 0]).Conv1d(6, kernel: 3);

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, Tensor length, [Label(6, Length = 5, Ignore = -1)] Tensor tags)
        => (logits.SoftmaxCrossEntropy(tags, reduction: Reduction.None), length.Mask() * (tags != -1));
}

/// <summary>Scalings that are fitted on the data.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(4)]
[Standardize, Linear(5), Tanh, Linear(2)]
[MeanSquaredError]
internal partial class ScaledOnDevice;

/// <summary>Running statistics, and a loss whose slope at 0 is infinite.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda)]
internal partial class RootOnDevice
{
    private static Tensor Forward([Input(4)] Tensor x) => x.Linear(3, bias: false).BatchNorm().Linear(1);

    private static Tensor Loss(Tensor output, [Target(1)] Tensor target) => (output - target).Abs().Sqrt();
}

/// <summary>A product for tensor cores.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), Input(128)]
[Linear(128)]
[MeanSquaredError]
internal partial class MatricesOnDevice;
