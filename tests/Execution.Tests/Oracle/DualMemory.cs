namespace DlGen.Tests.Oracles;

/// <summary>
/// Where the tangents of one pass lie, of each thread: taken as the pass goes on, all given back before the next. Left to the garbage collector they were
/// a third of the oracle's time.
/// </summary>
internal static class DualMemory
{
    private const int Block = 1 << 20;

    [ThreadStatic]
    private static List<double[]>? blocks;

    [ThreadStatic]
    private static int block;

    [ThreadStatic]
    private static int used;

    /// <summary>A piece of memory, full of anything.</summary>
    public static (double[] Memory, int Start) Take(int length)
    {
        blocks ??= [];
        while (block < blocks.Count && blocks[block].Length - used < length) (block, used) = (block + 1, 0);
        if (block == blocks.Count) blocks.Add(GC.AllocateUninitializedArray<double>(Math.Max(Block, length)));
        int start = used;
        used += length;
        return (blocks[block], start);
    }

    /// <summary>No tensor of the passes before this is used any more.</summary>
    public static void GiveBack() => (block, used) = (0, 0);
}
