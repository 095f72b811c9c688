using DlGen;

namespace MaskedWords;

/// <summary>What stands in the hidden places of a text, from what stands around them on both sides: BERT's task (Devlin et al. 2019), with rotary positions.</summary>
[Model, Initialize(Init.Normal, Scale = 0.02)]
public partial class MaskedLanguageModel
{
    /// <summary>The most ids of a text, and how many different ones there are.</summary>
    public const int Length = 48, Vocabulary = 512;

    /// <summary>The id that stands in a hidden place, one more than the text has.</summary>
    public const int Mask = Vocabulary;

    /// <summary>The label of a place that is not hidden.</summary>
    public const int NotHidden = -1;

    private const int Width = 128, Layers = 2, Heads = 4;

    private static Tensor Forward([Tokens(Length, Vocabulary + 1)] Tensor tokens, [Lengths(Length)] Tensor length)
    {
        // One table says what the ids mean, and which id the result means; the mask is never the result.
        var table = Tensor.Parameter([Vocabulary + 1, Width], Initializer.Normal(0.02), name: "tokens");
        var x = tokens.Embedding(table);
        for (int i = 0; i < Layers; i++)
            x = Block(x, length.Mask());
        return x.LayerNorm().MatMul(table[..Vocabulary].Transpose());
    }

    private static Tensor Block(Tensor x, Tensor there)
    {
        x += x.LayerNorm().Attention(Heads, rotary: true, mask: there);
        return x + x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
    }

    private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, [Label(Vocabulary, Length = Length, Ignore = NotHidden)] Tensor hidden)
        => (logits.SoftmaxCrossEntropy(hidden, reduction: Reduction.None), hidden != NotHidden);
}
