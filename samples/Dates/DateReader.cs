using DlGen;

namespace Dates;

/// <summary>A date as people write it to the date of ISO 8601, sign by sign: an encoder that reads both ways, and a decoder that looks at what was read (Luong et al. 2015).</summary>
[Model]
public partial class DateReader
{
    /// <summary>How many characters are read, the padding among them, and how many different ones there are.</summary>
    public const int Longest = 32, Characters = 68;

    /// <summary>Signs of an answer, "2017-03-03", and how many different ones there are: digits, the hyphen, and the one that every answer begins with.</summary>
    public const int AnswerLength = 10, Signs = 12;

    /// <summary>The id that fills the places behind a text: specials have the first ids.</summary>
    private const int Padding = 0;

    private const int Units = 64;

    /// <summary>
    /// The answer has its beginning before it: after each sign but the last, what is next is foreseen from those so far. It is the last input, so it is the one that steps: what is written is
    /// read once for all signs of an answer.
    /// </summary>
    private static Tensor Forward([Tokens(Longest, Characters)] Tensor written, [Tokens(AnswerLength + 1, Signs)] Tensor answer)
    {
        var there = written != Padding;
        var read = written.Embedding(32).Gru(Units / 2, out var state, bidirectional: true, returnSequence: true, mask: there);
        var x = answer[..^1].Embedding(16).Gru(Units, initial: state.Flatten().Linear(Units).Tanh(), returnSequence: true);
        return Tensor.Concat([x, x.CrossAttention(read, heads: 1, mask: there)], axis: -1).Linear(Units).Tanh().Linear(Signs);
    }

    private static Tensor Loss(Tensor logits, Tensor answer) => logits.SoftmaxCrossEntropy(answer[1..]);
}
