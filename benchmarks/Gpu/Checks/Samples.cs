namespace DlGen.Gpu.Checks;

/// <summary>Numbers to compute with: the same everywhere, and quickly drawn (SplitMix64, Steele et al. 2014).</summary>
internal static class Samples
{
    /// <summary>From -1 to 1.</summary>
    public static float[] Floats(int seed, int count)
    {
        var values = new float[count];
        for (int i = 0; i < count; i++) values[i] = (float)((Bits(seed, i) >> 40) * (1.0 / (1 << 23)) - 1);
        return values;
    }

    public static double[] Doubles(int seed, int count) => Array.ConvertAll(Floats(seed, count), value => (double)value);

    /// <summary>From 0 up to but not including the last one.</summary>
    public static int[] Ints(int seed, int count, int below)
    {
        var values = new int[count];
        for (int i = 0; i < count; i++) values[i] = (int)((Bits(seed, i) >> 33) % (ulong)below);
        return values;
    }

    public static byte[] Bytes(int seed, int count)
    {
        var values = new byte[count];
        for (int i = 0; i < count; i++) values[i] = (byte)(Bits(seed, i) >> 56);
        return values;
    }

    private static ulong Bits(int seed, int place)
    {
        ulong z = (((ulong)(uint)seed << 32) + (uint)place + 1) * 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
