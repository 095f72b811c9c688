namespace DlGen.Benchmarks;

[Model, Input(28, 28), Rnn(64), Linear(10), SoftmaxCrossEntropy]
public partial class RnnClassifier;

[Model, Input(28, 28), Lstm(64), Linear(10), SoftmaxCrossEntropy]
public partial class LstmClassifier;

[Model, Input(28, 28), Gru(64), Linear(10), SoftmaxCrossEntropy]
public partial class GruClassifier;

/// <summary>Attention over a long sequence.</summary>
[Model, Input(2048, 128), Attention(4)]
public partial class LongAttention;

/// <summary>nanoGPT as it is trained on a processor, with tied tables.</summary>
[Model, SoftmaxCrossEntropy]
public partial class SmallGpt
{
    public const int Context = 64, Vocabulary = 65;

    private const int Width = 128;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
    {
        var table = Tensor.Parameter([Vocabulary, Width], Initializer.Normal(0.02), name: "tokens");
        var x = tokens.Embedding(table).PositionEmbedding();
        for (int i = 0; i < 4; i++)
        {
            x += x.LayerNorm().Attention(heads: 4, causal: true);
            x += x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
        }
        return x.LayerNorm().MatMul(table.Transpose());
    }
}
