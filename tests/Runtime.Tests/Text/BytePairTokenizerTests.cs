using System.Diagnostics;
using System.Text;

namespace DlGen.Tests;

/// <summary>Merges learned and applied: by hand, and against a program that counts all pairs again after every merge.</summary>
public sealed class BytePairTokenizerTests
{
    [Fact]
    public void The_example_of_the_paper_learns_its_merges()
    {
        // Sennrich et al. 2016: low ×5, lower ×2, newest ×6, widest ×3. Words carry the space before them here.
        string text = string.Concat(Enumerable.Repeat(" low", 5).Concat(Enumerable.Repeat(" lower", 2)).Concat(Enumerable.Repeat(" newest", 6)).Concat(Enumerable.Repeat(" widest", 3)));
        var tokenizer = BytePairTokenizer.Train(text, vocabulary: 256 + 7);

        // es 9, (es)t 9, then ␣l, lo and ow 7 each: of equally frequent pairs the one of smaller ids, and the byte of a space is the smallest.
        Assert.Equal(
            [('e', 's'), (256, 't'), (' ', 'l'), ('o', 'w'), (258, 259), (' ', 'n'), ('e', 'w')],
            tokenizer.Merges.Select(merge => (merge.Left, merge.Right)));
        Assert.Equal(263, tokenizer.Vocabulary);
        Assert.Equal([260, 'e', 'r', 261, 262, 257], tokenizer.Encode(" lower newest"));
        Assert.Equal(" low", tokenizer.Decode(260));
        Assert.Equal(" lower newest", tokenizer.Decode(tokenizer.Encode(" lower newest")));
    }

    [Fact]
    public void Repeated_bytes_are_joined_from_the_left()
    {
        var tokenizer = new BytePairTokenizer([('a', 'a'), (256, 256), (257, 'a')], SpecialTokens.Of([]));
        Assert.Equal([257, 256], tokenizer.Encode("aaaaaa"));
        Assert.Equal([258], tokenizer.Encode("aaaaa"));
        Assert.Equal([257, 257, 256], tokenizer.Encode("aaaaaaaaaa"));
        Assert.Equal([258, ' ', 256, 'a'], tokenizer.Encode("aaaaa aaa"));
    }

    [Fact]
    public void Training_and_encoding_are_those_of_a_program_that_counts_everything_again()
    {
        for (int seed = 0; seed < 40; seed++)
        {
            string text = seed % 4 == 0 ? new string([.. Enumerable.Range(0, 120).Select(i => "ab"[new Random(seed * 1000 + i).Next(2)])]) : RandomText.Of(seed, 150, halves: true);
            var tokenizer = BytePairTokenizer.Train(text, vocabulary: 300);
            List<(int, int)> expected = Recounting(text, merges: 44);
            Assert.Equal(expected, tokenizer.Merges);
            string other = RandomText.Of(seed + 1000, 60, halves: true) + text[..30];
            Assert.Equal(Rescanning(other, expected), tokenizer.Encode(other));
        }
    }

    [Fact]
    public void Any_text_comes_back()
    {
        var tokenizer = BytePairTokenizer.Train(RandomText.Of(1, 3000), vocabulary: 450);
        Assert.Equal(450, tokenizer.Vocabulary);
        for (int seed = 0; seed < 300; seed++)
        {
            string text = RandomText.Of(seed, 50, halves: true);
            int[] ids = tokenizer.Encode(text);
            Assert.Equal(RandomText.WellFormed(text), tokenizer.Decode(ids));
            Assert.All(ids, id => Assert.InRange(id, 0, 449));
            if (!text.Any(char.IsSurrogate))
                Assert.Equal(text, tokenizer.Decode(ids));
        }

        string all = string.Concat(Enumerable.Range(0, 0x11000).Where(Rune.IsValid).Select(value => new Rune(value).ToString()));
        Assert.Equal(all, tokenizer.Decode(tokenizer.Encode(all)));
        Assert.Equal("", tokenizer.Decode(tokenizer.Encode("")));
    }

    [Fact]
    public void Equal_texts_give_equal_merges_and_a_longer_vocabulary_begins_with_the_shorter_one()
    {
        string text = RandomText.Of(3, 2000);
        var merges = BytePairTokenizer.Train(text, 500).Merges;
        Assert.Equal(merges, BytePairTokenizer.Train(text, 500).Merges);
        Assert.Equal(merges.Take(100), BytePairTokenizer.Train(text, 356).Merges);
    }

