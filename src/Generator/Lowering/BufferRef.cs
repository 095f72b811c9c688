namespace DlGen.Lowering;

internal enum BufferKind
{
    Node,
    Parameter,
    Input,
    Constant,
    LossScale,
    RowScratch,
    DerivedScratch,

    /// <summary>Scratch of a kernel that walks over the batch, in the block of each shard (Index: its elements per row).</summary>
    ShardScratch,
}

/// <summary>
/// An actual buffer before memory is planned: the value of a node, a leaf's memory, or the scratch of a kernel (Index: its
/// elements), in the arena or beside derived values.
/// </summary>
internal readonly record struct BufferRef(BufferKind Kind, int Index, int Offset);

/// <summary>A kernel and the buffers it is launched with, in the order of its formal ones.</summary>
internal sealed record PlannedLaunch(Kernels.Kernel Kernel, IReadOnlyList<BufferRef> Buffers, Cluster Cluster);
