using DlGen.Tests.Programs;

namespace DlGen.Tests.Mutation;

/// <summary>The models that mutants are tried on: those of Execution.Tests, and what they lack.</summary>
internal static class TrialModels
{
    private static readonly string[] InCorners = ["Gates", "Reshapes", "Statistics"];

    private static readonly string[] OfIds = ["TiedLanguageModel", "SeveralVocabularies", "PartsOfIds", "ComputedTables", "PickedClass"];

    /// <summary>Every way in which ids can lead to what is computed.</summary>
    public static string[] Ids => [.. OfIds.Select(name => ForwardModels.Source(name, float64: true))];

    private static readonly string[] OfRecurrences = ["Elman", "GatedCell", "TupleStates", "DelayLine", "SharedInCell", "OneStep", "Discounted", "LastLstm", "StackedLstm", "MaskedGru", "ConvolvingCell", "SlicedCell"];

    /// <summary>Recurrences: everything that can stand in a cell, in both directions.</summary>
    public static string[] Recurrences => [.. OfRecurrences.Select(name => ForwardModels.Source(name, float64: true)), DroppingCell];

    /// <summary>Every way in which values can flow in dense networks; other structures have trials of their own.</summary>
    public static string[] Flows { get; } = [.. ForwardModels.DenseNames.Except(InCorners).Concat(["TwoHeads", "WeightedLoss", "RowWeights", "IgnoredLabels"]).Select(name => ForwardModels.Source(name, float64: true))];

    /// <summary>Where faults show that other models forgive: few models, and most mutants.</summary>
    public static string[] Corners => [.. InCorners.Select(name => ForwardModels.Source(name, float64: true)), Ties, Axes, Square, Turned, Shifted, Dropping];

    /// <summary>Extents of 1, lanes ± 1, panels ± 1 and several of both.</summary>
    public static string[] Tails { get; } =
    [
        ForwardModels.Source("LargeContraction", float64: false),
        """
        namespace Float64
        {
            [Model(Precision = Precision.Float64), SoftmaxCrossEntropy]
            public partial class Tails
            {
                private static Tensor Forward([Input(3, 11)] Tensor x)
                {
                    var y = x.Sin().Linear(17).LayerNorm().Tanh();
                    return (y[1] * y[0] + y.Max(0)).Linear(5);
                }
            }
        }
        """,
    ];

    /// <summary>Convolutions that take Winograd's products, with shorter tiles at all edges; with 5 × 5 taps, on an image that their tiles don't divide, and of few channels before a pool.</summary>
    public static string[] Winograd
        => [.. new[] { "FewerProductsAtEdges", "FewerProductsOfFive", "FewerProductsPooled" }.Select(name => ForwardModels.Source(name, float64: false))];

    /// <summary>Few channels up to a second convolution, and channels by themselves, from the user's order and behind another convolution.</summary>
    public static string[] ImageOrder => [ForwardModels.Source("FewChannelsPooled", float64: false), ForwardModels.Source("ChannelsAlone", float64: false)];

    /// <summary>Convolutions with paddings, strides and taps that run both ways, forwards and backwards, along channels and along the width.</summary>
    public static string[] Borders { get; } =
    [
        """
        [Model, MeanSquaredError]
        public partial class Bordered
        {
            private static Tensor Forward([Input(3, 13, 9)] Tensor x)
            {
                x = x.Conv2d(16, kernel: 5, stride: 2, padding: 2).Tanh().Pad([2, 1, 0, 3]);
                return x.Conv2d(12, kernel: 4).Silu().ConvTranspose2d(12, kernel: 3, stride: 2, padding: 2).Mean(1);
            }
        }
        """,
        ForwardModels.Source("FewChannelsPooled", float64: false),
    ];

    /// <summary>Every option of the layers of images, orders that are mixed, and windows that hold each pixel twice.</summary>
    public static string[] Windows =>
    [
        .. new[] { "ConvolutionOptions", "Pools", "TransposedConvolutionOptions", "ConvolutionAfterTranspose", "UNet", "NormsOfImages", "SumsOfViews" }.Select(name => ForwardModels.Source(name, float64: true)),
        EqualPixels,
    ];

