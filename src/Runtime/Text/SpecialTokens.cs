using System.Collections.ObjectModel;
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
        Names = Array.AsReadOnly(names);
        var before = new HashSet<string>(StringComparer.Ordinal);
        for (int id = 0; id < names.Length; id++)
        {
            if (string.IsNullOrEmpty(names[id]))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the name of the special {id} is empty"));
            if (!IsText(names[id]))
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the name of the special {id} holds a control character or half of a surrogate pair"));
            if (!before.Add(names[id]))
                throw new FormatException($"the special '{names[id]}' stands twice");
        }

        if (unknown is null)
            return;
        Unknown = unknown;
        UnknownId = Array.IndexOf(names, unknown);
        if (UnknownId < 0)
            throw new FormatException($"'{unknown}', which stands for what is unknown, is none of the specials ({Listed(names)})");
    }

    public ReadOnlyCollection<string> Names { get; }

    public string? Unknown { get; }

    /// <summary>-1 without one.</summary>
    public int UnknownId { get; } = -1;

    /// <summary>Those of a tokenizer to be trained.</summary>
    /// <exception cref="ArgumentException">One of them is wrong.</exception>
    public static SpecialTokens Of(IEnumerable<string>? specials, string? unknown = null)
    {
        string[] names = [.. specials ?? []];
        if (unknown is not null && Array.IndexOf(names, unknown) < 0)
            throw new ArgumentException($"'{unknown}', which is to stand for what is unknown, is none of the specials ({Listed(names)}); add it to them.", nameof(unknown));
        try
        {
            return new SpecialTokens(names, unknown);
        }
        catch (FormatException problem)
        {
            throw new ArgumentException($"{char.ToUpperInvariant(problem.Message[0])}{problem.Message[1..]}; give each a name of its own, such as \"<pad>\".", nameof(specials));
        }
    }

    public int IdOf(string special)
    {
        ArgumentNullException.ThrowIfNull(special);
        return Names.IndexOf(special) is >= 0 and int id
            ? id
            : throw new ArgumentException($"'{special}' is none of the tokenizer's specials ({Listed(Names)}); give it to Train.", nameof(special));
    }

    /// <summary>The places where names stand in a text, one behind the other, and their ids; of several at one place the longest.</summary>
    public IEnumerable<(int At, int Id)> In(string text)
    {
        // Where each stands next: a name is looked for again only when that has been passed.
        int[] next = new int[Names.Count];
        Array.Fill(next, -1);
        for (int from = 0; ;)
        {
            (int At, int Id) first = (text.Length, -1);
            for (int id = 0; id < next.Length; id++)
            {
                if (next[id] < from)
                    next[id] = text.IndexOf(Names[id], from, StringComparison.Ordinal) is >= 0 and int at ? at : text.Length;
                if (next[id] < first.At || (next[id] == first.At && first.Id >= 0 && Names[id].Length > Names[first.Id].Length))
                    first = (next[id], id);
            }

            if (first.Id < 0)
                yield break;
            yield return first;
            from = first.At + Names[first.Id].Length;
        }
    }

    private static string Listed(IReadOnlyCollection<string> names) => names.Count == 0 ? "it has none" : string.Join(", ", names);

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
