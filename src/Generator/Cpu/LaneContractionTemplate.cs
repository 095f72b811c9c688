using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Contractions of single columns whose lanes are an outer axis, along which both operands and the result lie side by side, as the channels of an image of which each has
/// its own weights. A tile is a few rows by one vector; both operands are vectors. Sums are added in the order of k in every lane.
/// </summary>
internal sealed class LaneContractionTemplate
{
    private const int MostRows = 14;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int lanes;
    private readonly ColumnVectors vectors;

    public LaneContractionTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        lanes = FindAxis(kernel, form.Float64);
        vectors = new ColumnVectors(writer, kernel.Buffers, form, lanes);
    }

    public static bool Fits(ContractionKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        using var nest = new LoopNest(writer, ColumnVectors.Others(kernel.Outer, lanes), LoopNest.Numbered("o", kernel.Outer.Count));
        vectors.Print(kernel.Outer[lanes].Constant, 1, kernel.Sharded, columns => PrintRows(nest.Indices, columns));
    }

    private static int FindAxis(ContractionKernel kernel, bool float64)
    {
        if (kernel.N != Extent.Of(1) || kernel.M.TimesRows || kernel.K.Count == 0 || !kernel.Buffers[kernel.Left.Buffer].IsNumbers || !kernel.Buffers[kernel.Right.Buffer].IsNumbers) return -1;
        for (int axis = kernel.Outer.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Outer[axis] is { TimesRows: false, Constant: > 1 } && new[] { kernel.Left, kernel.Right }.All(a => a.IsAffine && a.Strides[axis] == 1)
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    /// <summary>All rows of one vector of lanes, in tiles as high as divides them best.</summary>
    private void PrintRows(string?[] outer, Columns columns)
    {
        int rows = kernel.M.Constant, most = form.Bits == 512 ? MostRows : MostRows / 2;
        int tiles = (rows + most - 1) / most, height = (rows + tiles - 1) / tiles, full = rows / height * height;
        bool loops = full > height;
        using (writer.Block(loops ? $"for (nint m = 0; m < {Literal.Of(full)}; m += {Literal.Of(height)})" : ""))
            PrintTile([.. Enumerable.Range(0, height).Select(r => loops ? r == 0 ? "m" : $"(m + {Literal.Of(r)})" : Known(r))], outer, columns);
        if (full == rows) return;
        using (writer.Block("")) PrintTile([.. Enumerable.Range(full, rows - full).Select(Known)], outer, columns);
    }

    private static string? Known(int row) => row == 0 ? null : Literal.Of(row);

    /// <param name="rows">The index of each of the tile's rows, null for 0.</param>
    private void PrintTile(string?[] rows, string?[] outer, Columns columns)
    {
        for (int r = 0; r < rows.Length; r++) writer.Line($"{form.Type} c{Literal.Of(r)} = {form.Zero};");
        using (new ShardLoop(writer, kernel.Sharded))
        using (var nest = new LoopNest(writer, kernel.K, LoopNest.Numbered("k", kernel.K.Count), kernel.Sharded ? "shard" : "rows"))
        {
            int m = kernel.Outer.Count;
            string First(Access access) => vectors.Element(access, [.. outer, rows[0], null, .. nest.Indices], columns, 0, kernel.Sharded);
            string Lanes(Access access, string first, int r)
                => form.Load(kernel.Buffers[access.Buffer], Addressing.Element(first, Literal.Of(r * access.Strides[m])), columns.TailOf(0));
            bool sameForAll = kernel.Right.Strides[m] == 0;
            writer.Line($"ref {form.Element} left = ref {First(kernel.Left)};");
            writer.Line(sameForAll ? $"{form.Type} right = {Lanes(kernel.Right, First(kernel.Right), 0)};" : $"ref {form.Element} right = ref {First(kernel.Right)};");
            for (int r = 0; r < rows.Length; r++)
                writer.Line($"c{Literal.Of(r)} = {form.MultiplyAdd(Lanes(kernel.Left, "left", r), sameForAll ? "right" : Lanes(kernel.Right, "right", r), "c" + Literal.Of(r))};");
        }
        for (int r = 0; r < rows.Length; r++) vectors.PrintEpilogue(kernel.Epilogue, [.. outer, rows[r], null], columns, 0, "c" + Literal.Of(r), "_" + Literal.Of(r));
    }
}
