using System.Text;

namespace DlGen.Tests;

/// <summary>Texts drawn at random from what texts are made of, and from what they should not be made of.</summary>
internal static class RandomText
{
    private static readonly string[] Pieces =
    [
        "the", "The", "cat", "cats", "s", "'s", "'t", "'re", "'ll", "'", "''", "don't", "we've", "I'd", " ", "  ", "   ", "\n", "\r\n", "\t", "\u00A0", "\u2003", ".", ",", "...", "?!", "-", "_",
        "0", "12", "2024", "½", "Ⅷ", "é", "ß", "Straße", "日本", "語", "כל", "🙂", "👩‍👩‍👧", "𝒜", "e\u0301", "\u0000", "\uFEFF", "\uFFFD", "€",
    ];

    /// <summary>Halves of characters that stand alone.</summary>
    private static readonly string[] Halves = ["\uD83D", "\uDE42", "\uDE42\uD83D"];

    public static string Of(int seed, int pieces, bool halves = false)
    {
        var random = new Random(seed);
        var text = new StringBuilder();
        for (int i = 0; i < pieces; i++)
            text.Append(halves && random.Next(6) == 0 ? Halves[random.Next(Halves.Length)] : Pieces[random.Next(Pieces.Length)]);
        return text.ToString();
    }

    /// <summary>The text with U+FFFD for halves that stand alone, as UTF-8 has it.</summary>
    public static string WellFormed(string text) => Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text));
}
