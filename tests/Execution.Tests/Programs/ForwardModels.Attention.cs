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
    };
}
