using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Reductions by vectors along a kept axis: every lane adds its own column in the order of the reduced axes, so nothing depends on the width of the
/// vectors. Up to four vectors of columns run side by side, because an addition waits four cycles for the one before. Few reduced elements, as those of a pool's window,
/// are written out.
/// </summary>
internal sealed class ReductionTemplate
{
    /// <summary>Longer sources are written once, not per vector of columns.</summary>
    private const int LongestRepeated = 12;

    /// <summary>More reduced elements are a loop.</summary>
    private const int MostWrittenOut = 9;

    private readonly SourceWriter writer;
    private readonly ReductionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int vectorAxis;
    private readonly ColumnVectors vectors;

    public ReductionTemplate(SourceWriter writer, ReductionKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        vectorAxis = FindAxis(kernel, form.Float64);
        vectors = new ColumnVectors(writer, kernel.Buffers, form, vectorAxis);
    }

    public static bool Fits(ReductionKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0 && !(kernel.Kind == ReduceKind.ArgMax && kernel.Sharded);

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        using var nest = new LoopNest(writer, ColumnVectors.Others(kernel.Kept, vectorAxis), LoopNest.Numbered("i", kernel.Kept.Count));
        int columns = kernel.Kept[vectorAxis].Constant, most = kernel.Source.Code.Count <= LongestRepeated ? ColumnVectors.Most : 1;
        vectors.Print(columns, vectors.Side(columns, most), kernel.Sharded, c => PrintColumns(nest.Indices, c));
    }

    private static int FindAxis(ReductionKernel kernel, bool float64)
    {
        for (int axis = kernel.Kept.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Kept[axis] is { TimesRows: false, Constant: > 1 }
                && VectorAxis.Fits(kernel.Source with { Stores = EquatableArray<BodyStore>.Empty }, kernel.Buffers, axis, float64, everySecond: true)
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    private void PrintColumns(string?[] kept, Columns columns)
    {
        var notation = new VectorNotation(form);
        for (int v = 0; v < columns.Vectors; v++)
        {
            if (kernel.Kind == ReduceKind.ArgMax) writer.Line($"{form.Type} largest{Literal.Of(v)} = {notation.Constant(double.NegativeInfinity)};");
            writer.Line($"{form.Type} a{Literal.Of(v)} = {notation.Constant(kernel.Kind == ReduceKind.ArgMax ? 0 : kernel.Kind.Neutral())};");
        }
        void PrintElement(string?[] reduced, string suffix)
        {
            int result = kernel.Source.Stores.Count > 0 ? kernel.Source.Stores[0].Value : kernel.Source.Code.Count - 1;
            for (int v = 0; v < columns.Vectors; v++)
            {
                var leaf = vectors.Leaf(kernel.Source, [.. kept, .. reduced], columns, v, null, kernel.Sharded);
                var printer = new BodyPrinter(kernel.Source, notation, leaf, "_" + Literal.Of(v) + suffix);
                printer.Print(writer, [result]);
                PrintAccumulation(Literal.Of(v), printer.Whole(result), reduced, suffix);
            }
        }
        if (WrittenOut() is { } all)
        {
            for (int k = 0; k < all.Count; k++) PrintElement(all[k], "_" + Literal.Of(k));
        }
        else
        {
            using (new ShardLoop(writer, kernel.Sharded))
            using (var reduced = new LoopNest(writer, kernel.Reduced, LoopNest.Numbered("k", kernel.Reduced.Count), kernel.Sharded ? "shard" : "rows")) PrintElement(reduced.Indices, "");
        }
        for (int v = 0; v < columns.Vectors; v++) vectors.PrintEpilogue(kernel.Epilogue, kept, columns, v, "a" + Literal.Of(v), "_e" + Literal.Of(v));
    }

    /// <summary>The indices of all reduced elements in their order, null in place of 0, if they are few.</summary>
    private IReadOnlyList<string?[]>? WrittenOut()
    {
        if (kernel.Sharded || kernel.Reduced.Any(e => e.TimesRows) || kernel.Reduced.Aggregate(1L, (product, e) => product * e.Constant) > MostWrittenOut) return null;
        IEnumerable<string?[]> all = [[]];
        foreach (var extent in kernel.Reduced)
            all = all.SelectMany(begun => Enumerable.Range(0, extent.Constant).Select(i => begun.Append(i == 0 ? null : Literal.Of(i)).ToArray()));
        return [.. all];
    }

    /// <summary>The place of the largest is that of the first of equal ones, and of the first that is not a number, which counts as larger than all.</summary>
    private void PrintAccumulation(string v, string value, string?[] reduced, string suffix)
    {
        if (kernel.Kind != ReduceKind.ArgMax)
        {
            writer.Line(kernel.Kind == ReduceKind.Sum ? $"a{v} += {value};" : $"a{v} = {form.Name}.{kernel.Kind}(a{v}, {value});");
            return;
        }
        string candidate = $"x{v}{suffix}", larger = $"m{v}{suffix}", place = PlainPrinter.Place(kernel.Reduced, reduced);
        writer.Line($"{form.Type} {candidate} = {value};");
        writer.Line($"{form.Type} {larger} = {form.Name}.GreaterThan({candidate}, largest{v}) | (~{form.Name}.Equals({candidate}, {candidate}) & {form.Name}.Equals(largest{v}, largest{v}));");
        writer.Line($"a{v} = {form.Name}.ConditionalSelect({larger}, {form.Broadcast($"({form.Element})({place})")}, a{v});");
        writer.Line($"largest{v} = {form.Name}.ConditionalSelect({larger}, {candidate}, largest{v});");
    }
}
