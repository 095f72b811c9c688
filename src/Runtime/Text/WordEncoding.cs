using System.Text;

namespace DlGen;

/// <summary>
/// The ids of a word: of all pairs next to each other the one that was learned first is joined first, from left to right, until none is left. A chain of ids and a queue of its pairs, so a word of
/// n bytes takes n·log n, and a text without a gap is no trap.
/// </summary>
/// <param name="idOfPair">The id that stands for two. One that was learned later is larger.</param>
internal sealed class WordEncoding(Dictionary<(int Left, int Right), int> idOfPair)
{
    private const int Gone = -1;

    /// <summary>Places of pairs, the id that the pair becomes before all, then the place.</summary>
    private readonly PriorityQueue<int, (int Id, int Place)> pairs = new();
    private byte[] bytes = [];
    private int[] ids = [];

    /// <summary>The place of the next id and of the one before, or outside of the word.</summary>
    private int[] next = [];
    private int[] previous = [];

    /// <summary>The ids of a word, which is not empty.</summary>
    public int[] Encode(ReadOnlySpan<char> word)
    {
        int length = Encoding.UTF8.GetByteCount(word), count = length;
        if (ids.Length < length)
            (bytes, ids, next, previous) = (new byte[2 * length], new int[2 * length], new int[2 * length], new int[2 * length]);
        Encoding.UTF8.GetBytes(word, bytes);
        for (int i = 0; i < length; i++)
            (ids[i], next[i], previous[i]) = (bytes[i], i + 1, i - 1);
        for (int i = 0; i + 1 < length; i++)
            Queue(i, length);

        while (pairs.TryDequeue(out int left, out (int Id, int Place) pair))
        {
            // A pair that was queued is gone when one of its ids became part of another.
            if (IdAt(left, length) != pair.Id)
                continue;
            int right = next[left], after = next[right];
            (ids[left], ids[right], next[left]) = (pair.Id, Gone, after);
            count--;
            if (after < length)
            {
                previous[after] = left;
                Queue(left, length);
            }

            if (previous[left] >= 0)
                Queue(previous[left], length);
        }

        var encoded = new int[count];
        for (int i = 0, at = 0; at < length; at = next[at])
            encoded[i++] = ids[at];
        return encoded;
    }

    private void Queue(int place, int length)
    {
        if (IdAt(place, length) is >= 0 and int id)
            pairs.Enqueue(place, (id, place));
    }

    /// <summary>The id that the pair at a place becomes; -1 if there is none.</summary>
    private int IdAt(int place, int length)
        => ids[place] != Gone && next[place] < length && idOfPair.TryGetValue((ids[place], ids[next[place]]), out int id) ? id : -1;
}
