using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Contractions by register tiles: the sums of a tile of rows × vectors of columns stay in written-out locals over all of K (rows are broadcast from
/// the left operand, columns are vectors of the right one), then go through the epilogue. One method per tile shape, one driver per instruction set.
/// Sums are added in the order of k in every tile, so a row's result does not depend on the rows beside it.
/// </summary>
internal sealed partial class ContractionTemplate
{
    /// <summary>
    /// Longer or more expensive epilogues (a bias and an activation fit) run in a loop over the finished tile, not once per register: that costs a
    /// store and a load per vector, where writing them out would let the method grow past what the JIT optimises and the text past what compiles fast.
    /// </summary>
    private const int LongestInlineEpilogue = 4;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly CpuSchedule schedule;
    private readonly ContractionTiles tiles;
    private readonly int mAxis;
    private readonly int nAxis;
    private readonly Access[] epilogueAccesses;
    private readonly int[] indexedAxes;
    private readonly bool inlineEpilogue;

    /// <summary>The outer axis whose rows lie across the vectors of a tile; -1 for none.</summary>
    private readonly int imageRows;

    public ContractionTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        this.writer = writer;
        this.kernel = kernel = Arrange(kernel, form.Float64) ?? throw new ArgumentException("the contraction's operands don't fit vectors along its columns", nameof(kernel));
        this.name = name;
        this.form = form;
        this.schedule = schedule;
        mAxis = kernel.Outer.Count;
        nAxis = mAxis + 1;
        imageRows = FindImageRows(kernel, form);
        borders = SharesImageRows ? [] : BordersOf(kernel);
        tiles = imageRows < 0
            ? new ContractionTiles(schedule, form, kernel.M.TimesRows ? null : kernel.M.Constant, kernel.N.Constant, PanelWidth(kernel))
            : new ContractionTiles(schedule, form, kernel.M.Constant, kernel.Outer[imageRows].Constant * Pitch, 0, VectorsOfRow(kernel, form));
        epilogueAccesses = [.. kernel.Epilogue.Accesses.Distinct()];
        indexedAxes = [.. kernel.Epilogue.Code.Where(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index }).Select(c => c.A).Distinct().OrderBy(a => a)];
        inlineEpilogue = !kernel.Epilogue.IsExpensive && kernel.Epilogue.Code.Count <= LongestInlineEpilogue;
    }

    /// <summary>
    /// The contraction as the template takes it, or null: as it is, or with rows and columns exchanged where only the rows are contiguous in the result.
    /// </summary>
    public static ContractionKernel? Arrange(ContractionKernel kernel, bool float64)
    {
        if (Fits(kernel, float64)) return kernel;
        if (kernel.M.TimesRows) return null;
        int m = kernel.Outer.Count, n = m + 1;
        int Other(int axis) => axis == m ? n : axis == n ? m : axis;
        Access Exchange(Access access) => access.Over(strides => strides.Select((_, axis) => strides[Other(axis)]), Other);
        var exchanged = kernel with
        {
            M = kernel.N,
            N = kernel.M,
            Left = Exchange(kernel.Right),
            Right = Exchange(kernel.Left),
            Epilogue = kernel.Epilogue with
            {
                Accesses = kernel.Epilogue.Accesses.Select(Exchange).ToEquatableArray(),
                Code = kernel.Epilogue.Code.Select(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index } ? c with { A = Other(c.A) } : c).ToEquatableArray(),
            },
        };
        return Fits(exchanged, float64) ? exchanged : null;
    }

    /// <summary>The vectors that it is printed for: none wider than the columns need, because half of a wider one takes as long as all of it.</summary>
    public static IEnumerable<int> Widths(ContractionKernel kernel, bool float64)
        => VectorForm.Widths.Where(bits => bits < 512 || Arrange(kernel, float64)!.N.Constant > new VectorForm(256, float64).Lanes);

    private static bool Fits(ContractionKernel kernel, bool float64)
    {
        int m = kernel.Outer.Count, n = m + 1;
        bool OnColumns(Access access) => access.IsAffine ? access.Strides[n] == 1 : access.PanelAxis == n;
        bool IsStored(int access) => kernel.Epilogue.Stores.Any(s => s.Access == access);
        int width = PanelWidth(kernel);
        return !kernel.N.TimesRows && kernel.K.Count > 0
            && kernel.Left.IsAffine && kernel.Left.Strides[n] == 0
            && OnColumns(kernel.Right) && kernel.Right.Strides[m] == 0
            && kernel.Buffers[kernel.Left.Buffer].IsNumbers && kernel.Buffers[kernel.Right.Buffer].IsNumbers
            && kernel.Epilogue.Accesses.Concat([kernel.Right]).All(a => a.IsAffine || (a.PanelAxis == n && a.PanelWidth == width))
            && VectorForm.Widths.All(bits => ContractionTiles.Fits(new VectorForm(bits, float64), width))
            && Enumerable.Range(0, kernel.Epilogue.Accesses.Count).All(i =>
            {
                var access = kernel.Epilogue.Accesses[i];
                return IsStored(i) ? OnColumns(access) && kernel.Buffers[access.Buffer].IsNumbers
                    : OnColumns(access) ? VectorForm.CanLoad(kernel.Buffers[access.Buffer], float64) : access.Strides[n] == 0;
            });
    }

    public void Print()
    {
        PrintDriver();
        var printed = new HashSet<Tile>();
        foreach (int rows in Heights)
        {
            var (full, rest) = tiles.Across(rows);
            if (full > 0 && printed.Add(tiles.Full(rows))) PrintTile(tiles.Full(rows));
            if (full > 0 && Packs && rows == tiles.MainRows && printed.Add(tiles.Full(rows) with { Packed = true })) PrintTile(tiles.Full(rows) with { Packed = true });
            if (rest is { } tile && printed.Add(tile)) PrintTile(tile);
        }
        if (Packs) PrintPacking();
        if (inlineEpilogue) return;
        foreach (string? tail in printed.SelectMany(t => Enumerable.Range(0, t.Vectors).Select(v => TailOf(t, v))).Distinct().OrderBy(t => t is not null)) PrintEpilogue(tail);
    }

    /// <summary>The heights of all its tiles.</summary>
    private IEnumerable<int> Heights => kernel.M.TimesRows ? tiles.RestSteps(kernel.M.Constant).Select(step => step.Height).Prepend(tiles.MainRows)
        : [.. Enumerable.Repeat(tiles.MainRows, Math.Min(1, kernel.M.Constant / tiles.MainRows)), .. tiles.RestHeights(kernel.M.Constant % tiles.MainRows)];

    private static int PanelWidth(ContractionKernel kernel)
        => kernel.Epilogue.Accesses.Concat([kernel.Right]).Select(a => a.PanelWidth).Max();

    private bool UsesRows => kernel.Sharded || kernel.K.Any(k => k.TimesRows);

    /// <summary>
    /// Rows outside, if all of the right operand stays in the second-level cache: then the left one, often far larger, is read once. Else columns
    /// outside, as many at once as stay there: they are read once from further away, while the left operand passes as often as there are such groups.
    /// </summary>
    private bool RowsOutside => !UsesRows && kernel.N.Constant * ColumnBytes <= schedule.ResidentBytes;

    /// <summary>Bytes that a column of the right operand has.</summary>
    private long ColumnBytes => kernel.K.Aggregate(form.Float64 ? 8L : 4L, (bytes, k) => bytes * k.Constant);

    /// <summary>Main tiles side by side in a group of columns.</summary>
    private int TilesInGroup => UsesRows ? 1 : (int)Math.Max(1, schedule.ResidentBytes / (ColumnBytes * tiles.ColumnsOf(tiles.MainRows)));

    private int MainTilesDown => kernel.M.TimesRows ? 0 : kernel.M.Constant / tiles.MainRows;

    /// <summary>Columns of main tiles, the one that is left over included.</summary>
    private int MainTilesAcross => tiles.Across(tiles.MainRows) is var (full, rest) ? full + (rest is null ? 0 : 1) : 0;

    /// <summary>
    /// Whether threads share a sum over the batch: each takes main tiles that follow each other down the columns, which in a gradient in panels is one piece of memory,
    /// and nearly the piece that its thread updates.
    /// </summary>
    private bool SharesTiles => kernel.Sharded && MainTilesDown > 0 && MainTilesDown * MainTilesAcross > 1;

    private void PrintDriver()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        if (!inlineEpilogue)
        {
            int length = Heights.Max(r => r * tiles.ColumnsOf(r));
            writer.Line($"Span<{form.Element}> tileStorage = stackalloc {form.Element}[{Literal.Of(length)}];");
            writer.Line($"ref {form.Element} tile = ref MemoryMarshal.GetReference(tileStorage);");
        }
        if (kernel.Sharded && !SharesTiles) writer.Line(KernelShare.FirstAlone);
        if (SharesTiles)
        {
            string Start(string part) => $"global::DlGen.Compiled.Share.Start({Literal.Of(MainTilesDown * MainTilesAcross)}, {part}, parts)";
            writer.Line($"int firstTile = {Start("part")}, endTile = {Start("part + 1")};");
        }
        if (Packs) PrintPackedStorage();
        using var outer = new LoopNest(writer, imageRows < 0 ? kernel.Outer : ColumnVectors.Others(kernel.Outer, imageRows), LoopNest.Numbered("o", kernel.Outer.Count));
        if (kernel.M.TimesRows) PrintUnknownRows(outer.Indices);
        else PrintKnownRows(outer.Indices);
    }

    private void PrintKnownRows(string?[] outer)
    {
        int main = kernel.M.Constant / tiles.MainRows * tiles.MainRows;
        if (main == tiles.MainRows && !SharesTiles) PrintColumns(tiles.MainRows, outer, null, 0);
        else if (main > 0) PrintMainTiles(outer, $"m < {Literal.Of(main)}");
        if (main == kernel.M.Constant) return;
        int row = main;
        using var first = SharesTiles ? writer.Block(KernelShare.First) : (SourceWriter.BlockScope?)null;
        foreach (int rows in tiles.RestHeights(kernel.M.Constant - main))
        {
            PrintColumns(rows, outer, null, row);
            row += rows;
        }
    }

    private void PrintUnknownRows(string?[] outer)
    {
        writer.Line($"nint count = {Addressing.Count(kernel.M)};");
        var steps = tiles.RestSteps(kernel.M.Constant).ToList();
        if (steps.Count == 0)
        {
            PrintMainTiles(outer, "m < count");
            return;
        }
        writer.Line($"int rest = (int)(count % {Literal.Of(tiles.MainRows)});");
        writer.Line("nint whole = count - rest;");
        PrintMainTiles(outer, "m < whole");
        foreach (var (height, repeats) in steps)
        {
            using var step = writer.Block($"{(repeats ? "while" : "if")} (rest >= {Literal.Of(height)})");
            PrintColumns(height, outer, "whole", 0);
            if (height == steps[steps.Count - 1].Height && !repeats) continue;
            writer.Line($"whole += {Literal.Of(height)};");
            writer.Line($"rest -= {Literal.Of(height)};");
        }
    }

    private void PrintMainTiles(string?[] outer, string condition)
    {
        string step = Literal.Of(tiles.MainRows), allRows = $"for (nint m = 0; {condition}; m += {step})";
        if (RowsOutside)
        {
            using (writer.Block(allRows)) PrintColumns(tiles.MainRows, outer, "m", 0);
            return;
        }
        var (full, rest) = tiles.Across(tiles.MainRows);
        int across = tiles.ColumnsOf(tiles.MainRows);
        if (full > 1 && TilesInGroup > 1)
        {
            string columns = Literal.Of(full * across), group = Literal.Of(TilesInGroup * across);
            using (writer.Block($"for (nint group = 0; group < {columns}; group += {group})"))
            {
                writer.Line($"nint groupEnd = Math.Min(group + {group}, {columns});");
                using (writer.Block(allRows))
                using (writer.Block($"for (nint n = group; n < groupEnd; n += {Literal.Of(across)})")) PrintCall(tiles.Full(tiles.MainRows), outer, "m", 0, "n", 0);
            }
        }
        else if (full > 0)
        {
            string? n = full > 1 ? "n" : null;
            string rowLoop = SharesTiles ? SharedRows(full > 1 ? $"(int)n / {Literal.Of(across)} * {Literal.Of(MainTilesDown)}" : "") : allRows;
            if (Packs) PrintPackedTiles(outer, full);
            using (Packs ? writer.Block("if (!packs)") : (SourceWriter.BlockScope?)null)
            using (ColumnLoop(full, across))
            using (writer.Block(rowLoop)) PrintCall(tiles.Full(tiles.MainRows), outer, "m", 0, n, 0);
        }
        if (rest is not { } tile) return;
        using (writer.Block(SharesTiles ? SharedRows(full == 0 ? "" : Literal.Of(full * MainTilesDown)) : allRows)) PrintCall(tile, outer, "m", 0, null, full * across);
    }

    /// <summary>The rows of a thread's tiles in one column of tiles, before which <paramref name="passed"/> tiles lie.</summary>
    private string SharedRows(string passed)
    {
        string Within(string tile) => passed.Length == 0 ? tile : $"{tile} - {passed}";
        string first = passed.Length == 0 ? "firstTile" : $"Math.Max({Within("firstTile")}, 0)", step = Literal.Of(tiles.MainRows);
        return $"for (nint m = {first} * {step}, end = Math.Min({Within("endTile")}, {Literal.Of(MainTilesDown)}) * {step}; m < end; m += {step})";
    }

    /// <summary>All columns of a few rows, which start at the index <paramref name="m"/>, or at <paramref name="row"/> where it is known.</summary>
    private void PrintColumns(int rows, string?[] outer, string? m, int row)
    {
        var (full, rest) = tiles.Across(rows);
        using (ColumnLoop(full, tiles.ColumnsOf(rows)))
        {
            if (full > 0) PrintCall(tiles.Full(rows), outer, m, row, full > 1 ? "n" : null, 0);
        }
        if (rest is { } tile) PrintCall(tile, outer, m, row, null, full * tiles.ColumnsOf(rows));
    }

    private SourceWriter.BlockScope? ColumnLoop(int tilesAcross, int step)
        => tilesAcross > 1 ? writer.Block($"for (nint n = 0; n < {Literal.Of(tilesAcross * step)}; n += {Literal.Of(step)})") : null;

    private void PrintCall(Tile tile, string?[] outer, string? m, int row, string? n, int column)
    {
        string Ref(Access access) => "ref " + Addressing.Element("b" + Literal.Of(access.Buffer), Origin(access, tile, outer, m, row, n, column));
        var arguments = tile.Packed ? new List<string> { "ref Unsafe.Add(ref packedLeft, (tile - top) * leftStride)", "ref Unsafe.Add(ref packedRight, (c - column) * rightStride)" } : [Ref(kernel.Left), Ref(kernel.Right)];
        if (!inlineEpilogue) arguments.Add("ref tile");
        arguments.AddRange(epilogueAccesses.Select(Ref));
        arguments.AddRange(indexedAxes.Select(axis => axis == mAxis ? m ?? Literal.Of(row) : axis == nAxis ? n ?? Literal.Of(column) : outer[axis] ?? "0"));
        if (tile.Packed) arguments.AddRange(["to - from", "from > 0"]);
        if (kernel.Sharded && !tile.Packed) arguments.AddRange(["s" + Literal.Of(kernel.Left.Buffer), "s" + Literal.Of(kernel.Right.Buffer)]);
        if (UsesRows && !tile.Packed) arguments.Add("rows");
        if (kernel.Sharded && !tile.Packed) arguments.Add("shardRows");
        if (!tile.Packed) arguments.AddRange(BorderArguments(tile, outer, n, column));
        writer.Line($"{name}_{tile.Suffix}({string.Join(", ", arguments)});");
    }

    /// <summary>Where the tile's first element lies for an access. Columns start at whole tiles, so a panel is left only where a tile ends.</summary>
    private string Origin(Access access, Tile tile, string?[] outer, string? m, int row, string? n, int column)
    {
        var terms = new List<string>();
        for (int axis = 0; axis < outer.Length; axis++)
        {
            if (outer[axis] is { } index && Addressing.Scaled(index, access.Strides[axis]) is { Length: > 0 } term) terms.Add(term);
        }
        long known = (long)row * access.Strides[mAxis];
        if (m is not null && Addressing.Scaled(m, access.Strides[mAxis]) is { Length: > 0 } rowTerm) terms.Add(rowTerm);
        if (n is null) known += ColumnOffset(access, column);
        else if (imageRows >= 0) terms.Add(access.Strides[imageRows] == 0 ? "" : $"{n} / {Literal.Of(Pitch)} * {Literal.Of(access.Strides[imageRows])}");
        else if (access.IsAffine) terms.Add(Addressing.Scaled(n, access.Strides[nAxis]));
        else if (tiles.ColumnsOf(tile.Rows) % access.PanelWidth == 0 && access.PanelStride % access.PanelWidth == 0) terms.Add(Addressing.Scaled(n, access.PanelStride / access.PanelWidth));
        else terms.Add($"{n} / {Literal.Of(access.PanelWidth)} * {Literal.Of(access.PanelStride)} + {n} % {Literal.Of(access.PanelWidth)}");
        if (known > 0) terms.Add(known.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return string.Join(" + ", terms.Where(t => t.Length > 0));
    }

    /// <summary>The offset of a column from the first of a panel.</summary>
    private int ColumnOffset(Access access, int column) => imageRows >= 0 ? (column / Pitch * access.Strides[imageRows]) + (column % Pitch * access.Strides[nAxis])
        : access.IsAffine ? column * access.Strides[nAxis]
        : (column / access.PanelWidth * access.PanelStride) + (column % access.PanelWidth);
}
