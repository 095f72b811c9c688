using System.Text;
using System.Text.Json;
using DlGen.Compiled;
using static DlGen.Tests.SafetensorsBytes;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>Tokenizers in the files of models: what is saved is what loads, and what makes up no tokenizer is refused.</summary>
public sealed class TokenizerFileTests
{
    public static TheoryData<string, string> Damaged { get; } = new()
    {
        { """{"format":"pt"}""", "The file holds no tokenizer: its __metadata__ has no 'tokenizer'. Save it with the model: model.Save(path, tokenizer)." },
        { """{"tokenizer":"word"}""", "a tokenizer of the kind 'word'; 'character' and 'byte-pair' are known" },
        { """{"tokenizer":"character"}""", "damaged: its __metadata__ has no 'tokenizer.alphabet'" },
        { """{"tokenizer":"character","tokenizer.alphabet":""}""", "damaged: 'tokenizer.alphabet' is empty" },
        { """{"tokenizer":"character","tokenizer.alphabet":"abcb"}""", "damaged: U+0062 stands twice" },
        { """{"tokenizer":"character","tokenizer.alphabet":"\ud83d"}""", "not valid" },
        { """{"tokenizer":"byte-pair"}""", "damaged: its __metadata__ has no 'tokenizer.merges'" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1 2 3"}""", "damaged: 'tokenizer.merges' ends with half of a pair" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1  2"}""", "holds what is no id" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1 -2"}""", "holds what is no id" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1 99999999999"}""", "holds what is no id" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1 2 256 257"}""", "merge 1 joins 256 and 257, but only the ids 0 to 256 are there before it" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"1 2 1 2"}""", "merge 1 joins 1 and 2, which were joined before" },
        { """{"tokenizer":"character","tokenizer.alphabet":"ab","tokenizer.specials":"<pad>\n<pad>"}""", "damaged: in 'tokenizer.specials' the special '<pad>' stands twice" },
        { """{"tokenizer":"character","tokenizer.alphabet":"ab","tokenizer.specials":""}""", "damaged: in 'tokenizer.specials' the name of the special 0 is empty" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":"","tokenizer.specials":"a\u0000"}""", "damaged: in 'tokenizer.specials' the name of the special 0 holds a control character" },
        { """{"tokenizer":"character","tokenizer.alphabet":"ab","tokenizer.specials":"<pad>","tokenizer.unknown":"<unk>"}""", "'<unk>', which stands for what is unknown, is none of the specials (<pad>)" },
        { """{"tokenizer":"byte-pair","tokenizer.merges":1}""", "is a Number instead of a String" },
    };

    [Fact]
    public void Both_kinds_come_back_from_the_file_of_the_model()
    {
        string path = Path.GetTempFileName();
        try
        {
            string text = RandomText.Of(7, 500);
            foreach (Tokenizer tokenizer in (Tokenizer[])[CharacterTokenizer.Train(text + "\"\\\u0000"), BytePairTokenizer.Train(text, 400), BytePairTokenizer.Train("", 256),
                CharacterTokenizer.Train(text, ["<pad>", "<unk>"], unknown: "<unk>"), BytePairTokenizer.Train(text, 400, ["<pad>", "<mask>"])])
            {
                ModelCore<float> core = Create<float>(Linear()), other = Create<float>(seed: 2, Linear());
                core.Save(path, tokenizer);
                Tokenizer loaded = Tokenizer.Load(path);
                Assert.Equal(tokenizer.GetType(), loaded.GetType());
                Assert.Equal(tokenizer.Vocabulary, loaded.Vocabulary);
                Assert.Equal(tokenizer.Encode(text), loaded.Encode(text));
                Assert.Equal(tokenizer.Specials, loaded.Specials);
                Assert.Equal(tokenizer.SpecialTokens.UnknownId, loaded.SpecialTokens.UnknownId);
                Assert.All(Enumerable.Range(0, tokenizer.Vocabulary), id => Assert.Equal(tokenizer.Decode(id), loaded.Decode(id)));

                // To the model it is a file like any other.
                other.Load(path);
                Assert.Equal(core.Values.ToArray(), other.Values.ToArray());
                using var stream = new MemoryStream();
                core.Save(stream, tokenizer);
                Assert.Equal(File.ReadAllBytes(path), stream.ToArray());
                Assert.Equal(loaded.Encode(text), Tokenizer.Load(new OneWayStream(stream.ToArray())).Encode(text));
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>What other programs read.</summary>
    [Fact]
    public void The_metadata_is_plain_text()
    {
        Assert.Equal([("format", "pt"), ("tokenizer", "character"), ("tokenizer.alphabet", "\n\"abé🙂")], Metadata(CharacterTokenizer.Train("\"é🙂ab\n")));
        Assert.Equal([("format", "pt"), ("tokenizer", "byte-pair"), ("tokenizer.merges", "97 98 256 98")], Metadata(BytePairTokenizer.Train("abb.abb.abb", 300)));
        Assert.Equal(
            [("format", "pt"), ("tokenizer", "character"), ("tokenizer.alphabet", "ab"), ("tokenizer.specials", "<pad>\n<unk>"), ("tokenizer.unknown", "<unk>")],
            Metadata(CharacterTokenizer.Train("ab", ["<pad>", "<unk>"], "<unk>")));
        Assert.Equal(
            [("format", "pt"), ("tokenizer", "byte-pair"), ("tokenizer.merges", "97 98 256 98"), ("tokenizer.specials", "<mask>")], Metadata(BytePairTokenizer.Train("abb.abb.abb", 300, ["<mask>"])));
        Assert.Equal([("format", "pt")], Metadata(null));
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void What_makes_up_no_tokenizer_is_refused(string metadata, string message)
    {
        byte[] file = FileOf($$"""{"__metadata__":{{metadata}}}""", []);
        Assert.Contains(message, Assert.Throws<ModelFileException>(() => Tokenizer.Load(new MemoryStream(file))).Message);
    }

    /// <summary>A small file that asks for ids of 2⁶⁰ bytes.</summary>
    [Fact]
    public void Ids_that_double_each_other_are_refused()
    {
        string merges = string.Join(' ', Enumerable.Range(0, 60).Select(i => i == 0 ? "0 0" : $"{255 + i} {255 + i}"));
        byte[] file = FileOf($$$"""{"__metadata__":{"tokenizer":"byte-pair","tokenizer.merges":"{{{merges}}}"}}""", []);
        Assert.Contains("merge 10 makes an id of 2048 bytes, and 1024 are allowed", Assert.Throws<ModelFileException>(() => Tokenizer.Load(new MemoryStream(file))).Message);
    }

    [Fact]
    public void All_rules_of_model_files_hold()
    {
        byte[] whole = Saved(Create<float>(Linear()), CharacterTokenizer.Train("ab"));
        Assert.Equal(2, Tokenizer.Load(new MemoryStream(whole)).Vocabulary);
        Assert.Contains("follow the header", Assert.Throws<ModelFileException>(() => Tokenizer.Load(new MemoryStream(whole[..^1]))).Message);
        Assert.Contains("follow the header", Assert.Throws<ModelFileException>(() => Tokenizer.Load(new MemoryStream([.. whole, 0]))).Message);
        Assert.Throws<FileNotFoundException>(() => Tokenizer.Load("no such file"));
        Assert.Contains("'tokenizer' stands twice", Assert.Throws<ModelFileException>(
            () => Tokenizer.Load(new MemoryStream(FileOf("""{"__metadata__":{"tokenizer":"character","tokenizer":"character","tokenizer.alphabet":"ab"}}""", [])))).Message);
        for (int seed = 0; seed < 2000; seed++)
        {
            var random = new Random(seed);
            byte[] damaged = [.. whole];
            for (int i = random.Next(1, 4); i > 0; i--)
                damaged[random.Next(8, damaged.Length - 76)] = (byte)random.Next(256);
            try
            {
                Assert.InRange(Tokenizer.Load(new MemoryStream(damaged)).Vocabulary, 1, 40);
            }
            catch (ModelFileException)
            {
            }
        }
    }

    private static byte[] Saved(ModelCore<float> core, Tokenizer? tokenizer)
    {
        using var stream = new MemoryStream();
        core.Save(stream, tokenizer);
        return stream.ToArray();
    }

    private static IEnumerable<(string, string)> Metadata(Tokenizer? tokenizer)
    {
        byte[] file = Saved(Create<float>(Linear()), tokenizer);
        int length = (int)BitConverter.ToUInt64(file);
        using var header = JsonDocument.Parse(Encoding.UTF8.GetString(file, 8, length));
        return [.. header.RootElement.GetProperty("__metadata__").EnumerateObject().Select(entry => (entry.Name, entry.Value.GetString()!))];
    }
}
