namespace DlGen;

/// <summary>Seeded permutations, equal on every platform: Fisher–Yates driven by SplitMix64 (Steele, Lea and Flood 2014), the bound applied by
/// multiplication with rejection (Lemire 2019), so every permutation is equally likely.</summary>
internal static class Shuffling
{
    public static int[] Identity(int count)
    {
        var rows = new int[count];
        for (int i = 0; i < count; i++)
            rows[i] = i;
        return rows;
    }

    /// <summary>Shuffles in place. Streams of one seed are independent: an epoch, or a class of a stratified split, is one.</summary>
    public static void Shuffle(Span<int> rows, long seed, long stream)
    {
        // The stream is mixed before it meets the seed: adding it would make stream 1 the second number of stream 0.
        ulong mixedStream = unchecked((ulong)stream);
        ulong state = unchecked((ulong)seed) ^ Next(ref mixedStream);
        for (int i = rows.Length - 1; i > 0; i--)
        {
            int j = Below((uint)i + 1, ref state);
            (rows[i], rows[j]) = (rows[j], rows[i]);
        }
    }

    private static int Below(uint bound, ref ulong state)
    {
        ulong product = (Next(ref state) >> 32) * bound;
        uint reject = unchecked(0u - bound) % bound;
        while ((uint)product < reject)
            product = (Next(ref state) >> 32) * bound;
        return (int)(product >> 32);
    }

    private static ulong Next(ref ulong state)
    {
        unchecked
        {
            ulong z = state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
