using System.Buffers;
using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>An id for each character of an alphabet, in the order of their code points: what <c>sorted(set(text))</c> numbers in Python. A character is a Unicode code point.</summary>
public sealed class CharacterTokenizer : Tokenizer
{
    private readonly Rune[] alphabet;
    private readonly Dictionary<Rune, int> ids = [];

    /// <summary>A tokenizer of these characters, each of which stands once.</summary>
    internal CharacterTokenizer(Rune[] alphabet, SpecialTokens specials)
        : base(specials)
    {
        this.alphabet = alphabet;
        for (int i = 0; i < alphabet.Length; i++)
            ids.Add(alphabet[i], specials.Names.Count + i);
    }

    /// <summary>The characters in the order of their ids.</summary>
    public string Alphabet => string.Concat(alphabet);

    /// <inheritdoc/>
    private protected override int TextIds => alphabet.Length;

    /// <summary>A tokenizer of the characters that occur in a text.</summary>
    /// <param name="text">All that the model will read, not its training part alone: what is missing here can't be encoded later.</param>
    /// <param name="specials">Names that get ids beside the characters, 0, 1, …: <c>["&lt;pad&gt;", "&lt;start&gt;"]</c>. The characters follow.</param>
    /// <param name="unknown">Which of the specials stands for characters that the text does not have; null: they are an <see cref="UnknownCharacterException"/>.</param>
    /// <exception cref="ArgumentException">The text is empty, or a special is wrong.</exception>
    public static CharacterTokenizer Train(string text, IEnumerable<string>? specials = null, string? unknown = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            throw new ArgumentException("The text is empty, and so would be the alphabet.", nameof(text));
        var characters = new HashSet<Rune>();
        foreach (Rune character in text.EnumerateRunes())
            characters.Add(character);
        return new CharacterTokenizer([.. characters.Order()], SpecialTokens.Of(specials, unknown));
    }

    private protected override void Encode(ReadOnlySpan<char> text, int position, List<int> encoded)
    {
        foreach (Rune character in text.EnumerateRunes())
        {
            if (ids.TryGetValue(character, out int id))
                encoded.Add(id);
            else if (SpecialTokens.UnknownId >= 0)
                encoded.Add(SpecialTokens.UnknownId);
            else
                throw Unknown(character, position);
            position += character.Utf16SequenceLength;
        }
    }

    private protected override void AppendText(int textId, IBufferWriter<byte> bytes) => bytes.Advance(alphabet[textId].EncodeToUtf8(bytes.GetSpan(4)));

    private UnknownCharacterException Unknown(Rune character, int position)
    {
        string shown = Rune.IsControl(character) || Rune.IsWhiteSpace(character) ? "" : $" '{character}'";
        return new UnknownCharacterException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The character{shown} U+{character.Value:X4} at position {position} is none of the {alphabet.Length} of the tokenizer. Leave it out or replace it, train the tokenizer (and the model) on a text that has it or with a special for what is unknown, or take a {nameof(BytePairTokenizer)}, which encodes any text."),
            character,
            position);
    }
}
