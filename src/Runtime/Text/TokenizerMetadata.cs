using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>A tokenizer as text in the <c>__metadata__</c> of a model file: its kind under <c>tokenizer</c>, and what makes it up, the characters in the order of their ids or two ids for each
/// merge with spaces between, counted without the specials; where there are specials, their names in the order of their ids, a line each, and the one that stands for what is unknown.</summary>
internal static class TokenizerMetadata
{
    private const string Kind = "tokenizer", Characters = "character", Alphabet = "tokenizer.alphabet", Pairs = "byte-pair", Merges = "tokenizer.merges", Specials = "tokenizer.specials", Unknown = "tokenizer.unknown";

    /// <summary>Name and text of each entry; none for none.</summary>
    public static (string Name, string Text)[] Write(Tokenizer? tokenizer)
    {
        if (tokenizer is null)
            return [];
        List<(string Name, string Text)> entries = [.. WriteText(tokenizer)];
        if (tokenizer.Specials.Count > 0)
            entries.Add((Specials, string.Join('\n', tokenizer.Specials)));
        if (tokenizer.SpecialTokens.Unknown is { } unknown)
            entries.Add((Unknown, unknown));
        return [.. entries];
    }

    private static (string Name, string Text)[] WriteText(Tokenizer tokenizer) => tokenizer switch
    {
        CharacterTokenizer characters => [(Kind, Characters), (Alphabet, characters.Alphabet)],
        BytePairTokenizer pairs => [(Kind, Pairs), (Merges, string.Join(' ', pairs.Merges.Select(merge => string.Create(CultureInfo.InvariantCulture, $"{merge.Left} {merge.Right}"))))],
        _ => throw new ArgumentException($"{tokenizer.GetType().Name} is none of the tokenizers that can be saved.", nameof(tokenizer)),
    };

    /// <exception cref="ModelFileException">There is no tokenizer, or what there is makes none up.</exception>
    public static Tokenizer Read(Dictionary<string, string> metadata)
    {
        if (!metadata.TryGetValue(Kind, out string? kind))
            throw new ModelFileException($"The file holds no tokenizer: its __metadata__ has no '{Kind}'. Save it with the model: model.Save(path, tokenizer).");
        return kind switch
        {
            Characters => ReadCharacters(Part(metadata, Alphabet), ReadSpecials(metadata)),
            Pairs => ReadPairs(Part(metadata, Merges), ReadSpecials(metadata)),
            _ => throw new ModelFileException($"The file holds a tokenizer of the kind '{kind}'; '{Characters}' and '{Pairs}' are known."),
        };
    }

    private static string Part(Dictionary<string, string> metadata, string name)
        => metadata.TryGetValue(name, out string? part) ? part : throw Damaged($"its __metadata__ has no '{name}'");

    private static SpecialTokens ReadSpecials(Dictionary<string, string> metadata)
    {
        try
        {
            return new SpecialTokens(metadata.TryGetValue(Specials, out string? names) ? names.Split('\n') : [], metadata.GetValueOrDefault(Unknown));
        }
        catch (FormatException problem)
        {
            throw Damaged($"in '{Specials}' {problem.Message}");
        }
    }

    private static CharacterTokenizer ReadCharacters(string alphabet, SpecialTokens specials)
    {
        Rune[] characters = [.. alphabet.EnumerateRunes()];
        if (characters.Length == 0)
            throw Damaged($"'{Alphabet}' is empty");
        var seen = new HashSet<Rune>();
        foreach (Rune character in characters)
        {
            if (!seen.Add(character))
                throw Damaged(string.Create(CultureInfo.InvariantCulture, $"U+{character.Value:X4} stands twice in '{Alphabet}'"));
        }

        return new CharacterTokenizer(characters, specials);
    }

    private static BytePairTokenizer ReadPairs(string text, SpecialTokens specials)
    {
        var numbers = new List<int>();
        foreach (string part in text.Length == 0 ? [] : text.Split(' '))
        {
            if (!int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                throw Damaged($"'{Merges}' holds what is no id");
            numbers.Add(id);
        }

        if (numbers.Count % 2 != 0)
            throw Damaged($"'{Merges}' ends with half of a pair");
        var merges = new (int Left, int Right)[numbers.Count / 2];
        for (int i = 0; i < merges.Length; i++)
            merges[i] = (numbers[2 * i], numbers[2 * i + 1]);
        try
        {
            return new BytePairTokenizer(merges, specials);
        }
        catch (FormatException problem)
        {
            throw Damaged($"in '{Merges}' {problem.Message}");
        }
    }

    private static ModelFileException Damaged(string problem) => new($"The file's tokenizer is damaged: {problem}.");
}
