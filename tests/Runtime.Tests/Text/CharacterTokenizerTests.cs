using System.Text;

namespace DlGen.Tests;

public sealed class CharacterTokenizerTests
{
    [Fact]
    public void Characters_are_numbered_by_their_code_points()
    {
        var tokenizer = CharacterTokenizer.Train("to be🙂\nor not~");
        Assert.Equal("\n benort~🙂", tokenizer.Alphabet);
        Assert.Equal(10, tokenizer.Vocabulary);
        Assert.Equal([2, 3, 9, 0], tokenizer.Encode("be🙂\n"));
        Assert.Equal("be🙂\n", tokenizer.Decode((ReadOnlySpan<int>)[2, 3, 9, 0]));
        Assert.Equal("🙂", tokenizer.Decode(9));
        Assert.Empty(tokenizer.Encode(""));
        Assert.Equal("", tokenizer.Decode([]));
    }

    [Fact]
    public void What_was_in_the_text_comes_back()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            string text = RandomText.Of(seed, 40, halves: true);
            var tokenizer = CharacterTokenizer.Train(text);
            Assert.Equal(RandomText.WellFormed(text), tokenizer.Decode(tokenizer.Encode(text)));
        }
    }

    [Fact]
    public void A_character_that_was_not_there_is_named_with_its_place()
    {
        var tokenizer = CharacterTokenizer.Train("abc🙂");
        var error = Assert.Throws<UnknownCharacterException>(() => tokenizer.Encode("a🙂é"));
        Assert.Equal((new Rune('é'), 3), (error.Character, error.Position));
        Assert.StartsWith("The character 'é' U+00E9 at position 3 is none of the 4 of the tokenizer. Leave it out or replace it, train", error.Message);
        Assert.Contains("BytePairTokenizer", error.Message);
        Assert.StartsWith("The character U+000A at position 0 is none", Assert.Throws<UnknownCharacterException>(() => tokenizer.Encode("\n")).Message);
        Assert.Contains("'👍' U+1F44D at position 1", Assert.Throws<UnknownCharacterException>(() => tokenizer.Encode("a👍")).Message);
    }

    [Fact]
    public void An_id_that_is_none_is_named_with_its_place()
    {
        Tokenizer tokenizer = CharacterTokenizer.Train("abc");
        Assert.StartsWith("The id 3 at position 1 is none of the tokenizer's, which has the ids 0 to 2.", Assert.Throws<TokenRangeException>(() => tokenizer.Decode((ReadOnlySpan<int>)[0, 3])).Message);
        Assert.StartsWith("The id -1 is none", Assert.Throws<TokenRangeException>(() => tokenizer.Decode(-1)).Message);
        Assert.StartsWith("The id 3 is none", Assert.Throws<TokenRangeException>(() => tokenizer.GetDecoder().Decode(3)).Message);
    }

    [Fact]
    public void An_empty_text_has_no_alphabet()
    {
        Assert.Throws<ArgumentException>(() => CharacterTokenizer.Train(""));
        Assert.Throws<ArgumentNullException>(() => CharacterTokenizer.Train(null!));
    }
}
