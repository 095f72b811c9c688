using DlGen;

namespace MaskedWords;

/// <summary>Texts of which some ids are hidden, others in each copy: row r is text r modulo their number, in copy r divided by it.</summary>
internal sealed class MaskedTexts(int[][] texts, int copies, int seed) : Dataset
{
    /// <summary>How much is hidden: as much as in BERT, but always behind the mask.</summary>
    private const double Share = 0.15;

    public override int Count => texts.Length * copies;

    /// <summary>The places of a row: what the model sees there, and what is hidden or <see cref="MaskedLanguageModel.NotHidden"/>; at least one is. It depends on the row and the seed alone, so it is the same
    /// whenever the row is read.</summary>
    public (int Shown, int Hidden)[] Places(int row)
    {
        int[] text = texts[row % texts.Length];
        var random = new Random(unchecked(seed * 1_000_003 + row));
        int always = random.Next(text.Length);
        return [.. text.Select((id, place) => place == always || random.NextDouble() < Share ? (MaskedLanguageModel.Mask, id) : (id, MaskedLanguageModel.NotHidden))];
    }

    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        Span<int> tokens = batch.Ints("tokens"), lengths = batch.Ints("length"), hidden = batch.Ints("hidden");
        tokens.Fill(MaskedLanguageModel.Padding);
        hidden.Fill(MaskedLanguageModel.NotHidden);
        for (int i = 0; i < rows.Length; i++)
        {
            (int Shown, int Hidden)[] places = Places(rows[i]);
            lengths[i] = places.Length;
            for (int place = 0; place < places.Length; place++)
                (tokens[i * MaskedLanguageModel.Length + place], hidden[i * MaskedLanguageModel.Length + place]) = places[place];
        }
    }

    /// <summary>The paragraphs of a text, of which long ones are cut: each a line of ids, as many as the model takes at most.</summary>
    public static int[][] Cut(IEnumerable<string> paragraphs, Tokenizer tokenizer)
        => [.. paragraphs.SelectMany(paragraph => tokenizer.Encode(paragraph).Chunk(MaskedLanguageModel.Length))];
}
