namespace DlGen.Ptx;

/// <summary>Who adds up a result of a contraction: a thread many of a tile, a thread one, a warp one.</summary>
internal enum ContractionForm { Tile, Thread, Warp }

/// <summary>
/// A block's tile of the result: <paramref name="Rows"/> × <paramref name="Columns"/>, of which a thread, or where tensor cores multiply a warp, has <paramref name="OwnRows"/> × <paramref name="OwnColumns"/>,
/// and <paramref name="Depth"/> terms of the sums between two barriers.
/// </summary>
internal sealed record ContractionTile(int Rows, int Columns, int Depth, int OwnRows, int OwnColumns, MatrixNumbers Numbers = MatrixNumbers.None)
{
    public const int WarpThreads = 32;

    public bool IsForTensorCores => Numbers != MatrixNumbers.None;

    public int Threads => Rows / OwnRows * (Columns / OwnColumns) * (IsForTensorCores ? WarpThreads : 1);

    /// <summary>Of a thread.</summary>
    public int Results => Rows * Columns / Threads;

    /// <summary>Elements of the operands that a thread holds on their way to shared memory.</summary>
    public int Loaded => (Rows + Columns) * Depth / Threads;

    /// <summary>Tiles of one size for threads, and of one size and depth for tensor cores, are one.</summary>
    public override string ToString() => Numbers switch
    {
        MatrixNumbers.Tf32 => "tf32_",
        MatrixNumbers.BFloat16 => "bf16_",
        _ => "",
    } + $"{PtxWriter.Number(Rows)}x{PtxWriter.Number(Columns)}" + (IsForTensorCores ? "x" + PtxWriter.Number(Depth) : "");
}

/// <summary>How a contraction is computed. With several <paramref name="Parts"/> each adds its share of K, and a second entry adds the parts in their order.</summary>
internal sealed record ContractionWay(ContractionForm Form, ContractionTile? Tile = null, int Parts = 1)
{
    /// <summary>What distinguishes its entries from those of the kernel's other ways.</summary>
    public string Suffix => Form switch
    {
        ContractionForm.Tile => "_" + Tile,
        ContractionForm.Thread => "",
        _ => "_warps",
    } + (Parts > 1 ? "_parts" + PtxWriter.Number(Parts) : "");
}
