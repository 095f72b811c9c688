using DlGen;

namespace MaskedWords;

/// <summary>What stands in the hidden places of a text, from what stands around them on both sides: BERT's task (Devlin et al. 2019), with rotary positions.</summary>
[Model, Initialize(Init.Normal, Scale = 0.02)]
public partial class MaskedLanguageModel
{
    /// <summary>The most ids of a text, and how many different ones there are, the specials among them.</summary>
    public const int Length = 48, Vocabulary = 514;

    /// <summary>The id that fills the places behind a text, and the one that stands in a hidden place: specials have the first ids.</summary>
    public const int Padding = 0, Mask = 1;

    /// <summary>The label of a place that is not hidden.</summary>
    public const int NotHidden = -1;

    private const int Width = 128, Layers = 2, Heads = 4;

    private static Tensor Forward([Tokens(Length, Vocabulary)] Tensor tokens, [Lengths(Length)] Tensor length)
    {
        // One table says what the ids mean, and which id the result means.
        var table = Tensor.Parameter([Vocabulary, Width], Initializer.Normal(0.02), name: "tokens");
        var x = tokens.Embedding(table);
        for (int i = 0; i < Layers; i++)
            x = Block(x, length.Mask());
        return x.LayerNorm().MatMul(table.Transpose());
    }

    private static Tensor Block(Tensor x, Tensor there)
    {
        x += x.LayerNorm().Attention(Heads, rotary: true, mask: there);
        return x + x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
    }

    private static Tensor Loss(Tensor logits, [Label(Vocabulary, Length = Length, Ignore = NotHidden)] Tensor hidden)
        => logits.SoftmaxCrossEntropy(hidden, reduction: Reduction.None);
}
