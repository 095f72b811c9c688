using System.Text.RegularExpressions;

namespace DlGen.Tests;

/// <summary>Where words end, against GPT-2's regular expression.</summary>
public sealed class WordBoundaryTests
{
    private static readonly Regex Pattern = new(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant);

    [Theory]
    [InlineData("Hello, world!", "Hello|,| world|!")]
    [InlineData("we've done it's  2nd\n\n  part ", "we|'ve| done| it|'s| | 2|nd|\n\n | part| ")]
    [InlineData("'tis a ''quote' 'S", "'t|is| a| ''|quote|'| '|S")]
    [InlineData("\n\nx\t\ty", "\n|\n|x|\t|\t|y")]
    [InlineData("3½ €5 x²", "3½| €|5| x|²")]
    [InlineData(" ", " ")]
    public void Words_are_cut_as_GPT2_cuts_them(string text, string words) => Assert.Equal(words, string.Join('|', Words(text)));

    [Fact]
    public void The_regular_expression_says_the_same()
    {
        for (int seed = 0; seed < 3000; seed++)
        {
            // To .NET's expressions a character beyond U+FFFF is two.
            string text = string.Concat(RandomText.Of(seed, 12).Where(c => !char.IsSurrogate(c)));
            Assert.Equal(Pattern.Matches(text).Select(match => match.Value), Words(text));
        }
    }

    [Fact]
    public void Letters_beyond_the_first_plane_are_letters()
        => Assert.Equal(["𝒜𝒜a", " 🙂", "𝒜", "\uD83D", "𝒜"], Words("𝒜𝒜a 🙂𝒜\uD83D𝒜"));

    private static IEnumerable<string> Words(string text)
    {
        for (int from = 0, end; from < text.Length; from = end)
        {
            end = WordBoundary.After(text, from);
            yield return text[from..end];
        }
    }
}
