using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Sums over the batch whose rows lie far apart in whole cache lines, a power of two in most networks: the columns of a tile then fall into few sets of the caches, which hold
/// a fraction of what they could, and every tile fetches them from further away. So they are copied to the stack once for all tiles that read them.
/// </summary>
internal sealed partial class ContractionTemplate
{
    /// <summary>Rows lie at least so many elements apart, in whole cache lines, where copying pays.</summary>
    private const int SmallestPackedStride = 512;

    /// <summary>Fewer tiles would not make up for the copy.</summary>
    private const int LeastTilesDown = 16;

    /// <summary>More rows than this are read where they are: the copy would leave the second-level cache, and the stack is no place for more.</summary>
    private const int MostPackedRows = 1024;

    private bool PacksRight => SharesTiles && !RowsOutside && kernel.K.Count == 1 && kernel.Right.IsAffine && MainTilesDown >= LeastTilesDown
        && tiles.Across(tiles.MainRows).Full > 0 && kernel.Right.Strides[nAxis + 1] is >= SmallestPackedStride and var stride && stride % 64 == 0;

    private int PackedColumns => tiles.ColumnsOf(tiles.MainRows);

    /// <summary>The right operand as a packed tile sees it.</summary>
    private Access RightOf(Tile tile) => !tile.Packed ? kernel.Right
        : kernel.Right with { Strides = Graphs.EquatableArrayExtensions.ToEquatableArray(kernel.Right.Strides.Select((s, axis) => axis == nAxis + 1 ? PackedColumns : s)) };

    private void PrintPackedStorage()
    {
        writer.Line($"bool packs = rows <= {Literal.Of(MostPackedRows)};");
        writer.Line($"Span<{form.Element}> packedStorage = stackalloc {form.Element}[packs ? rows * {Literal.Of(PackedColumns)} : 0];");
        writer.Line($"ref {form.Element} packed = ref MemoryMarshal.GetReference(packedStorage);");
    }

    /// <summary>The tiles of one column of tiles, from a copy where the rows are not too many.</summary>
    private void PrintPackedColumn(string rowLoop, string?[] outer, string? n)
    {
        var tile = tiles.Full(tiles.MainRows);
        using (writer.Block("if (packs)"))
        {
            string origin = Addressing.Element("b" + Literal.Of(kernel.Right.Buffer), Origin(kernel.Right, tile, outer, null, 0, n, 0));
            string before = n is null ? "0" : $"{n} / {Literal.Of(PackedColumns)} * {Literal.Of(MainTilesDown)}";
            writer.Line($"if (firstTile < {before} + {Literal.Of(MainTilesDown)} && endTile > {before}) {name}_pack(ref {origin}, s{Literal.Of(kernel.Right.Buffer)}, ref packed, rows, shardRows);");
            using (writer.Block(rowLoop)) PrintCall(tile with { Packed = true }, outer, "m", 0, n, 0);
        }
        using (writer.Block("else"))
        using (writer.Block(rowLoop)) PrintCall(tile, outer, "m", 0, n, 0);
    }

    private void PrintPack()
    {
        writer.Line();
        writer.Line($"// {Literal.Of(PackedColumns)} columns of the right operand, row after row.");
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_pack(ref {form.Element} right, nint rightShard, ref {form.Element} packed, int rows, int shardRows)");
        using var shards = new ShardLoop(writer, sharded: true);
        writer.Line($"ref {form.Element} row = ref Unsafe.Add(ref right, s * rightShard);");
        using var loop = writer.Block("for (nint k = shard; k > 0; k--)");
        for (int v = 0; v < PackedColumns / form.Lanes; v++)
            writer.Line($"{form.Name}.LoadUnsafe(ref {Addressing.Element("row", Literal.Of(v * form.Lanes))}).StoreUnsafe(ref {Addressing.Element("packed", Literal.Of(v * form.Lanes))});");
        writer.Line($"row = ref Unsafe.Add(ref row, {Literal.Of(kernel.Right.Strides[nAxis + 1])});");
        writer.Line($"packed = ref Unsafe.Add(ref packed, {Literal.Of(PackedColumns)});");
    }
}
