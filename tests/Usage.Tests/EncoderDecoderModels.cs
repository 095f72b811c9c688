namespace DlGen.Tests;

/// <summary>A text to another one: the padding of the source is hidden from encoder and decoder, and a style says how the answer is written.</summary>
[Model, SoftmaxCrossEntropy]
public partial class Translator
{
    public const int Longest = 11, Letters = 9, Styles = 3, Length = 8, Vocabulary = 7;

    private static Tensor Forward([Tokens(Longest, Letters)] Tensor source, [Input(Styles)] Tensor style, [Tokens(Length, Vocabulary)] Tensor target)
    {
        var there = source != 0;
        var read = source.Embedding(12).PositionEmbedding();
        read += read.LayerNorm().Attention(heads: 2, mask: there);
        var x = target.Embedding(12).PositionEmbedding() + style.Linear(12).Tanh();
        x += x.LayerNorm().Attention(heads: 2, causal: true);
        x += x.LayerNorm().CrossAttention(read.LayerNorm(), heads: 2, mask: there);
        x += x.LayerNorm().Linear(24).Gelu().Linear(12);
        return x.LayerNorm().Linear(Vocabulary);
    }
}

/// <summary>The decoder begins with the encoder's state and looks at nothing else, in double; the answer is its own target.</summary>
[Model(Precision = Precision.Float64)]
public partial class Retold
{
    public const int Longest = 6, Letters = 5, Length = 9, Vocabulary = 6;

    private static Tensor Forward([Tokens(Longest, Letters)] Tensor source, [Lengths(Longest)] Tensor length, [Tokens(Length, Vocabulary)] Tensor target)
    {
        source.Embedding(4).Gru(7, out var state, mask: length.Mask());
        return target[..^1].Embedding(4).Gru(7, initial: state, returnSequence: true).Linear(Vocabulary);
    }

    private static Tensor Loss(Tensor logits, Tensor target) => logits.SoftmaxCrossEntropy(target[1..]);
}

/// <summary>What is given is numbers, bytes and a sequence beside the one that steps; the outputs are numbers too, one of them the same at every step.</summary>
[Model(Precision = Precision.Float64)]
public partial class Conditioned
{
    public const int Length = 5, Features = 2;

    private static (Tensor Each, Tensor Base) Forward([Input(Length, Features)] Tensor known, [Input(4, Bytes = true)] Tensor picture, [Input(Length, Features)] Tensor history)
    {
        var seen = picture.Linear(6).Tanh();
        return ((history * known + seen.Linear(2)).Lstm(6, initial: (seen, seen.Sin()), returnSequence: true).Linear(1), seen.Linear(3));
    }
}
