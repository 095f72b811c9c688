using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Sums over the batch of large operands: their rows lie pages apart, and in most networks a power of two, so that the few columns of a tile, read down the batch, take a
/// page of the address cache each and fall into few sets of the caches. So both operands are copied to the stack, block by block of the batch: the columns of a group of
/// tiles of the left one once for all columns of the right one, and those once for the tiles of the group. A block adds to the sums that the one before it left in the
/// result, in the order in which they are added without blocks.
/// </summary>
internal sealed partial class ContractionTemplate
{
    /// <summary>Rows of the right operand that lie at least so many bytes apart are copied wherever there are a few of them.</summary>
    private const int FarApart = 2048;

    /// <summary>Fewer tiles down or columns across would not make up for the copies.</summary>
    private const int LeastTilesDown = 16, LeastColumns = 128, LeastColumnsOfFewTerms = 256;

    /// <summary>Fewer terms are read where they are; where rows are not so far apart, or columns not so many, as many as the first-level cache has no room for.</summary>
    private const int FewTerms = 32, ManyTerms = 512;

    /// <summary>The terms of a block.</summary>
    private const int BlockTerms = 128;

    /// <summary>Bytes of the left operand on the stack, a part of the second-level cache. Whole rows arrive faster than parts of them.</summary>
    private const int PackedLeftBytes = 288 * 1024;

    /// <summary>Bytes of a row of the right operand that are copied at once: a visit to a page is what a copy costs.</summary>
    private const int PackedRightBytes = 512;

    /// <summary>While a row is copied, the one so many further on is fetched: they come from where the shards left them, the third-level cache or memory.</summary>
    private const int FetchedAhead = 4;

    /// <summary>Bytes of a cache line.</summary>
    private const int LineBytes = 64;

    private bool Packs => SharesTiles && kernel.K.Count == 1 && kernel.Right.IsAffine && MainTilesDown >= LeastTilesDown && kernel.N.Constant >= LeastColumns
        && tiles.Across(tiles.MainRows).Full > 0 && kernel.Left.Strides[mAxis] == 1
        && kernel.Epilogue.Stores.Count == 1 && kernel.Epilogue.Code[kernel.Epilogue.Stores[0].Value].Op == BodyOp.Accumulator;

    private int LeastPackedTerms => kernel.N.Constant >= LeastColumnsOfFewTerms && kernel.Right.Strides[nAxis + 1] * ElementBytes >= FarApart ? FewTerms : ManyTerms;

    private int ElementBytes => form.Float64 ? 8 : 4;

    private int PackedColumns => tiles.ColumnsOf(tiles.MainRows);

    private Access LeftOf(Tile tile) => !tile.Packed ? kernel.Left
        : kernel.Left with { Strides = kernel.Left.Strides.Select((s, axis) => axis == nAxis + 1 ? tiles.MainRows : s).ToEquatableArray() };

    private Access RightOf(Tile tile) => !tile.Packed ? kernel.Right
        : kernel.Right with { Strides = kernel.Right.Strides.Select((s, axis) => axis == nAxis + 1 ? PackedColumns : s).ToEquatableArray() };

    /// <summary>Main tiles of the right operand that are copied at once.</summary>
    private string WideTiles => Literal.Of(Math.Max(1, PackedRightBytes / ElementBytes / PackedColumns));

