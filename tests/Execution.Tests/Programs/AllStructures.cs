namespace DlGen.Tests.Programs;

/// <summary>
/// A network with every structure of the compiler in it: convolutions with batch normalisation and pooling, tokens, a recurrence of the catalogue's and
/// one of the user's, attention, a tied table, several inputs and targets, a loss of its own. It has a PyTorch twin.
/// </summary>
internal static class AllStructures
{
    public const string Body = """
        private static Tensor Forward([Input(1, 8, 8)] Tensor image, [Tokens(3, 7)] Tensor words)
        {
            var seen = image.Conv2d(6, kernel: 3, padding: 1, bias: false).BatchNorm().Silu().MaxPool2d(2);
            seen += seen.Conv2d(6, kernel: 3, padding: 1, groups: 2, bias: false).BatchNorm().Tanh();
            seen = seen.AvgPool2d(2, stride: 1).ConvTranspose2d(6, kernel: 2);

            var table = Tensor.Parameter([7, 6], Initializer.Normal(0.5), name: "words");
            var sequence = Tensor.Concat([seen.Reshape(6, 16).Transpose(), words.Embedding(table)]).PositionEmbedding();
            sequence = sequence.Lstm(8, returnSequence: true);
            sequence += sequence.LayerNorm().Attention(heads: 2, causal: true);
            var trace = Tensor.Scan(sequence, Tensor.Zeros(6), Cell);
            return Tensor.Concat([trace[^1].MatMul(table.Transpose()), sequence.Mean(0).Linear(2)]);
        }

        private static Tensor Cell(Tensor state, Tensor step) => 0.5 * state + (step.Linear(6) + state.Linear(6, bias: false)).Tanh();

        private static Tensor Loss(Tensor output, [Label(7)] Tensor next, [Target(2)] Tensor place)
            => output[..7].SoftmaxCrossEntropy(next) + 0.5 * (output[7..] - place).Pow(2).Mean();
        """;
}
