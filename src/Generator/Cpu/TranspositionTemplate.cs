using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Copies that are contiguous along one axis where they read and along another where they write: squares of 4 × 4 floats (2 × 2 doubles) turned in
/// registers, 16 elements of a written line at a time, so that each cache line is touched once on both sides. A copy element by element takes three
/// times as long, and as long as the contraction that follows it.
/// </summary>
internal sealed class TranspositionTemplate
{
    /// <summary>Elements along the written axis before the next square along the read one: a cache line of floats.</summary>
    private const int Run = 16;

    private readonly SourceWriter writer;
    private readonly MapKernel map;
    private readonly CpuOptions options;
    private readonly Access source;
    private readonly Access destination;
    private readonly int readAxis;
    private readonly int writtenAxis;
    private readonly int side;

    public TranspositionTemplate(SourceWriter writer, MapKernel map, CpuOptions options)
    {
        this.writer = writer;
        this.map = map;
        this.options = options;
        source = map.Body.Accesses[map.Body.Code[0].A];
        destination = map.Body.Accesses[map.Body.Stores[0].Access];
        (readAxis, writtenAxis) = Axes(map);
        side = options.Float64 ? 2 : 4;
    }

    public static bool Fits(MapKernel map)
        => map.Body.Code.Count == 1 && map.Body.Code[0].Op == BodyOp.Load && map.Body.Stores.Count == 1
        && map.Body.Accesses.All(a => !map.Buffers[a.Buffer].IsInteger && a.Id is null)
        && Axes(map) is { Read: >= 0, Written: >= 0 };

    public void Print(string name)
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(map, options)})");
        Extent[] others = [.. map.Axes.Select((extent, axis) => axis == readAxis || axis == writtenAxis ? Extent.Of(1) : extent)];
        using var nest = new LoopNest(writer, others, LoopNest.Numbered("i", others.Length));
        int columns = map.Axes[readAxis].Constant, rows = map.Axes[writtenAxis].Constant;
        int wholeColumns = columns / side * side, wholeRows = rows / side * side;
        using (writer.Block($"for (nint run = 0; run < {Literal.Of(wholeRows)}; run += {Literal.Of(Run)})"))
        {
            writer.Line($"nint end = Math.Min(run + {Literal.Of(Run)}, {Literal.Of(wholeRows)});");
            using var read = writer.Block($"for (nint column = 0; column < {Literal.Of(wholeColumns)}; column += {Literal.Of(side)})");
            using var written = writer.Block($"for (nint row = run; row < end; row += {Literal.Of(side)})");
            PrintSquare(nest.Indices);
        }
        if (wholeRows < rows) PrintCopy(nest.Indices, 0, columns, wholeRows, rows);
        if (wholeColumns < columns) PrintCopy(nest.Indices, wholeColumns, columns, 0, wholeRows);
    }

    /// <summary>The axis that the load and the one that the store run along without gaps; -1 where there is none.</summary>
    private static (int Read, int Written) Axes(MapKernel map)
    {
        if (map.Body.Code.Count == 0 || map.Body.Stores.Count == 0 || map.Body.Code[0].Op != BodyOp.Load) return (-1, -1);
        var load = map.Body.Accesses[map.Body.Code[0].A];
        var store = map.Body.Accesses[map.Body.Stores[0].Access];
        int read = Contiguous(load, map.Axes, -1);
        return (read, Contiguous(store, map.Axes, read));
    }

    private static int Contiguous(Access access, EquatableArray<Extent> axes, int except)
    {
        for (int axis = axes.Count - 1; axis >= 0; axis--)
        {
            bool isContiguous = axis == access.PanelAxis ? access.PanelWidth % 4 == 0 : access.Strides[axis] == 1;
            if (axis != except && isContiguous && axes[axis] is { TimesRows: false, Constant: > 1 }) return axis;
        }
        return -1;
    }

    private void PrintSquare(string?[] outer)
    {
        string type = $"Vector128<{options.Element}>";
        int[] lanes = [.. Enumerable.Range(0, side)];
        foreach (int r in lanes) writer.Line($"{type} r{Literal.Of(r)} = Vector128.LoadUnsafe(ref {Element(source, outer, "column", r == 0 ? "row" : $"(row + {Literal.Of(r)})")});");
        foreach (int c in lanes) writer.Line($"{type} c{Literal.Of(c)};");
        string x86 = "System.Runtime.Intrinsics.X86." + (options.Float64 ? "Sse2" : "Sse");
        using (writer.Block($"if ({x86}.IsSupported)"))
        {
            foreach (string line in options.Float64 ? Turn2 : Turn4) writer.Line(line.Replace("{X86}", x86));
        }
        using (writer.Block("else"))
        {
            foreach (int c in lanes) writer.Line($"c{Literal.Of(c)} = Vector128.Create({string.Join(", ", lanes.Select(r => $"r{Literal.Of(r)}.GetElement({Literal.Of(c)})"))});");
        }
        foreach (int c in lanes) writer.Line($"c{Literal.Of(c)}.StoreUnsafe(ref {Element(destination, outer, c == 0 ? "column" : $"(column + {Literal.Of(c)})", "row")});");
    }

    private static readonly string[] Turn2 = ["c0 = {X86}.UnpackLow(r0, r1);", "c1 = {X86}.UnpackHigh(r0, r1);"];

    private static readonly string[] Turn4 =
    [
        "Vector128<float> low01 = {X86}.UnpackLow(r0, r1);", "Vector128<float> high01 = {X86}.UnpackHigh(r0, r1);",
        "Vector128<float> low23 = {X86}.UnpackLow(r2, r3);", "Vector128<float> high23 = {X86}.UnpackHigh(r2, r3);",
        "c0 = {X86}.MoveLowToHigh(low01, low23);", "c1 = {X86}.MoveHighToLow(low23, low01);",
        "c2 = {X86}.MoveLowToHigh(high01, high23);", "c3 = {X86}.MoveHighToLow(high23, high01);",
    ];

    /// <summary>Element by element, where no square fits.</summary>
    private void PrintCopy(string?[] outer, int firstColumn, int columns, int firstRow, int rows)
    {
        using var column = writer.Block($"for (nint column = {Literal.Of(firstColumn)}; column < {Literal.Of(columns)}; column++)");
        using var row = writer.Block($"for (nint row = {Literal.Of(firstRow)}; row < {Literal.Of(rows)}; row++)");
        writer.Line($"{Element(destination, outer, "column", "row")} = {Element(source, outer, "column", "row")};");
    }

    private string Element(Access access, string?[] outer, string column, string row)
    {
        string?[] indices = [.. outer];
        indices[readAxis] = column;
        indices[writtenAxis] = row;
        return Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, indices));
    }
}