    /// <summary>Room on the stack for the copies, once for all that the kernel does: at most 360 KB.</summary>
    private void PrintPackedStorage()
    {
        string lanes = Literal.Of(form.Lanes);
        writer.Line($"nint terms = {Addressing.Count(kernel.K[0])}, shardTerms = {Addressing.Count(kernel.K[0], "shardRows")};");
        writer.Line($"bool packs = terms >= {Literal.Of(LeastPackedTerms)} && firstTile < endTile;");
        writer.Line($"int block = packs ? (int)Math.Min(terms, {Literal.Of(BlockTerms)}) : 0;");
        writer.Line("// A vector lies between the tiles of a copy, so that they are no power of two apart.");
        writer.Line($"int leftStride = block * {Literal.Of(tiles.MainRows)} + {lanes}, rightStride = block * {Literal.Of(PackedColumns)} + {lanes};");
        writer.Line($"int group = Math.Min({Literal.Of(MainTilesDown)}, {Literal.Of(PackedLeftBytes / ElementBytes)} / leftStride);");
        writer.Line($"Span<{form.Element}> leftStorage = stackalloc {form.Element}[packs ? group * leftStride : 0], rightStorage = stackalloc {form.Element}[packs ? {WideTiles} * rightStride : 0];");
        writer.Line($"ref {form.Element} packedLeft = ref MemoryMarshal.GetReference(leftStorage), packedRight = ref MemoryMarshal.GetReference(rightStorage);");
    }

    /// <summary>The full main tiles from copies; their loops without follow.</summary>
    private void PrintPackedTiles(string?[] outer, int full)
    {
        string rows = Literal.Of(tiles.MainRows), down = Literal.Of(MainTilesDown), columns = Literal.Of(PackedColumns), wide = WideTiles;
        using var groups = writer.Block($"for (int top = 0; packs && top < {down}; top += group)");
        writer.Line($"int bottom = Math.Min(top + group, {down}), calls = Math.Min(endTile - firstTile, (bottom - top) * {Literal.Of(full)});");
        using var blocks = writer.Block("for (nint from = 0; from < terms; from += block)");
        writer.Line("nint to = Math.Min(from + block, terms);");
        writer.Line("int call = 0;");
        PrintPackCall("Left", kernel.Left, outer, $"top * {rows}", null, "bottom - top, leftStride");
        using var across = writer.Block($"for (int column = 0; column < {Literal.Of(full)}; column += {wide})");
        writer.Line($"int endColumn = Math.Min(column + {wide}, {Literal.Of(full)});");
        writer.Line($"if (firstTile >= endColumn * {down} || endTile <= column * {down}) continue;");
        PrintPackCall("Right", kernel.Right, outer, null, $"column * {columns}", "endColumn - column, rightStride");
        using var columnLoop = writer.Block("for (int c = column; c < endColumn; c++)");
        writer.Line($"nint n = c * {columns};");
        writer.Line($"int end = Math.Min(endTile - c * {down}, bottom);");
        using var tilesDown = writer.Block($"for (int tile = Math.Max(firstTile - c * {down}, top); tile < end; tile++)");
        writer.Line($"nint m = tile * {rows};");
        PrintFetchCall(outer, $"top * {rows}");
        PrintCall(tiles.Full(tiles.MainRows) with { Packed = true }, outer, "m", 0, "n", 0);
    }

    /// <summary>While the tiles of a block are summed, the rows of the next one come closer, some with each tile: what copies them then does not wait.</summary>
    private void PrintFetchCall(string?[] outer, string m)
    {
        string Operand(Access access, string? row) => $"ref {Addressing.Element("b" + Literal.Of(access.Buffer), Origin(access, tiles.Full(tiles.MainRows), outer, row, 0, row is null ? "0" : null, 0))}, s{Literal.Of(access.Buffer)}";
        writer.Line("nint next = to + call * block / calls, behind = Math.Min(to + ++call * block / calls, terms);");
        writer.Line($"if (next < behind) {name}_fetch({Operand(kernel.Left, m)}, {Operand(kernel.Right, null)}, next, behind, shardTerms, (bottom - top) * {Literal.Of(tiles.MainRows)});");
    }