    [Fact]
    public void It_ends_when_no_pair_occurs_twice()
    {
        Assert.Equal([('a', 'b')], BytePairTokenizer.Train("ab ab cd", 512).Merges.Take(1));
        Assert.Equal(258, BytePairTokenizer.Train("ab ab ab cd", 512).Vocabulary); // " a", " ab"
        Assert.Equal(256, BytePairTokenizer.Train("", 512).Vocabulary);
        Assert.Contains("from 256 ids, which are the bytes", Assert.Throws<ArgumentOutOfRangeException>(() => BytePairTokenizer.Train("a", 255)).Message);
    }

    [Fact]
    public void No_id_is_longer_than_the_bound()
    {
        var tokenizer = BytePairTokenizer.Train(new string('x', 100_000), 512);
        Assert.Equal(256 + 10, tokenizer.Vocabulary);
        Assert.Equal(1024, tokenizer.Decode(265).Length);
        Assert.Equal([265, 265, 'x'], tokenizer.Encode(new string('x', 2049)));
    }

    /// <summary>A word of 200,000 characters, which a scan for every merge would take hours for.</summary>
    [Fact]
    public void A_text_without_a_gap_is_no_trap()
    {
        var random = new Random(1);
        string text = new([.. Enumerable.Range(0, 200_000).Select(_ => (char)('a' + random.Next(4)))]);
        long start = Stopwatch.GetTimestamp();
        var tokenizer = BytePairTokenizer.Train(text, 512);
        int[] ids = tokenizer.Encode(text);
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 60);
        Assert.InRange(ids.Length, 20_000, 80_000);
        Assert.Equal(text, tokenizer.Decode(ids));
    }

    [Fact]
    public void A_character_comes_with_the_id_that_completes_it()
    {
        TokenDecoder decoder = new BytePairTokenizer([], SpecialTokens.Of([])).GetDecoder();
        Assert.Equal(["h", "", "", "", "🙂", "!"], Encoding.UTF8.GetBytes("h🙂!").Select(value => decoder.Decode(value)));
        Assert.Equal("", decoder.Flush());

        // A character that breaks off is replaced when the next one begins, or at the end.
        Assert.Equal("", decoder.Decode(0xC3));
        Assert.Equal("\uFFFDa", decoder.Decode('a'));
        Assert.Equal("", decoder.Decode(0xE2));
        Assert.Equal("", decoder.Decode(0x82));
        Assert.Throws<TokenRangeException>(() => decoder.Decode(256));
        Assert.Equal("\uFFFD", decoder.Flush());
        Assert.Equal("a", decoder.Decode('a'));
    }

    [Fact]
    public void What_a_stream_gives_is_what_all_ids_give()
    {
        var tokenizer = BytePairTokenizer.Train(RandomText.Of(1, 3000), vocabulary: 400);
        for (int seed = 0; seed < 500; seed++)
        {
            var random = new Random(seed);
            int[] ids = [.. Enumerable.Range(0, 30).Select(_ => random.Next(2) == 0 ? random.Next(128, 256) : random.Next(tokenizer.Vocabulary))];
            TokenDecoder decoder = tokenizer.GetDecoder();
            Assert.Equal(tokenizer.Decode(ids), string.Concat(ids.Select(decoder.Decode)) + decoder.Flush());
        }
    }

    private static List<(int, int)> Recounting(string text, int merges)
    {
        List<int>[] words = [.. Words(text)];
        var learned = new List<(int, int)>();
        while (learned.Count < merges)
        {
            var best = words.SelectMany(word => word.Zip(word.Skip(1))).GroupBy(pair => pair)
                .OrderByDescending(group => group.Count()).ThenBy(group => group.Key).FirstOrDefault();
            if (best is null || best.Count() < 2)
                break;
            foreach (List<int> word in words)
                Join(word, best.Key, 256 + learned.Count);
            learned.Add(best.Key);
        }

        return learned;
    }

    private static List<int> Rescanning(string text, List<(int, int)> merges)
    {
        List<int>[] words = [.. Words(text)];
        foreach (List<int> word in words)
        {
            for (int i = 0; i < merges.Count; i++)
                Join(word, merges[i], 256 + i);
        }

        return [.. words.SelectMany(word => word)];
    }

    private static void Join(List<int> word, (int Left, int Right) pair, int id)
    {
        for (int i = 0; i + 1 < word.Count; i++)
        {
            if ((word[i], word[i + 1]) != pair)
                continue;
            word[i] = id;
            word.RemoveAt(i + 1);
        }
    }

    private static IEnumerable<List<int>> Words(string text)
    {
        for (int from = 0, end; from < text.Length; from = end)
        {
            end = WordBoundary.After(text, from);
            yield return [.. Encoding.UTF8.GetBytes(text[from..end]).Select(value => (int)value)];
        }
    }
}
