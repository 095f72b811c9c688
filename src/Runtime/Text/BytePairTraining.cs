using System.Runtime.InteropServices;
using System.Text;

namespace DlGen;

/// <summary>
/// Learns merges. Each word of the text stands once, as a chain of ids with the number of its occurrences; of each pair it is known how often it occurs and where. A merge changes what is next to
/// where its pair stands and nothing else, so all of them together take little more than one look at the text.
/// </summary>
internal sealed class BytePairTraining
{
    private const int Gone = -1, None = -1;

    /// <summary>Every word's ids, one word behind the other. Two that become one stand where the left one stood.</summary>
    private readonly int[] ids;
    private readonly int[] next;
    private readonly int[] previous;

    /// <summary>How often the word occurs that a place belongs to.</summary>
    private readonly int[] occurrences;
    private readonly Dictionary<(int Left, int Right), Pair> pairs = [];

    /// <summary>One entry for each pair. A count may have fallen since it was queued, never grown.</summary>
    private readonly PriorityQueue<(int Left, int Right), (long Count, int Left, int Right)> queue = new(Comparer<(long Count, int Left, int Right)>.Create(
        (x, y) => x.Count != y.Count ? y.Count.CompareTo(x.Count) : (x.Left, x.Right).CompareTo((y.Left, y.Right))));
    private readonly List<int> lengths = [.. Enumerable.Repeat(1, BytePairTokenizer.Bytes)];

    public BytePairTraining(string text)
    {
        Dictionary<string, int> words = Count(text);
        int length = words.Keys.Sum(Encoding.UTF8.GetByteCount);
        (ids, next, previous, occurrences) = (new int[length], new int[length], new int[length], new int[length]);
        int at = 0;
        foreach ((string word, int count) in words)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(word);
            for (int i = 0; i < bytes.Length; i++, at++)
            {
                (ids[at], occurrences[at]) = (bytes[i], count);
                (previous[at], next[at]) = (i == 0 ? None : at - 1, i == bytes.Length - 1 ? None : at + 1);
            }
        }

        for (at = 0; at < length; at++)
        {
            if (next[at] != None)
                Raise(at);
        }

        foreach ((int Left, int Right) pair in pairs.Keys)
            Queue(pair);
    }

    /// <summary>The next merges, as many as asked for or until no pair occurs twice.</summary>
    public (int Left, int Right)[] Merges(int count)
    {
        var merges = new List<(int Left, int Right)>();
        while (merges.Count < count && queue.TryDequeue(out (int Left, int Right) pair, out (long Count, int Left, int Right) queued))
        {
            long occurs = pairs[pair].Count;
            if (occurs < 2)
                continue;
            if (occurs < queued.Count)
            {
                Queue(pair);
                continue;
            }

            int length = lengths[pair.Left] + lengths[pair.Right];
            if (length > BytePairTokenizer.LongestToken)
                continue;
            lengths.Add(length);
            merges.Add(pair);
            Merge(pair, lengths.Count - 1);
        }

        return [.. merges];
    }

    private static Dictionary<string, int> Count(string text)
    {
        var words = new Dictionary<string, int>(StringComparer.Ordinal);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan = words.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int from = 0, end; from < text.Length; from = end)
        {
            end = WordBoundary.After(text, from);
            CollectionsMarshal.GetValueRefOrAddDefault(bySpan, text.AsSpan(from, end - from), out _)++;
        }

        return words;
    }

    /// <summary>Places stand in the order of the text, so of ids that overlap, as the two pairs in a a a, the left one is joined.</summary>
    private void Merge((int Left, int Right) pair, int id)
    {
        var made = new HashSet<(int Left, int Right)>();
        foreach (int place in pairs[pair].Places)
        {
            int right = next[place];
            if (ids[place] != pair.Left || right == None || ids[right] != pair.Right)
                continue;
            int before = previous[place], after = next[right];
            if (before != None)
                Lower(before);
            if (after != None)
                Lower(right);
            (ids[place], ids[right], next[place]) = (id, Gone, after);
            if (before != None)
                made.Add(Raise(before));
            if (after != None)
            {
                previous[after] = place;
                made.Add(Raise(place));
            }
        }

        pairs.Remove(pair);
        foreach ((int Left, int Right) other in made)
            Queue(other);
    }

    private (int Left, int Right) PairAt(int place) => (ids[place], ids[next[place]]);

    private (int Left, int Right) Raise(int place)
    {
        (int Left, int Right) key = PairAt(place);
        if (!pairs.TryGetValue(key, out Pair? pair))
            pairs.Add(key, pair = new Pair());
        pair.Count += occurrences[place];
        pair.Places.Add(place);
        return key;
    }

    private void Lower(int place) => pairs[PairAt(place)].Count -= occurrences[place];

    private void Queue((int Left, int Right) pair) => queue.Enqueue(pair, (pairs[pair].Count, pair.Left, pair.Right));

    private sealed class Pair
    {
        public long Count { get; set; }

        public List<int> Places { get; } = [];
    }
}