    private void PrintFetch()
    {
        writer.Line();
        writer.Line("// So many columns of the left operand and all of the right one, of the terms from..to.");
        using var method = writer.Block($"private static void {name}_fetch(ref {form.Element} left, nint leftShard, ref {form.Element} right, nint rightShard, nint from, nint to, nint shardTerms, int columns)");
        using var shards = writer.Block("while (from < to)");
        writer.Line("nint shard = from / shardTerms, within = from - shard * shardTerms, count = Math.Min(to - from, shardTerms - within);");
        void Rows(string operand, Access access, string columns)
        {
            string stride = Literal.Of(access.Strides[nAxis + 1]);
            writer.Line($"global::DlGen.Compiled.Cache.PrefetchRows(ref Unsafe.Add(ref {operand}, shard * {operand}Shard + within * {stride}), count, {stride}, {columns});");
        }
        Rows("left", kernel.Left, "columns");
        Rows("right", kernel.Right, Literal.Of(kernel.N.Constant));
        writer.Line("from += count;");
    }

    private void PrintPackCall(string side, Access access, string?[] outer, string? m, string? n, string rest)
    {
        string buffer = Literal.Of(access.Buffer), origin = Addressing.Element("b" + buffer, Origin(access, tiles.Full(tiles.MainRows), outer, m, 0, n, 0));
        writer.Line($"{name}_pack{side}(ref {origin}, s{buffer}, ref packed{side}, from, to, shardTerms, {rest});");
    }

    private void PrintPacking()
    {
        PrintPack("Left", kernel.Left, tiles.MainRows);
        PrintPack("Right", kernel.Right, PackedColumns);
        PrintFetch();
    }

    /// <summary>The method that copies tiles of so many columns of an operand, each term after term.</summary>
    private void PrintPack(string side, Access access, int width)
    {
        string stride = Literal.Of(access.Strides[nAxis + 1]), columns = Literal.Of(width);
        writer.Line();
        writer.Line($"// Tiles of {columns} columns of the {side.ToLowerInvariant()} operand, each term after term.");
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"private static void {name}_pack{side}(ref {form.Element} operand, nint operandShard, ref {form.Element} packed, nint from, nint to, nint shardTerms, int tiles, int tileStride)");
        using var shards = writer.Block("while (from < to)");
        writer.Line("nint shard = from / shardTerms, within = from - shard * shardTerms, count = Math.Min(to - from, shardTerms - within);");
        writer.Line($"ref {form.Element} row = ref Unsafe.Add(ref operand, shard * operandShard + within * {stride});");
        using (writer.Block("for (nint k = 0; k < count; k++)"))
        {
            using (writer.Block("for (nint t = 0; t < tiles; t++)"))
            {
                writer.Line($"ref {form.Element} source = ref Unsafe.Add(ref row, t * {columns}), target = ref Unsafe.Add(ref packed, t * tileStride);");
                PrintCopy(width, "source", "target");
            }
            using (writer.Block($"for (nint c = 0; c < tiles * {columns}; c += {Literal.Of(LineBytes / ElementBytes)})"))
                writer.Line($"global::DlGen.Compiled.Cache.Prefetch(ref Unsafe.Add(ref row, c + {Literal.Of(FetchedAhead * access.Strides[nAxis + 1])}));");
            writer.Line($"row = ref Unsafe.Add(ref row, {stride});");
            writer.Line($"packed = ref Unsafe.Add(ref packed, {columns});");
        }
        writer.Line("from += count;");
    }

    /// <summary>So many elements by the widest vectors that they fill, none more than they are.</summary>
    private void PrintCopy(int count, string from, string to)
    {
        int done = 0;
        foreach (int bits in VectorForm.Widths.Where(bits => bits <= form.Bits))
        {
            var part = new VectorForm(bits, form.Float64);
            for (; count - done >= part.Lanes; done += part.Lanes)
                writer.Line($"{part.Name}.LoadUnsafe(ref {Addressing.Element(from, Literal.Of(done))}).StoreUnsafe(ref {Addressing.Element(to, Literal.Of(done))});");
        }
        for (; done < count; done++) writer.Line($"{Addressing.Element(to, Literal.Of(done))} = {Addressing.Element(from, Literal.Of(done))};");
    }
}
