using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>A tokenizer as text in the <c>__metadata__</c> of a model file: its kind under <c>tokenizer</c>, and what makes it up, the characters in the order of their ids or two ids for each
/// merge with spaces between.</summary>
internal static class TokenizerMetadata
{
    private const string Kind = "tokenizer", Characters = "character", Alphabet = "tokenizer.alphabet", Pairs = "byte-pair", Merges = "tokenizer.merges";

    /// <summary>Name and text of each entry; none for none.</summary>
    public static (string Name, string Text)[] Write(Tokenizer? tokenizer) => tokenizer switch
    {
        null => [],
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
            Characters => ReadCharacters(Part(metadata, Alphabet)),
            Pairs => ReadPairs(Part(metadata, Merges)),
            _ => throw new ModelFileException($"The file holds a tokenizer of the kind '{kind}'; '{Characters}' and '{Pairs}' are known."),
        };
    }

    private static string Part(Dictionary<string, string> metadata, string name)
        => metadata.TryGetValue(name, out string? part) ? part : throw Damaged($"its __metadata__ has no '{name}'");

    private static CharacterTokenizer ReadCharacters(string alphabet)
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

        return new CharacterTokenizer(characters);
    }

    private static BytePairTokenizer ReadPairs(string text)
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
            return new BytePairTokenizer(merges);
        }
        catch (FormatException problem)
        {
            throw Damaged($"in '{Merges}' {problem.Message}");
        }
    }

    private static ModelFileException Damaged(string problem) => new($"The file's tokenizer is damaged: {problem}.");
}
