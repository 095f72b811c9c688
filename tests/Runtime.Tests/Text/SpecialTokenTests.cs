namespace DlGen.Tests;

/// <summary>Ids beside those of text: they come first, text never gives them unasked, and decoding leaves them out.</summary>
public sealed class SpecialTokenTests
{
    private static readonly string[] Names = ["<pad>", "<start>", "<end>", "<start>>"];

    public static TheoryData<Tokenizer, Tokenizer> Tokenizers { get; } = new()
    {
        { CharacterTokenizer.Train("<start>: ab, pad end"), CharacterTokenizer.Train("<start>: ab, pad end", Names) },
        { BytePairTokenizer.Train("<start>: ab, pad end <end>", 260), BytePairTokenizer.Train("<start>: ab, pad end <end>", 260 + Names.Length, Names) },
    };

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void They_have_the_first_ids_and_text_has_those_behind(Tokenizer without, Tokenizer tokenizer)
    {
        Assert.Empty(without.Specials);
        Assert.Equal(Names, tokenizer.Specials);
        Assert.Equal([0, 1, 2, 3], Names.Select(tokenizer.SpecialId));
        Assert.Equal(without.Vocabulary + 4, tokenizer.Vocabulary);
        const string Text = "<start>ab<pad>";
        int[] ids = tokenizer.Encode(Text);
        Assert.Equal(without.Encode(Text), ids.Select(id => id - 4));
        Assert.Equal(Text, tokenizer.Decode(ids));
    }

    [Theory]
    [MemberData(nameof(Tokenizers))]
    public void A_name_in_a_text_is_a_special_where_that_is_asked_for(Tokenizer without, Tokenizer tokenizer)
    {
        int[] ids = tokenizer.Encode("<start>a<start>><<end><pad><pad>", specials: true);
        Assert.Equal([1, .. tokenizer.Encode("a"), 3, .. tokenizer.Encode("<"), 2, 0, 0], ids);
        Assert.Equal("a<", tokenizer.Decode(ids));
        Assert.Equal("<start>a<start>><<end><pad><pad>", tokenizer.Decode(ids, showSpecials: true));
        Assert.Equal(("", "<end>"), (tokenizer.Decode(2), tokenizer.Decode(2, showSpecials: true)));
        Assert.Equal(without.Encode("<pad>"), without.Encode("<pad>", specials: true));
        foreach (bool show in (bool[])[false, true])
        {
            TokenDecoder decoder = tokenizer.GetDecoder(show);
            Assert.Equal(tokenizer.Decode(ids, show), string.Concat(ids.Select(decoder.Decode)) + decoder.Flush());
        }
    }

    [Fact]
    public void Characters_that_are_unknown_are_the_special_that_stands_for_them()
    {
        var tokenizer = CharacterTokenizer.Train("ab", ["<pad>", "<unk>"], unknown: "<unk>");
        Assert.Equal([2, 1, 3, 1], tokenizer.Encode("aéb🙂"));
        Assert.Equal("ab", tokenizer.Decode(tokenizer.Encode("aéb🙂")));
        var strict = CharacterTokenizer.Train("ab", ["<pad>"]);
        Assert.Equal(8, Assert.Throws<UnknownCharacterException>(() => strict.Encode("ab<pad>aé", specials: true)).Position);
    }

    [Fact]
    public void Wrong_names_are_refused()
    {
        Assert.StartsWith("The special '<pad>' stands twice; give each a name of its own", Assert.Throws<ArgumentException>(() => CharacterTokenizer.Train("a", ["<pad>", "<pad>"])).Message);
        Assert.StartsWith("The name of the special 1 is empty", Assert.Throws<ArgumentException>(() => BytePairTokenizer.Train("a", 300, ["<pad>", ""])).Message);
        Assert.StartsWith("The name of the special 0 holds a control character", Assert.Throws<ArgumentException>(() => BytePairTokenizer.Train("a", 300, ["a\nb"])).Message);
        Assert.StartsWith("'<unk>', which is to stand for what is unknown, is none of the specials (it has none)", Assert.Throws<ArgumentException>(() => CharacterTokenizer.Train("a", unknown: "<unk>")).Message);
        Assert.StartsWith("A vocabulary has from 257 ids, which are the specials and the bytes", Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train("a", 256, ["<pad>"])).Message);
        Assert.StartsWith("'<end>' is none of the tokenizer's specials (<pad>); give it to Train.", Assert.Throws<ArgumentException>(() => CharacterTokenizer.Train("a", ["<pad>"]).SpecialId("<end>")).Message);
    }
}
