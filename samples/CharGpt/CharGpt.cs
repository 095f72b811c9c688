using DlGen;

namespace CharGpt;

/// <summary>What comes next in a text, after each of 64 characters: GPT-2's network (Radford et al. 2019), small.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Initialize(Init.Normal, Scale = 0.02), SoftmaxCrossEntropy]
public partial class Gpt
{
    /// <summary>How many ids it looks back, and how many there may be: a text of more different characters needs a larger vocabulary.</summary>
    public const int Context = 64, Vocabulary = 128;

    private const int Width = 128, Layers = 4, Heads = 4;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
    {
        // One table says what the ids mean, and which id the result means.
        var table = Tensor.Parameter([Vocabulary, Width], Initializer.Normal(0.02), name: "tokens");
        var x = tokens.Embedding(table).PositionEmbedding();
        for (int i = 0; i < Layers; i++)
            x = Block(x);
        return x.LayerNorm().MatMul(table.Transpose());
    }

    private static Tensor Block(Tensor x)
    {
        x += x.LayerNorm().Attention(Heads, causal: true);
        return x + x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
    }
}
