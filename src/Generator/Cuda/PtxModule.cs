using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>The text of a module, how each kernel that it holds is launched, and the compute capability that a device must have, times ten.</summary>
internal sealed record PtxModule(string Text, EquatableArray<PtxKernel> Kernels, int ComputeCapability)
{
    /// <summary>What every text needs.</summary>
    public const int OldestCapability = 70;

    /// <summary>Of a text with instructions for matrices of tf32 or bf16.</summary>
    public const int TensorCoreCapability = 80;
}

/// <summary>
/// The ways to launch a kernel. Its parameters are the addresses of the first <paramref name="Buffers"/> buffers; where it <paramref name="Draws"/> random numbers, the address of seed and
/// step, two integers of 64 bits; where a way has a workspace, the address of that; then the rows, an integer of 32 bits.
/// </summary>
/// <param name="Kernel">Which of the module's kernels it is.</param>
/// <param name="Buffers">Without the scratch that a processor needs and threads do not.</param>
/// <param name="Variants">In the order of their rows; the last one that the rows of a launch reach, and that the device has the shared memory for, is taken. The first one needs no more than every device has.</param>
internal sealed record PtxKernel(int Kernel, int Buffers, bool Draws, EquatableArray<PtxVariant> Variants)
{
    public PtxVariant For(int rows) => Variants.Last(v => v.FromRows <= rows);
}

/// <summary>Entries that run one after the other.</summary>
/// <param name="FromRows">The rows from which it is the one to take; 0 for the first.</param>
/// <param name="WorkspaceBytes">What its entries hand to each other, 16-byte aligned: so much, and <paramref name="WorkspaceBytesPerRow"/> for each row; both 0 for none.</param>
internal sealed record PtxVariant(int FromRows, EquatableArray<PtxEntry> Entries, long WorkspaceBytes = 0, long WorkspaceBytesPerRow = 0)
{
    public bool HasWorkspace => WorkspaceBytes + WorkspaceBytesPerRow > 0;

    public long WorkspaceFor(int rows) => WorkspaceBytes + (WorkspaceBytesPerRow * rows);
}

/// <summary>An entry of the module: blocks along one axis, each of so many threads. Without blocks it is not launched.</summary>
/// <param name="SharedBytes">Shared memory beyond what the text declares, given at the launch.</param>
/// <param name="Grid">The blocks are the product of these axes' tiles; the text takes its number of the block apart.</param>
internal sealed record PtxEntry(string Name, int Threads, int SharedBytes, EquatableArray<PtxGridAxis> Grid)
{
    public long Blocks(int rows) => Grid.Aggregate(1L, (product, axis) => product * axis.Tiles(rows));
}

/// <summary>The product of extents, in tiles of so many.</summary>
internal sealed record PtxGridAxis(EquatableArray<Extent> Extents, int Tile)
{
    public long Tiles(int rows) => (Extents.Aggregate(1L, (product, extent) => product * extent.Constant * (extent.TimesRows ? rows : 1)) + Tile - 1) / Tile;
}
