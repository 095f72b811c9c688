using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Sums over the batch of few rows and few columns whose terms lie side by side in both operands, as the gradient by the taps of an image without colours for a few outputs, or of a channel by itself: vectors of terms,
/// a sum for each lane of each result of a tile, which are added across the lanes in a fixed order, shard by shard, while its rows are in the cache. Vectors of columns would be nearly empty.
/// </summary>
internal sealed class DotContractionTemplate
{
    private const int MostColumns = 8, MostRows = 16;

    /// <summary>Shorter runs of terms would fill no vector.</summary>
    private const int LeastTerms = 8;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int m;
    private readonly int run;

    public DotContractionTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        m = kernel.Outer.Count;
        run = kernel.K.Count - 1;
    }

    public static bool Fits(ContractionKernel kernel)
    {
        int m = kernel.Outer.Count, n = m + 1, innermost = n + kernel.K.Count;
        return kernel.Sharded && kernel.Outer.All(extent => !extent.TimesRows) && kernel.M is { TimesRows: false, Constant: <= MostRows } && kernel.N is { TimesRows: false, Constant: <= MostColumns }
            && kernel.K.Count > 1 && kernel.K[kernel.K.Count - 1] is { TimesRows: false, Constant: >= LeastTerms }
            && new[] { kernel.Left, kernel.Right }.All(a => a.IsAffine && a.Strides[innermost] == 1 && kernel.Buffers[a.Buffer].IsNumbers)
            && kernel.Left.Strides[n] == 0 && kernel.Right.Strides[m] == 0 && kernel.Epilogue.IsIdentity;
    }

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        using var shards = new ShardLoop(writer, sharded: true);
        int rows = kernel.M.Constant, columns = kernel.N.Constant, most = Math.Max(1, ((form.Bits == 512 ? 32 : 16) - 1 - columns) / columns);
        int tiles = (rows + most - 1) / most, height = (rows + tiles - 1) / tiles, whole = rows / height;
        PrintTiles(whole, 0, height);
        if (whole * height < rows) PrintTiles(1, whole * height, rows - (whole * height));
    }

    /// <summary>So many tiles of some rows from <paramref name="first"/> on, for every index of the outer axes: each a unit that threads share.</summary>
    private void PrintTiles(int tiles, int first, int height)
    {
        int units = kernel.Outer.Aggregate(tiles, (product, extent) => product * extent.Constant);
        var share = new KernelShare(units, 1, CanDivide: true);
        using var block = writer.Block(share.IsDivided ? share.Loop("unit") : KernelShare.First);
        string?[] outer = LoopNest.Names(kernel.Outer, LoopNest.Numbered("o", m));
        int inside = units;
        for (int axis = 0; axis < m; axis++)
        {
            int extent = kernel.Outer[axis].Constant;
            inside /= extent;
            if (outer[axis] is { } o) writer.Line($"nint {o} = unit{(inside == 1 ? "" : $" / {Literal.Of(inside)}")}{(inside * extent == units ? "" : $" % {Literal.Of(extent)}")};");
        }
        if (tiles > 1) writer.Line($"nint m = {(inside == units ? "unit" : $"unit % {Literal.Of(tiles)}")} * {Literal.Of(height)};");
        PrintTile(outer, tiles > 1 ? "m" : null, first, height);
    }

    /// <summary>Rows from <paramref name="first"/> on, behind the loop index <paramref name="index"/> if there is one, and all columns.</summary>
    private void PrintTile(string?[] outer, string? index, int first, int height)
    {
        int columns = kernel.N.Constant;
        string Row(int r) => index is null ? Literal.Of(first + r) : r == 0 ? index : $"({index} + {Literal.Of(r)})";
        var results = Enumerable.Range(0, height).SelectMany(r => Enumerable.Range(0, columns).Select(n => (Row: r, Column: n))).ToList();
        string Sum((int Row, int Column) at) => $"c{Literal.Of(at.Row)}_{Literal.Of(at.Column)}";
        foreach (var at in results) writer.Line($"{form.Type} {Sum(at)} = {form.Zero};");
        using (var nest = new LoopNest(writer, [.. kernel.K.Take(run)], LoopNest.Numbered("k", run), "shard"))
        {
            string First(Access access) => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, Row(0), null, .. nest.Indices, null], sharded: true));
            writer.Line($"ref {form.Element} left = ref {First(kernel.Left)}, right = ref {First(kernel.Right)};");
            MapTemplate.PrintKnown(writer, kernel.K[run].Constant, form.Lanes, (term, tail) =>
            {
                for (int n = 0; n < columns; n++) writer.Line($"{form.Type} r{Literal.Of(n)} = {Terms(kernel.Right, "right", term, n * kernel.Right.Strides[m + 1], tail)};");
                for (int r = 0; r < height; r++)
                {
                    writer.Line($"{(r == 0 ? form.Type + " " : "")}l = {Terms(kernel.Left, "left", term, r * kernel.Left.Strides[m], tail)};");
                    for (int n = 0; n < columns; n++) writer.Line($"{Sum((r, n))} = {form.MultiplyAdd("l", "r" + Literal.Of(n), Sum((r, n)))};");
                }
            });
        }
        var result = kernel.Epilogue.Accesses[kernel.Epilogue.Stores[0].Access];
        foreach (var at in results)
        {
            string element = Addressing.Element("b" + Literal.Of(result.Buffer), Addressing.Offset(result, [.. outer, Row(at.Row), at.Column == 0 ? null : Literal.Of(at.Column)]));
            writer.Line($"{element} = (s == 0 ? 0 : {element}) + {form.Name}.Sum({Sum(at)});");
        }
    }

    /// <summary>A vector of terms of an operand; behind the last one are zeros, which memory behind it need not have.</summary>
    private string Terms(Access access, string start, string term, int further, string? tail)
    {
        string place = string.Join(" + ", new[] { term, further == 0 ? "" : Literal.Of(further) }.Where(t => t.Length > 0));
        string load = form.Load(kernel.Buffers[access.Buffer], Addressing.Element(start, place), tail);
        return tail is null ? load : $"{load} & {form.Mask(tail)}";
    }
}
