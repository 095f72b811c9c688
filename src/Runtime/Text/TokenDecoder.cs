using System.Buffers;
using System.Text;

namespace DlGen;

/// <summary>Text of ids that come one after the other. An id may end in the middle of a character; the character comes with the id that completes it. For one thread at a time.</summary>
public sealed class TokenDecoder
{
    private readonly Tokenizer tokenizer;
    private readonly bool showSpecials;
    private readonly Decoder decoder = Encoding.UTF8.GetDecoder();
    private readonly ArrayBufferWriter<byte> bytes = new(16);

    internal TokenDecoder(Tokenizer tokenizer, bool showSpecials) => (this.tokenizer, this.showSpecials) = (tokenizer, showSpecials);

    /// <summary>The text that is whole with this id; empty while bytes of its character are missing. All that is given, and <see cref="Flush"/> at the end, is the text that
    /// <see cref="Tokenizer.Decode(ReadOnlySpan{int}, bool)"/> gives for all ids.</summary>
    /// <param name="id">The next id.</param>
    /// <exception cref="TokenRangeException">The id is none of the tokenizer's; it counts as not given.</exception>
    public string Decode(int id)
    {
        bytes.ResetWrittenCount();
        tokenizer.AppendChecked(id, bytes, showSpecials);
        return Text(bytes.WrittenSpan, flush: false);
    }

    /// <summary>What is left at the end: U+FFFD for a character that was never completed, else empty. The next id begins a new text.</summary>
    public string Flush() => Text([], flush: true);

    private string Text(ReadOnlySpan<byte> next, bool flush)
    {
        var characters = new char[decoder.GetCharCount(next, flush)];
        return new string(characters, 0, decoder.GetChars(next, characters, flush));
    }
}
