using System.Buffers;
using System.Globalization;
using System.Text;

namespace DlGen;

/// <summary>Byte-level byte-pair encoding (Sennrich et al. 2016, Radford et al. 2019): ids 0 to 255 are the bytes of UTF-8, each further one stands for two ids that occurred next to each other
/// most often. Any text can be encoded, and is what its ids decode to. With specials, theirs come first, and all others are so many further.</summary>
public sealed class BytePairTokenizer : Tokenizer
{
    internal const int Bytes = 256;

    /// <summary>The most bytes that one id stands for: texts have few words longer than that, and a file that claims more could ask for any amount of memory.</summary>
    internal const int LongestToken = 1024;

    /// <summary>What is kept of words that were encoded before are those up to this length; longer ones rarely come again.</summary>
    private const int LongestKeptWord = 64;

    private const int LargestVocabulary = 1_000_000;

    private readonly (int Left, int Right)[] merges;
    private readonly Dictionary<(int Left, int Right), int> idOfPair;

    /// <summary>A tokenizer of these merges.</summary>
    /// <exception cref="FormatException">They are not merges of ids that were there before, each pair once; the message says which is not.</exception>
    internal BytePairTokenizer((int Left, int Right)[] merges, SpecialTokens specials)
        : base(specials)
    {
        this.merges = merges;
        idOfPair = new Dictionary<(int, int), int>(merges.Length);
        var lengths = new int[Bytes + merges.Length];
        lengths.AsSpan(0, Bytes).Fill(1);
        for (int i = 0; i < merges.Length; i++)
        {
            int id = Bytes + i;
            (int left, int right) = merges[i];
            if (left < 0 || left >= id || right < 0 || right >= id)
                throw Wrong(i, $"joins {left} and {right}, but only the ids 0 to {id - 1} are there before it");
            if (!idOfPair.TryAdd(merges[i], id))
                throw Wrong(i, $"joins {left} and {right}, which were joined before");
            lengths[id] = lengths[left] + lengths[right];
            if (lengths[id] > LongestToken)
                throw Wrong(i, $"makes an id of {lengths[id]} bytes, and {LongestToken} are allowed");
        }
    }

    /// <summary>The two ids that each id from 256 on stands for, in order; ids are counted without the specials here.</summary>
    public IReadOnlyList<(int Left, int Right)> Merges => merges;

    /// <inheritdoc/>
    private protected override int TextIds => Bytes + merges.Length;

    /// <summary>Learns the pairs of a text: the most frequent one becomes an id, again and again; of equally frequent ones the one whose ids are smaller, the left one first. Pairs lie within words,
    /// which are cut as GPT-2 cuts them.</summary>
    /// <param name="text">The text to learn from, such as the training part.</param>
    /// <param name="vocabulary">How many ids there shall be, the specials among them, from 256 beside those to 1,000,000. There are fewer if no pair occurs twice any more.</param>
    /// <param name="specials">Names that get ids beside those of text, 0, 1, …: <c>["&lt;pad&gt;", "&lt;mask&gt;"]</c>. The bytes follow.</param>
    /// <exception cref="ArgumentException">A special is wrong.</exception>
    public static BytePairTokenizer Train(string text, int vocabulary, IEnumerable<string>? specials = null)
    {
        ArgumentNullException.ThrowIfNull(text);
        var named = SpecialTokens.Of(specials);
        int smallest = named.Names.Count + Bytes;
        if (vocabulary < smallest || vocabulary > LargestVocabulary)
        {
            throw new ArgumentOutOfRangeException(
                nameof(vocabulary), vocabulary, $"A vocabulary has from {smallest} ids, which are {(named.Names.Count == 0 ? "" : "the specials and ")}the bytes, to {LargestVocabulary}.");
        }

        return new BytePairTokenizer(new BytePairTraining(text).Merges(vocabulary - smallest), named);
    }

    private protected override void Encode(ReadOnlySpan<char> text, int position, List<int> encoded)
    {
        var word = new WordEncoding(idOfPair);
        Dictionary<string, int[]>.AlternateLookup<ReadOnlySpan<char>> known = new Dictionary<string, int[]>(StringComparer.Ordinal).GetAlternateLookup<ReadOnlySpan<char>>();
        for (int from = 0, end; from < text.Length; from = end)
        {
            end = WordBoundary.After(text, from);
            ReadOnlySpan<char> characters = text[from..end];
            if (!known.TryGetValue(characters, out int[]? ids))
            {
                ids = word.Encode(characters);
                for (int i = 0; i < ids.Length; i++)
                    ids[i] += Specials.Count;
                if (characters.Length <= LongestKeptWord)
                    known[characters] = ids;
            }

            encoded.AddRange(ids);
        }
    }

    private protected override void AppendText(int textId, IBufferWriter<byte> bytes)
    {
        // As deep as the id is long, at most.
        if (textId < Bytes)
        {
            bytes.Write([(byte)textId]);
            return;
        }

        AppendText(merges[textId - Bytes].Left, bytes);
        AppendText(merges[textId - Bytes].Right, bytes);
    }

    private static FormatException Wrong(int merge, FormattableString problem)
        => new(string.Create(CultureInfo.InvariantCulture, $"merge {merge} {problem.ToString(CultureInfo.InvariantCulture)}"));
}
