using DlGen;

namespace MaskedWords;

/// <summary>A text with what a model takes for most probable in its hidden places.</summary>
/// <param name="Places">Of each place what the model saw, what was hidden there or <see cref="MaskedLanguageModel.NotHidden"/>, and the model's guess.</param>
internal sealed record FilledText((int Shown, int Hidden, int Guess)[] Places)
{
    private const int RowsAtOnce = 64;

    /// <summary>What was hidden, in the order of the places.</summary>
    public IEnumerable<int> Hidden => Places.Where(IsHidden).Select(place => place.Hidden);

    /// <summary>The guesses in these places.</summary>
    public IEnumerable<int> Guesses => Places.Where(IsHidden).Select(place => place.Guess);

    /// <summary>All of the texts. The logits of every id in every place are many, so only some texts go through at once.</summary>
    public static FilledText[] Of(MaskedLanguageModel model, MaskedTexts texts)
        => [.. Enumerable.Range(0, texts.Count).Select(texts.Places).Chunk(RowsAtOnce).SelectMany(part => OfPart(model, part))];

    /// <summary>The text with its guesses in brackets, and behind a bar what stood there where that is something else.</summary>
    public string Print(Tokenizer tokenizer) => string.Concat(Places.Select(place =>
        !IsHidden(place) ? tokenizer.Decode(place.Shown)
        : place.Guess == place.Hidden ? $"[{tokenizer.Decode(place.Guess)}]"
        : $"[{tokenizer.Decode(place.Guess)}|{tokenizer.Decode(place.Hidden)}]"));

    private static bool IsHidden((int Shown, int Hidden, int Guess) place) => place.Hidden != MaskedLanguageModel.NotHidden;

    private static IEnumerable<FilledText> OfPart(MaskedLanguageModel model, (int Shown, int Hidden)[][] texts)
    {
        const int Length = MaskedLanguageModel.Length;
        int[] tokens = new int[texts.Length * Length];
        for (int row = 0; row < texts.Length; row++)
        {
            for (int place = 0; place < texts[row].Length; place++)
                tokens[row * Length + place] = texts[row][place].Shown;
        }

        int[] guesses = model.Classify(tokens, [.. texts.Select(text => text.Length)], Environment.ProcessorCount);
        return texts.Select((text, row) => new FilledText([.. text.Select((ids, place) => (ids.Shown, ids.Hidden, guesses[row * Length + place]))]));
    }
}
