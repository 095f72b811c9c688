namespace DlGen.Lowering;

internal enum BufferKind
{
    Node,
    Parameter,
    Input,
    Constant,
    LossScale,
    Memory,
    RowScratch,
    DerivedScratch,

    /// <summary>Scratch of a kernel that walks over the batch, in the block of each shard (Index: its elements per row).</summary>
    ShardScratch,
}

/// <summary>
/// An actual buffer before memory is planned: the value of a node, a leaf's memory, or the scratch of a kernel (Index: its
/// elements), in the arena or beside derived values. A value that lives within one step of a loop is a node of the body of Scan
/// <paramref name="Scan"/> (-1: of the graph itself); <paramref name="StepStride"/> is how far a step's elements lie behind those of the step before.
/// </summary>
internal readonly record struct BufferRef(BufferKind Kind, int Index, int Offset, int Scan = -1, int StepStride = 0);

/// <summary>Where the elements of a value lie: they are row-major within a row, and rows lie <paramref name="RowStride"/> apart.</summary>
internal readonly record struct Memory(BufferRef Buffer, int RowStride, bool IsInteger = false, bool IsExact = false, bool IsBytes = false);

/// <summary>The loop of a Scan: launches that run one after the other, as often as it has steps.</summary>
internal sealed record PlannedLoop(int Scan, int Steps, FusedGraph Body);

/// <summary>A kernel and the buffers it is launched with, in the order of its formal ones.</summary>
internal sealed record PlannedLaunch(Kernels.Kernel Kernel, IReadOnlyList<BufferRef> Buffers, Cluster Cluster)
{
    /// <summary>The loop that it belongs to; its cluster is then one of the body's.</summary>
    public PlannedLoop? Loop { get; init; }
}
