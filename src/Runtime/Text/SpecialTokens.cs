using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>Names that have ids beside those of text: padding, the beginning, a mask, what is unknown. Their ids come first, so that they are known before a text is learned from, and stay whatever is learned.</summary>
internal sealed class SpecialTokens
{
    /// <param name="names">In the order of their ids; each once, not empty and without control characters.</param>
    /// <param name="unknown">The one that stands for characters without an id, or null.</param>
    /// <exception cref="FormatException">The message says which of them is wrong.</exception>
    public SpecialTokens(string[] names, string? unknown)
    {
        Names = names;
        for (int id = 0; id < names.Length; id++)
        {
            if (string.IsNullOrEmpty(names[id]))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the name of the special {id} is empty"));
            if (!IsText(names[id]))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the name of the special {id} holds a control character or half of a surrogate pair"));
            if (Array.IndexOf(names, names[id]) < id)
                throw new FormatException($"the special '{names[id]}' stands twice");
        }

        if (unknown is null)
            return;
        Unknown = unknown;
        UnknownId = Array.IndexOf(names, unknown);
        if (UnknownId < 0)
            throw new FormatException($"'{unknown}', which stands for what is unknown, is none of the specials ({Listed(names)})");
    }

    public string[] Names { get; }

    public string? Unknown { get; }

    /// <summary>-1 without one.</summary>
    public int UnknownId { get; } = -1;

    /// <summary>Those of a tokenizer to be trained.</summary>
    /// <exception cref="ArgumentException">One of them is wrong.</exception>
    public static SpecialTokens Of(IEnumerable<string>? names, string? unknown = null)
    {
        try
        {
            return new SpecialTokens([.. names ?? []], unknown);
        }
        catch (FormatException problem)
        {
            throw new ArgumentException($"{char.ToUpperInvariant(problem.Message[0])}{problem.Message[1..]}; give each a name of its own, such as \"<pad>\".", nameof(names));
        }
    }

    public int IdOf(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return Array.IndexOf(Names, name) is >= 0 and int id
            ? id
            : throw new ArgumentException($"'{name}' is none of the tokenizer's specials ({Listed(Names)}); give it to Train.", nameof(name));
    }

    /// <summary>The first place from one on where a name stands, and its id; of several there the longest. The id is -1 if there is none.</summary>
    public (int At, int Id) Find(string text, int from)
    {
        (int At, int Id) first = (text.Length, -1);
        for (int id = 0; id < Names.Length; id++)
        {
            int at = text.IndexOf(Names[id], from, StringComparison.Ordinal);
            if (at >= 0 && (at < first.At || (at == first.At && Names[id].Length > Names[first.Id].Length)))
                first = (at, id);
        }

        return first;
    }

    private static string Listed(string[] names) => names.Length == 0 ? "it has none" : string.Join(", ", names);

    private static bool IsText(string name)
    {
        for (int i = 0; i < name.Length;)
        {
            if (!Rune.TryGetRuneAt(name, i, out Rune character) || Rune.IsControl(character))
                return false;
            i += character.Utf16SequenceLength;
        }

        return true;
    }
}
