namespace DlGen.Tests.Emulation;

/// <summary>
/// The threads of a launch that share memory and barriers, block after block. Warps run in an order that is drawn anew between barriers, so that what only
/// works in one order shows.
/// </summary>
internal sealed class Block
{
    private readonly PtxProgram program;
    private readonly Warp[] warps;
    private readonly int[] order;
    private readonly Random random;

    public Block(PtxProgram program, DeviceMemory memory, long[] arguments, int count, int threads, int sharedBytes, int seed)
    {
        (this.program, Memory, Arguments, Count, Threads) = (program, memory, arguments, count, threads);
        Shared = new SharedMemory(program, sharedBytes);
        order = [.. Enumerable.Range(0, (threads + Warp.Size - 1) / Warp.Size)];
        random = new Random(seed);
        LaunchEpoch = memory.NextEpoch();

        // Without barriers a warp runs to its end before the next begins, and leaves its registers to that.
        warps = new Warp[program.HasBarriers ? order.Length : 1];
        for (int i = 0; i < warps.Length; i++) warps[i] = new Warp(program, this);
    }

    public DeviceMemory Memory { get; }

    public SharedMemory Shared { get; }

    public long[] Arguments { get; }

    /// <summary>Blocks of the launch.</summary>
    public int Count { get; }

    /// <summary>Of a block.</summary>
    public int Threads { get; }

    public int Number { get; private set; }

    private int LaunchEpoch { get; }

    public void Run(int number)
    {
        Number = number;
        Shared.Clear();
        if (!program.HasBarriers)
        {
            int epoch = Memory.NextEpoch();
            random.Shuffle(order);
            foreach (int warp in order)
            {
                Begin(warps[0], warp);
                warps[0].Accessor.Epoch = epoch;
                warps[0].Run();
            }
            return;
        }
        for (int i = 0; i < warps.Length; i++) Begin(warps[i], i);
        while (warps.Any(w => w.Running != 0))
        {
            int epoch = Memory.NextEpoch();
            random.Shuffle(order);
            foreach (int i in order)
            {
                warps[i].Accessor.Epoch = epoch;
                if (warps[i].Running != 0) warps[i].Run();
            }

            // Threads that have returned are not waited for.
            foreach (var warp in warps) if (warp.Waits) warp.PassBarrier();
        }
    }

    private void Begin(Warp warp, int number)
    {
        warp.Accessor.LaunchEpoch = LaunchEpoch;
        warp.Accessor.BlockStart = Number * Threads;
        warp.Accessor.BlockThreads = Threads;
        warp.Begin(number);
    }
}
