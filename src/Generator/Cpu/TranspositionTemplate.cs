using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Copies that are contiguous along one axis where they read and along another where they write: squares of 4 × 4 floats (2 × 2 doubles) turned in
/// registers. Squares are grouped to blocks as wide as a panel, which are 4 KB in one piece on each side that lies in panels; on a row-major side a block is followed
/// by the one that goes on where it ended, so that what is written streams. A copy element by element takes three times as long, and as long as the contraction
/// that follows it.
/// </summary>
internal sealed class TranspositionTemplate
{
    /// <summary>Elements of a block's side where no panel says otherwise.</summary>
    private const int Block = 32;

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
        && map.Body.Accesses.All(a => map.Buffers[a.Buffer].IsNumbers && a.Id is null)
        && Axes(map) is { Read: >= 0, Written: >= 0 };

    public void Print(string name)
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(map, options)})");
        Extent[] others = [.. map.Axes.Select((extent, axis) => axis == readAxis || axis == writtenAxis ? Extent.Of(1) : extent)];
        using var nest = new LoopNest(writer, others, LoopNest.Numbered("i", others.Length));
        int columns = map.Axes[readAxis].Constant, rows = map.Axes[writtenAxis].Constant;
        int wholeColumns = columns / side * side, wholeRows = rows / side * side;
        int across = BlockOf(readAxis), down = BlockOf(writtenAxis);
        using (writer.Block($"for (nint left = 0; left < {Literal.Of(wholeColumns)}; left += {Literal.Of(across)})"))
        using (writer.Block($"for (nint top = 0; top < {Literal.Of(wholeRows)}; top += {Literal.Of(down)})"))
        {
            writer.Line($"ref {options.Element} from = ref {Element(source, nest.Indices, "left", "top")};");
            writer.Line($"ref {options.Element} to = ref {Element(destination, nest.Indices, "left", "top")};");
            using var read = writer.Block($"for (nint column = 0; column < {End(across, wholeColumns, "left")}; column += {Literal.Of(side)})");
            using var written = writer.Block($"for (nint row = 0; row < {End(down, wholeRows, "top")}; row += {Literal.Of(side)})");
            PrintSquare();
        }
        if (wholeRows < rows) PrintCopy(nest.Indices, 0, columns, wholeRows, rows);
        if (wholeColumns < columns) PrintCopy(nest.Indices, wholeColumns, columns, 0, wholeRows);
    }

    /// <summary>The width of the panels along an axis, which both sides then share.</summary>
    private int BlockOf(int axis) => source.PanelAxis == axis ? source.PanelWidth : destination.PanelAxis == axis ? destination.PanelWidth : Block;

    private static string End(int block, int whole, string start) => whole % block == 0 ? Literal.Of(block) : $"Math.Min({Literal.Of(block)}, {Literal.Of(whole)} - {start})";

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

    private void PrintSquare()
    {
        string type = $"Vector128<{options.Element}>";
        int[] lanes = [.. Enumerable.Range(0, side)];
        foreach (int r in lanes) writer.Line($"{type} r{Literal.Of(r)} = Vector128.LoadUnsafe(ref {Within("from", source, 0, r)});");
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
        foreach (int c in lanes) writer.Line($"c{Literal.Of(c)}.StoreUnsafe(ref {Within("to", destination, c, 0)});");
    }

    private static readonly string[] Turn2 = ["c0 = {X86}.UnpackLow(r0, r1);", "c1 = {X86}.UnpackHigh(r0, r1);"];

    private static readonly string[] Turn4 =
    [
        "Vector128<float> low01 = {X86}.UnpackLow(r0, r1);", "Vector128<float> high01 = {X86}.UnpackHigh(r0, r1);",
        "Vector128<float> low23 = {X86}.UnpackLow(r2, r3);", "Vector128<float> high23 = {X86}.UnpackHigh(r2, r3);",
        "c0 = {X86}.MoveLowToHigh(low01, low23);", "c1 = {X86}.MoveHighToLow(low23, low01);",
        "c2 = {X86}.MoveLowToHigh(high01, high23);", "c3 = {X86}.MoveHighToLow(high23, high01);",
    ];

    /// <summary>An element of the square at (column, row) of a block, which no border of a panel crosses.</summary>
    private string Within(string block, Access access, int column, int row)
    {
        int across = access.PanelAxis == readAxis ? 1 : access.Strides[readAxis], down = access.PanelAxis == writtenAxis ? 1 : access.Strides[writtenAxis];
        int known = (column * across) + (row * down);
        string place = $"{Addressing.Scaled("column", across)} + {Addressing.Scaled("row", down)}{(known == 0 ? "" : " + " + Literal.Of(known))}";
        return Addressing.Element(block, place);
    }

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
