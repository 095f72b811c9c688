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
    internal CharacterTokenizer(Rune[] alphabet)
    {
        this.alphabet = alphabet;
        for (int id = 0; id < alphabet.Length; id++)
            ids.Add(alphabet[id], id);
    }

    /// <summary>The characters in the order of their ids.</summary>
    public string Alphabet => string.Concat(alphabet);

    /// <inheritdoc/>
    public override int Vocabulary => alphabet.Length;

    /// <summary>A tokenizer of the characters that occur in a text.</summary>
    /// <param name="text">All that the model will read, not its training part alone: what is missing here can't be encoded later.</param>
    /// <exception cref="ArgumentException">The text is empty.</exception>
    public static CharacterTokenizer Train(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
            throw new ArgumentException("The text is empty, and so would be the alphabet.", nameof(text));
        var characters = new HashSet<Rune>();
        foreach (Rune character in text.EnumerateRunes())
            characters.Add(character);
        return new CharacterTokenizer([.. characters.Order()]);
    }

    /// <inheritdoc/>
    public override int[] Encode(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var encoded = new List<int>(text.Length);
        int position = 0;
        foreach (Rune character in text.EnumerateRunes())
        {
            if (!ids.TryGetValue(character, out int id))
                throw Unknown(character, position);
            encoded.Add(id);
            position += character.Utf16SequenceLength;
        }

        return [.. encoded];
    }

    internal override void Append(int id, IBufferWriter<byte> bytes) => bytes.Advance(alphabet[id].EncodeToUtf8(bytes.GetSpan(4)));

    private UnknownCharacterException Unknown(Rune character, int position)
    {
        string shown = Rune.IsControl(character) || Rune.IsWhiteSpace(character) ? "" : $" '{character}'";
        return new UnknownCharacterException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"The character{shown} U+{character.Value:X4} at position {position} is none of the {alphabet.Length} of the tokenizer. Leave it out or replace it, train the tokenizer (and the model) on a text that has it, or take a {nameof(BytePairTokenizer)}, which encodes any text."),
            character,
            position);
    }
}
