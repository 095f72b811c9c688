namespace DlGen.Ptx;

/// <summary>Who adds up a result of a contraction: a thread many of a tile, a thread one, a warp one.</summary>
internal enum ContractionForm { Tile, Thread, Warp }

/// <summary>
/// A block's tile of the result: <paramref name="Rows"/> × <paramref name="Columns"/>, of which a thread has <paramref name="ThreadRows"/> × <paramref name="ThreadColumns"/>,
/// and <paramref name="Depth"/> terms of the sums between two barriers.
/// </summary>
internal sealed record ContractionTile(int Rows, int Columns, int Depth, int ThreadRows, int ThreadColumns)
{
    public int Threads => Rows / ThreadRows * (Columns / ThreadColumns);

    public override string ToString() => $"{PtxWriter.Number(Rows)}x{PtxWriter.Number(Columns)}";
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
