using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// Of a loop over blocks of so many rows: the threads of a block, and what lies in their shared memory for all rounds, as far as it fits. That is always what lives within a round, and sums that threads have parts of; then the slots
/// that a round reads and writes (<see cref="LoopSlots"/>), then the weights.
/// </summary>
internal sealed class LoopLayout
{
    private const int MostThreads = 256, WarpThreads = 32;

    /// <summary>Terms of a sum that keep a thread busy.</summary>
    private const int TermsOfThread = 64;

    private readonly int bytes;
    private readonly Dictionary<int, LoopSlots> slots = [];
    private readonly Dictionary<LoopWeight, int> weights = [];

    public LoopLayout(LoopKernel loop, int rows, bool float64, int mostBytes)
    {
        (Rows, bytes) = (rows, float64 ? sizeof(double) : sizeof(float));
        Parts = [.. loop.Launches.Select(launch => new LoopPart(launch, RowNest.Of(launch.Kernel) ?? throw new ArgumentException("the rows of a loop's kernels do not meet")))];
        Threads = (int)Math.Min(MostThreads, (Parts.Max(Work) + WarpThreads - 1) / WarpThreads * WarpThreads);
        Take((long)loop.RowLength * rows * bytes);
        SumsAt = (int)SharedBytes;
        Take(Parts.Max(part => ProductOf(part)?.SharedSums ?? 0L) * bytes);
        for (int buffer = 0; buffer < loop.Buffers.Count; buffer++)
            if (LoopSlots.Of(Parts, buffer, (int)SharedBytes) is { } found && TryTake(2L * found.Width * rows * bytes, mostBytes)) slots.Add(buffer, found);
        foreach (var part in Parts)
        {
            if (LoopWeight.Of(loop, part) is not { } weight || weights.ContainsKey(weight)) continue;
            int at = (int)SharedBytes;
            if (TryTake((long)weight.Columns * weight.Terms * bytes, mostBytes)) weights.Add(weight, at);
        }
    }

    /// <summary>Of a block.</summary>
    public int Rows { get; }

    public int Threads { get; }

    public IReadOnlyList<LoopPart> Parts { get; }

    /// <summary>Where sums lie that threads have parts of.</summary>
    public int SumsAt { get; }

    public long SharedBytes { get; private set; }

    public IReadOnlyDictionary<int, LoopSlots> Slots => slots;

    /// <summary>The weights, and where each lies: the columns of a term side by side.</summary>
    public IReadOnlyDictionary<LoopWeight, int> Weights => weights;

    public LoopProduct? ProductOf(LoopPart part) => LoopProduct.Of(part, Rows, Threads, bytes);

    /// <summary>Threads that would have something to do.</summary>
    private long Work(LoopPart part) => part.Launch.Kernel switch
    {
        ContractionKernel contraction => Rows * part.Nest.Results * Math.Max(1, contraction.K.Aggregate(1L, (product, axis) => product * axis.Constant) / TermsOfThread),
        RowKernel => Rows * part.Nest.Results * WarpThreads,
        _ => Rows * part.Nest.Results,
    };

    private bool TryTake(long size, int mostBytes)
    {
        if (SharedBytes + Rounded(size) > mostBytes) return false;
        Take(size);
        return true;
    }

    private void Take(long size) => SharedBytes += Rounded(size);

    private static long Rounded(long size) => (size + 15) / 16 * 16;
}

/// <summary>A kernel of a round, as it looks to a row.</summary>
internal sealed record LoopPart(LoopLaunch Launch, RowNest Nest);

/// <summary>A matrix that is the same for all rows and in all rounds: what a product of rows reads of it.</summary>
internal sealed record LoopWeight(LoopBuffer Buffer, Access Access, int Columns, int Terms)
{
    public static LoopWeight? Of(LoopKernel loop, LoopPart part)
    {
        if (!LoopProduct.Fits(part) || part.Launch.Kernel is not ContractionKernel contraction) return null;
        var buffer = part.Launch.Buffers[contraction.Right.Buffer];
        return !buffer.IsOwn && buffer is { RowStride: 0, StepStride: 0 } && !loop.Buffers[buffer.Buffer].IsWritten && loop.Buffers[buffer.Buffer].IsNumbers
            ? new(buffer, contraction.Right with { Buffer = 0 }, contraction.N.Constant, contraction.K[0].Constant)
            : null;
    }
}
