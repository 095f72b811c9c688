namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Attention => new()
    {
        // Straight between input and output.
        ["SelfAttention"] = """
            [Model{P}, MeanSquaredError]
            public partial class SelfAttention
            {
                private static Tensor Forward([Input(5, 6)] Tensor x) => x.Attention(2);
            }
            """,
        ["TransformerBlocks"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class TransformerBlocks
            {
                private static Tensor Forward([Input(4, 3)] Tensor x)
                {
                    x = x.Linear(6) + Tensor.Parameter([4, 6], Init.Normal, name: "positions");
                    for (int i = 0; i < 2; i++)
                    {
                        x += x.LayerNorm().Attention(heads: 3 - i, causal: true, bias: i > 0);
                        x += x.LayerNorm().Linear(10).Gelu().Linear(6);
                    }
                    return x.LayerNorm().Linear(5);
                }
            }
            """,
        // Extents of 1: a single feature a head, a single step, a single head.
        ["AttentionOfOne"] = """
            [Model{P}, MeanSquaredError]
            public partial class AttentionOfOne
            {
                private static Tensor Forward([Input(3, 4)] Tensor x)
                {
                    var narrow = x.Attention(4, causal: true).Tanh();
                    var brief = narrow.Reshape(1, 12).Attention(3).Reshape(3, 4);
                    return (x + brief.Attention(1)).Reshape(12, 1).Attention(1, bias: false).Flatten().Linear(3);
                }
            }
            """,
        // What attention reads is made by others and read by others; its weights are used twice, and over other times.
        ["SharedAttention"] = """
            [Model{P}, MeanSquaredError]
            public partial class SharedAttention
            {
                private static Tensor Forward([Input(6, 4)] Tensor x)
                {
                    var y = Mix(x.Sin());
                    var z = Mix(y[..3] * y[3..]);
                    return Tensor.Concat([z + y[1..4], z.Exp()], axis: -1).Mean(0).Linear(3);
                }

                [Shared]
                private static Tensor Mix(Tensor x) => x.Attention(2, causal: true) * x;
            }
            """,
        // Masks per row by lengths and by ids, the same for all rows, for each query its own; some queries see nothing. Memories as wide as the sequence and not.
        ["MaskedAttention"] = """
            [Model{P}]
            public partial class MaskedAttention
            {
                private static Tensor Forward([Input(5, 4)] Tensor x, [Lengths(5)] Tensor lengths, [Tokens(3, 4)] Tensor words)
                {
                    Tensor mask = lengths.Mask(), there = words != 2;
                    x += x.Attention(2, causal: true, mask: mask);
                    x += x.LayerNorm().CrossAttention(words.Embedding(3), 4, mask: there);
                    var steps = Tensor.Constant(0, 1, 2, 3, 4);
                    var near = (steps - steps.Reshape(5, 1)).Abs() < 2;
                    x += x.Attention(1, bias: false, mask: near);
                    x += x.Attention(2, bias: false, mask: near & Tensor.Constant(1, 0).Reshape(2, 1, 1)); // the second head sees nothing
                    var scores = Tensor.Parameter([2, 1, 5], Init.Normal, name: "scores") + x[.., 0].Reshape(5, 1);
                    x += x.Attention(2, causal: true, mask: mask, attentionBias: scores);
                    return x.CrossAttention((x * mask.Reshape(5, 1)).Tanh()[..3], 2, bias: false, mask: there & (x[.., ..3] > 0));
                }

                private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor lengths, [Label(4, Length = 5)] Tensor tag)
                    => (output.SoftmaxCrossEntropy(tag, reduction: Reduction.None), lengths.Mask());
            }
            """,
        // Causal attention whose scores are in memory: what is trained or constant for each pair of steps, what a step says as a query and as a key, all of it in ops.
        ["Scores"] = """
            [Model{P}, MeanSquaredError]
            public partial class Scores
            {
                private static Tensor Forward([Input(6, 4)] Tensor x)
                {
                    var steps = Tensor.Constant(0, 1, 2, 3, 4, 5);
                    var distance = steps.Reshape(6, 1) - steps;
                    var slopes = Tensor.Constant(0.5, 0.25).Reshape(2, 1, 1);
                    x += x.Attention(2, causal: true, attentionBias: Tensor.Parameter([2, 6, 6], Init.Normal, name: "relative") - slopes * distance.Abs());
                    x += x.Attention(2, causal: true, mask: x[.., 0] < 1, attentionBias: x[.., 1] + x[.., 2].Reshape(6, 1));
                    var scores = x.Linear(3).MatMul(x.Linear(3).Transpose());
                    var weights = Tensor.Where(distance < 0, double.NegativeInfinity, scores.Tanh()).Softmax();
                    x += (weights * (distance < 3)).MatMul(x.Linear(4));
                    // Of steps that are not there yet it is 0 / 0.
                    var length = (x * x).Sum(1).Sqrt();
                    return x + (x.MatMul(x.Transpose()) / (length.Reshape(6, 1) * length) * (distance >= 0)).MatMul(x);
                }
            }
            """,
        // Positions of all kinds, of an odd width too; heads of a width of their own.
        ["Positions"] = """
            [Model{P}, MeanSquaredError]
            public partial class Positions
            {
                private static Tensor Forward([Input(6, 5)] Tensor x)
                {
                    x = x.SinusoidalPosition();
                    x += x.RmsNorm().Attention(2, causal: true, bias: false, rotary: true, headWidth: 4);
                    x += x.CrossAttention(x.Linear(3).SinusoidalPosition(), 3, headWidth: 2);
                    var heads = x.Linear(8).Reshape(6, 2, 4).Transpose(1, 0, 2).Rotary(@base: 50);
                    return heads.MatMul(heads.Transpose(0, 2, 1)).Mean(0) + x.Linear(6).Rotary();
                }
            }
            """,
    };
}
