using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Copies that are contiguous along one axis where they read and along another where they write: calls of the runtime's <c>Transposition</c>, one for each panel where a side lies in panels. A copy element by
/// element takes three times as long, and as long as the contraction that follows it.
/// </summary>
internal sealed class TranspositionTemplate
{
    private readonly SourceWriter writer;
    private readonly MapKernel map;
    private readonly CpuOptions options;
    private readonly Access source;
    private readonly Access destination;
    private readonly int readAxis;
    private readonly int writtenAxis;

    public TranspositionTemplate(SourceWriter writer, MapKernel map, CpuOptions options)
    {
        this.writer = writer;
        this.map = map;
        this.options = options;
        source = map.Body.Accesses[map.Body.Code[0].A];
        destination = map.Body.Accesses[map.Body.Stores[0].Access];
        (readAxis, writtenAxis) = Axes(map);
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
        using var across = new Blocks(writer, "left", map.Axes[readAxis].Constant, PanelAlong(readAxis));
        using var down = new Blocks(writer, "top", map.Axes[writtenAxis].Constant, PanelAlong(writtenAxis));
        string?[] indices = [.. nest.Indices];
        indices[readAxis] = across.Index;
        indices[writtenAxis] = down.Index;
        string Step(Access access, int axis) => Literal.Of(access.PanelAxis == axis ? 1 : access.Strides[axis]);
        writer.Line($"Transposition.Copy(ref {Element(source, indices)}, {Step(source, writtenAxis)}, ref {Element(destination, indices)}, {Step(destination, readAxis)}, columns: {across.Count}, rows: {down.Count});");
    }

    /// <summary>The width of the panels along an axis, which both sides then share; 0 if it is in one piece.</summary>
    private int PanelAlong(int axis) => source.PanelAxis == axis ? source.PanelWidth : destination.PanelAxis == axis ? destination.PanelWidth : 0;

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

    private static string Element(Access access, string?[] indices) => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, indices));

    /// <summary>A loop over the panels of an axis; nothing around an axis in one piece.</summary>
    private sealed class Blocks : IDisposable
    {
        private readonly SourceWriter.BlockScope? block;

        public Blocks(SourceWriter writer, string name, int extent, int panel)
        {
            Count = Literal.Of(panel == 0 ? extent : Math.Min(panel, extent));
            if (panel == 0 || extent <= panel) return;
            block = writer.Block($"for (nint {name} = 0; {name} < {Literal.Of(extent)}; {name} += {Literal.Of(panel)})");
            Index = name;
            if (extent % panel != 0) Count = $"Math.Min({Count}, {Literal.Of(extent)} - {name})";
        }

        /// <summary>Where a block begins; null for 0.</summary>
        public string? Index { get; }

        /// <summary>Elements of a block.</summary>
        public string Count { get; }

        public void Dispose() => block?.Dispose();
    }
}
