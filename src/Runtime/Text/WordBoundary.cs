using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>
/// Where a text may be cut before pairs are merged, so that none reaches from one word into the next: GPT-2's rule, whose regular expression is
/// <c>'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+</c> (Radford et al. 2019). A word takes the space before it; of several only the last.
/// </summary>
internal static class WordBoundary
{
    private enum Kind
    {
        Letter,
        Number,
        WhiteSpace,
        Other,
    }

    /// <summary>English endings, which are words of their own.</summary>
    private static readonly string[] Endings = ["'s", "'t", "'re", "'ve", "'m", "'ll", "'d"];

    /// <summary>The position behind the word that begins at one.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where a word begins; below the text's length.</param>
    public static int After(ReadOnlySpan<char> text, int from)
    {
        foreach (string ending in Endings)
        {
            if (text[from..].StartsWith(ending))
                return from + ending.Length;
        }

        int first = text[from] == ' ' && from + 1 < text.Length ? from + 1 : from;
        Kind kind = KindAt(text, first, out _);
        if (kind != Kind.WhiteSpace)
            return EndOfRun(text, first, kind);

        // The last white space belongs to the word behind it if it is a space, and is one by itself if not.
        int end = EndOfRun(text, from, Kind.WhiteSpace);
        return end == text.Length || end == from + 1 ? end : end - 1;
    }

    private static int EndOfRun(ReadOnlySpan<char> text, int from, Kind kind)
    {
        while (from < text.Length && KindAt(text, from, out int length) == kind)
            from += length;
        return from;
    }

    private static Kind KindAt(ReadOnlySpan<char> text, int at, out int length)
    {
        Rune.DecodeFromUtf16(text[at..], out Rune character, out length);
        if (Rune.IsWhiteSpace(character))
            return Kind.WhiteSpace;
        return Rune.GetUnicodeCategory(character) switch
        {
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter or UnicodeCategory.OtherLetter => Kind.Letter,
            UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => Kind.Number,
            _ => Kind.Other,
        };
    }
}