    /// <summary>Full, causal, masked, to another sequence, with positions, and with scores of thousands.</summary>
    public static string[] Attentions => [.. new[] { "SelfAttention", "TransformerBlocks", "MaskedAttention", "Positions" }.Select(name => ForwardModels.Source(name, float64: true)), LargeScores];

    /// <summary>More keys than a block has, queries that leave some over, and scores that grow towards the end.</summary>
    public static string[] AttentionBlocks { get; } =
    [
        """
        [Model, MeanSquaredError]
        public partial class AttentionBlocks
        {
            private static Tensor Forward([Input(67, 4)] Tensor x)
            {
                var y = x * Tensor.Constant([1.0, 2.0, 0.5, 3.0]) + x.Attention(2, causal: true, bias: false);
                return (20 * y).Attention(1, bias: false).Mean(0);
            }
        }
        """,
    ];

    /// <summary>Attention over more keys than a vector holds, a recurrence that begins with what is trained, windows, delays, tables along time.</summary>
    public static string[] Steps =>
    [
        """
        namespace Float64
        {
            [Model(Precision = Precision.Float64)]
            public partial class StepsOfText
            {
                private static Tensor Forward([Tokens(21, 13)] Tensor tokens)
                {
                    var x = tokens.Embedding(15).PositionEmbedding();
                    for (int i = 0; i < 2; i++) x += x.RmsNorm().Attention(heads: 3, causal: true);
                    return x;
                }
            }

            [Model(Precision = Precision.Float64)]
            public partial class StepsOfNumbers
            {
                private static Tensor Forward([Input(8, 4)] Tensor x)
                {
                    var start = Tensor.Parameter([3], Initializer.Normal(1), name: "start");
                    var windows = x.Conv1d(6, kernel: 3, dilation: 2, padding: 4)[..^4].Tanh();
                    var (outputs, _) = Tensor.Scan(windows * Tensor.Parameter([8, 1], Initializer.Normal(1), name: "season"), (start, Tensor.Zeros(2)), (state, step) =>
                    {
                        var (h, c) = state;
                        var next = (Tensor.Concat(h, step).Linear(3) + start).Tanh();
                        return (next.Linear(4) + c.Sum(), (next, c + h[..2]));
                    });
                    return Tensor.Concat([outputs.Pad([2, 0])[..8], x.Max(-1, keep: true)], axis: 1);
                }
            }
        }
        """,
        ForwardModels.Source("Scores", float64: true),
    ];

    /// <summary>Ids of two kinds, lengths, numbers beside the sequence that steps; masks of keys, of steps and of both; a state that begins with what is given, and one that meets it.</summary>
    public static string[] GivenSteps =>
    [
        """
        namespace Float64
        {
            [Model(Precision = Precision.Float64)]
            public partial class StepsBesideGiven
            {
                private static Tensor Forward([Tokens(11, 6)] Tensor words, [Tokens(6, 6)] Tensor kinds, [Lengths(6)] Tensor length, [Input(6, 4)] Tensor beside, [Tokens(6, 6)] Tensor ids)
                {
                    var read = words.Embedding(4).Gru(4, out var state, returnSequence: true, mask: words != 0);
                    var x = ids.Embedding(4) * beside;
                    x += x.CrossAttention(read, heads: 2, mask: words != 0);
                    x += x.CrossAttention(kinds.Embedding(3), heads: 2, mask: kinds.Reshape(1, 6) != ids.Reshape(6, 1));
                    x += x.Attention(heads: 2, causal: true, mask: ids != 0);
                    x = x.Gru(4, initial: state, returnSequence: true);
                    x += (x.Transpose() * length.Mask()).Transpose();
                    return Tensor.Scan(x, Tensor.Zeros(4), (s, step) => (s * read[0] + step).Linear(4).Tanh());
                }
            }
        }
        """,
    ];

