using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Maps by vectors along one axis: what doesn't vary along it before the loop, whole vectors, then the lanes that are left.</summary>
internal sealed class MapTemplate
{
    private readonly SourceWriter writer;
    private readonly MapKernel map;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int inner;

    public MapTemplate(SourceWriter writer, MapKernel map, string name, VectorForm form)
    {
        this.writer = writer;
        this.map = VectorAxis.Arrange(map, form.Float64) ?? throw new ArgumentException("no axis of the map fits vectors", nameof(map));
        this.name = name;
        this.form = form;
        inner = this.map.Axes.Count - 1;
    }

    public static bool Fits(MapKernel map, bool float64) => VectorAxis.Arrange(map, float64) is not null;

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(map, new CpuOptions(form.Float64, false))})");
        Extent[] outer = [.. map.Axes.Take(inner)];
        using var nest = new LoopNest(writer, outer, LoopNest.Numbered("i", inner));
        var extent = map.Axes[inner];

        var shared = new BodyPrinter(map.Body, new VectorNotation(form), Leaf(nest.Indices, "", null));
        int[] invariants = Invariants.Of(map.Body, access => access.Varies(inner), axis => axis == inner);
        shared.Print(writer, invariants, asLocals: true);
        void PrintVector(string index, string? tail)
        {
            var printer = new BodyPrinter(map.Body, new VectorNotation(form), Leaf(nest.Indices, index, tail));
            foreach (int i in invariants) printer.Define(i, shared.Value(i));
            printer.Print(writer, [.. map.Body.Stores.Select(s => s.Value)]);
            foreach (var store in map.Body.Stores) writer.Line(form.Store(printer.Value(store.Value), Element(map.Body.Accesses[store.Access], nest.Indices, index), tail));
        }
        if (extent.TimesRows) PrintUnknown(extent, PrintVector);
        else PrintKnown(writer, extent.Constant, form.Lanes, PrintVector);
    }

    /// <summary>Whole vectors in a loop, then the rest, of a known number of elements.</summary>
    public static void PrintKnown(SourceWriter writer, int count, int lanes, Action<string, string?> printVector)
    {
        int whole = count / lanes * lanes;
        if (whole > lanes) using (writer.Block($"for (nint j = 0; j < {Literal.Of(whole)}; j += {Literal.Of(lanes)})")) printVector("j", null);
        else if (whole == lanes) using (writer.Block("")) printVector("", null);
        if (whole < count) using (writer.Block("")) printVector(whole == 0 ? "" : Literal.Of(whole), Literal.Of(count - whole));
    }

    private void PrintUnknown(Extent extent, Action<string, string?> printVector)
    {
        string lanes = Literal.Of(form.Lanes);
        writer.Line($"nint count = {Addressing.Count(extent)};");
        writer.Line("nint j = 0;");
        using (writer.Block($"for (; j <= count - {lanes}; j += {lanes})")) printVector("j", null);
        if (extent.Constant % form.Lanes == 0) return;
        using (writer.Block("if (j < count)"))
        {
            writer.Line("int tail = (int)(count - j);");
            printVector("j", "tail");
        }
    }

    private Func<BodyInstruction, string> Leaf(string?[] outer, string index, string? tail) => code =>
    {
        if (code.Op == BodyOp.Load)
        {
            var access = map.Body.Accesses[code.A];
            var buffer = map.Buffers[access.Buffer];
            string element = Element(access, outer, index);
            return access.Strides[inner] == 0 ? form.LoadBroadcast(buffer, element) : form.Load(buffer, element, tail);
        }
        if (code.Op != BodyOp.Scalar || code.Function != ScalarOp.Index) throw new ArgumentException($"{code.Op} stands in the body of a map, which has neither sums nor rows");
        return code.A == inner ? form.Indices(index.Length > 0 ? index : null) : form.Broadcast(outer[code.A] is { } i ? $"({form.Element}){i}" : Literal.Of(0.0, form.Float64));
    };

    private static string Element(Access access, string?[] outer, string index)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, index.Length > 0 ? index : null]));
}
