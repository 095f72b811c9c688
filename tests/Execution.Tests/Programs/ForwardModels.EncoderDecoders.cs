namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    /// <summary>Networks whose last input steps, and whose others are given whole.</summary>
    private static Dictionary<string, string> EncoderDecoders => new()
    {
        // Keys and values of another sequence with padding, more of them than a vector holds, as wide as the queries and not; a condition of the whole sequence. Among its own steps a query sees neither
        // padding nor, with the second head of the second layer, those that came long before.
        ["TransformerDecoder"] = """
            [Model{P}]
            public partial class TransformerDecoder
            {
                private static Tensor Forward([Tokens(19, 8)] Tensor source, [Input(3)] Tensor condition, [Tokens(7, 5)] Tensor target)
                {
                    var there = source != 0;
                    var read = source.Embedding(10).PositionEmbedding();
                    read += read.LayerNorm().Attention(2, mask: there);
                    var x = target[..^1].Embedding(10).PositionEmbedding() + condition.Linear(10).Tanh();
                    var steps = Tensor.Constant(0, 1, 2, 3, 4, 5);
                    var near = (steps - steps.Reshape(6, 1)).Abs() < 2;
                    for (int i = 0; i < 2; i++)
                    {
                        x += x.LayerNorm().Attention(2, causal: true, mask: i == 0 ? target[..^1] != 0 : near | Tensor.Constant(1, 0).Reshape(2, 1, 1));
                        x += x.LayerNorm().CrossAttention(i == 0 ? read.LayerNorm() : read[2..].Linear(3), 2, mask: i == 0 ? there : null);
                        x += x.LayerNorm().Linear(12).Gelu().Linear(10);
                    }
                    return x.Linear(5);
                }

                private static Tensor Loss(Tensor logits, Tensor target) => logits.SoftmaxCrossEntropy(target[1..]);
            }
            """,
        // The state of an encoder in both directions is the beginning of the decoder, which looks at its states by hand.
        ["GruDecoder"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class GruDecoder
            {
                private static Tensor Forward([Tokens(9, 7)] Tensor source, [Tokens(6, 5)] Tensor target)
                {
                    var there = source != 0;
                    var read = source.Embedding(4).Gru(3, out var state, bidirectional: true, returnSequence: true, mask: there);
                    var x = target.Embedding(4).Gru(6, initial: state.Flatten().Linear(6).Tanh(), returnSequence: true);
                    var scores = x.Linear(6, bias: false).MatMul(read.Transpose());
                    var weights = Tensor.Where(there, scores, -1e9).Softmax();
                    return Tensor.Concat([x, weights.MatMul(read)], axis: -1).Linear(5);
                }
            }
            """,
        // Inputs of all types that are given: bytes of an image, lengths, another sequence of the same steps, ids that a step compares its own with. What a cell captures, masks of their own for each step,
        // what is learned is looked at as what is given, an output that no step changes.
        ["GivenKinds"] = """
            [Model{P}]
            public partial class GivenKinds
            {
                private static (Tensor Each, Tensor Last, Tensor Fixed) Forward([Input(2, 6, 5, Bytes = true)] Tensor image, [Lengths(4)] Tensor length, [Input(5, 3)] Tensor beside, [Tokens(4, 6)] Tensor words, [Tokens(5, 6)] Tensor ids)
                {
                    var seen = image.Conv2d(4, kernel: 3).BatchNorm().Relu().Reshape(4, 12).Transpose();
                    var h = (seen[0].Linear(8) / (1 + seen[1].Abs().Sum())).Reshape(2, 4);
                    var x = ids.Embedding(4) * beside.Linear(4).Exp();
                    x += x.CrossAttention(words.Embedding(3), 2, mask: length.Mask() & (words.Reshape(1, 4) != ids.Reshape(5, 1)));
                    x += x.CrossAttention(Tensor.Parameter([6, 3], Init.Normal, name: "learned"), 1);
                    x = x.Lstm(4, initial: (h, h.Sin()), layers: 2, returnSequence: true);
                    var y = Tensor.Scan(x, seen.Max(0), (state, step) => (state.Linear(4) + step.Reshape(1, 4).MatMul(seen.Linear(4).Tanh().Transpose()).Softmax().MatMul(seen).Reshape(4)).Tanh());
                    return (Tensor.Concat([x, y], axis: 1), y[^1] * seen.Mean(0), seen.Sum(0).Linear(2));
                }
            }
            """,
    };
}