    /// <summary>Extrema share their gradient among what is equal: here everything is, and only one of the equals leads to a parameter. Two biases have one gradient.</summary>
    private const string Ties = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class Ties
        {
            private static Tensor Forward([Input(6)] Tensor x)
            {
                var y = x.Linear(7) + x.Sin().Linear(7);
                var fixedY = y.StopGradient();
                var stacked = Tensor.Stack([y, fixedY, fixedY]);
                return Tensor.Concat([y.Maximum(fixedY), 2 * y.Minimum(fixedY), stacked.Max(0), 3 * stacked.Min(0)]).Linear(3);
            }
        }
        """;

    /// <summary>Three axes in a circle: a permutation that is not its own inverse, alone, twice and inside a contraction.</summary>
    private const string Axes = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class Axes
        {
            private static Tensor Forward([Input(6, 4)] Tensor x)
            {
                var y = x.Linear(5).Reshape(2, 3, 5);
                var circled = y.Transpose(1, 2, 0).Sin();
                var twice = y.Transpose(2, 0, 1).Transpose(1, 0, 2).MatMul(Tensor.Parameter([2, 3, 2], Initializer.Normal(0.5)));
                var mixed = y.Transpose(2, 0, 1).MatMul(Tensor.Parameter([5, 3, 4], Initializer.Normal(0.5)));
                var turned = y.Transpose(1, 0, 2).Transpose(0, 2, 1);
                return Tensor.Concat([circled.Flatten(), twice.Flatten(), mixed.Flatten(), turned.Flatten()]).Linear(3);
            }
        }
        """;

    /// <summary>Equal extents on axes that are not the same; reductions along one axis and along both.</summary>
    private const string Square = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class Square
        {
            private static Tensor Forward([Input(5, 5)] Tensor x)
            {
                var y = x.Linear(5);
                var z = (y - y.Mean(-1)) * y.Max(0) + y * y.Transpose();
                return (z.Linear(5) + (y - y.Mean()) * (y.Softmax() * y).Mean()).Tanh().Flatten().Linear(3);
            }
        }
        """;

    /// <summary>Too few columns to be copied into another order: the transposed matrix is read where it lies.</summary>
    private const string Turned = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class Turned
        {
            private static Tensor Forward([Input(3, 3)] Tensor x)
            {
                var y = x.Linear(3);
                return (y * y.Transpose()).Flatten().Linear(2);
            }
        }
        """;

    /// <summary>Exponentials of these scores overflow, and of their negatives vanish.</summary>
    private const string LargeScores = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class LargeScores
        {
            private static Tensor Forward([Input(4, 6)] Tensor x) => (60 * x).Attention(2);
        }
        """;

    /// <summary>Every pixel beside a copy that leads to no parameter: the first of the two has the gradient.</summary>
    private const string EqualPixels = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class EqualPixels
        {
            private static Tensor Forward([Input(1, 5, 5)] Tensor x)
            {
                var y = x.Conv2d(2, kernel: 2);
                return Tensor.Stack([y, y.StopGradient()], axis: 3).Reshape(2, 4, 8).MaxPool2d(2).Flatten().Linear(3);
            }
        }
        """;

    /// <summary>Random numbers that are drawn anew at every step.</summary>
    private const string DroppingCell = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class DroppingCell
        {
            private static Tensor Forward([Input(5, 3)] Tensor x)
                => Tensor.Scan(x.Gru(4, layers: 2, dropout: 0.3, returnSequence: true), Tensor.Zeros(6), (state, step) => (state.Dropout(0.4).Linear(6) + step.Linear(6)).Tanh())[^1].Linear(2);
        }
        """;

    private const string Dropping = """
        [Model(Precision = Precision.Float64), Input(9), Linear(11), Silu, Dropout(0.3), Linear(3), SoftmaxCrossEntropy]
        public partial class Dropping;
        """;

    /// <summary>A cheap map that another kernel computes again, from a scalar per row that nobody else reads.</summary>
    private const string Shifted = """
        [Model(Precision = Precision.Float64), MeanSquaredError]
        public partial class Shifted
        {
            private static Tensor Forward([Input(6)] Tensor x)
            {
                var y = x.Linear(16);
                var z = y - y.Max().StopGradient();
                return (z * z.Sin().Linear(16)).Linear(3);
            }
        }
        """;
}
