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
    private const int MostColumns = 4;

    /// <summary>Longer sources are written once, not per vector of columns.</summary>
    private const int LongestRepeated = 12;

    /// <summary>More reduced elements are a loop.</summary>
    private const int MostWrittenOut = 9;

    private readonly SourceWriter writer;
    private readonly ReductionKernel kernel;
    private readonly string name;
    private readonly VectorForm form;
    private readonly int vectorAxis;

    public ReductionTemplate(SourceWriter writer, ReductionKernel kernel, string name, VectorForm form)
    {
        this.writer = writer;
        this.kernel = kernel;
        this.name = name;
        this.form = form;
        vectorAxis = FindAxis(kernel, form.Float64);
    }

    public static bool Fits(ReductionKernel kernel, bool float64) => FindAxis(kernel, float64) >= 0 && !(kernel.Kind == ReduceKind.ArgMax && kernel.Sharded);

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        // The loop over columns is written by hand: its axis counts as one element in the nest.
        Extent[] others = [.. kernel.Kept.Select((extent, axis) => axis == vectorAxis ? Extent.Of(1) : extent)];
        using var nest = new LoopNest(writer, others, LoopNest.Numbered("i", others.Length));

        int columns = kernel.Kept[vectorAxis].Constant;
        int vectors = Math.Min(kernel.Source.Code.Count <= LongestRepeated ? MostColumns : 1, Math.Max(1, columns / form.Lanes));
        int step = vectors * form.Lanes, whole = columns / step * step;
        var share = new KernelShare(whole / step, step, kernel.Sharded);
        if (share.IsWhole) writer.Line(KernelShare.FirstAlone);
        if (whole > 0)
        {
            using (whole > step ? writer.Block(share.Loop("n")) : writer.Block(""))
            {
                PrintColumns(nest.Indices, whole > step ? "n" : null, 0, vectors, 0);
            }
        }
        for (int column = whole; column < columns; column += step)
        {
            int left = Math.Min(step, columns - column);
            using (writer.Block(share.IsDivided ? KernelShare.First : "")) PrintColumns(nest.Indices, null, column, (left + form.Lanes - 1) / form.Lanes, left % form.Lanes);
        }
    }

    private static int FindAxis(ReductionKernel kernel, bool float64)
    {
        for (int axis = kernel.Kept.Count - 1; axis >= 0; axis--)
        {
            if (kernel.Kept[axis] is { TimesRows: false, Constant: > 1 }
                && VectorAxis.Fits(kernel.Source with { Stores = EquatableArray<BodyStore>.Empty }, kernel.Buffers, axis, float64)
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    private void PrintColumns(string?[] kept, string? index, int column, int vectors, int tail)
    {
        string? TailOf(int vector) => tail > 0 && vector == vectors - 1 ? Literal.Of(tail) : null;
        var notation = new VectorNotation(form);
        for (int v = 0; v < vectors; v++)
        {
            if (kernel.Kind == ReduceKind.ArgMax) writer.Line($"{form.Type} largest{Literal.Of(v)} = {notation.Constant(double.NegativeInfinity)};");
            writer.Line($"{form.Type} a{Literal.Of(v)} = {notation.Constant(kernel.Kind == ReduceKind.ArgMax ? 0 : kernel.Kind.Neutral())};");
        }
        void PrintElement(string?[] reduced, string suffix)
        {
            int result = kernel.Source.Stores.Count > 0 ? kernel.Source.Stores[0].Value : kernel.Source.Code.Count - 1;
            for (int v = 0; v < vectors; v++)
            {
                var leaf = Leaf(kernel.Source, [.. kept, .. reduced], index, column + (v * form.Lanes), TailOf(v), null, kernel.Sharded);
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
        for (int v = 0; v < vectors; v++)
        {
            int at = column + (v * form.Lanes);
            var printer = new BodyPrinter(kernel.Epilogue, new VectorNotation(form), Leaf(kernel.Epilogue, kept, index, at, TailOf(v), "a" + Literal.Of(v), false), "_e" + Literal.Of(v));
            printer.Print(writer, [.. kernel.Epilogue.Stores.Select(s => s.Value)]);
            foreach (var store in kernel.Epilogue.Stores) writer.Line(form.Store(printer.Value(store.Value), Element(kernel.Epilogue.Accesses[store.Access], kept, index, at, false), TailOf(v)));
        }
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

    private Func<BodyInstruction, string> Leaf(KernelBody body, string?[] indices, string? index, int column, string? tail, string? accumulator, bool sharded) => code =>
    {
        if (code.Op == BodyOp.Accumulator) return accumulator ?? throw new ArgumentException("the source of a reduction refers to its sum");
        if (code.Op == BodyOp.Load)
        {
            var access = body.Accesses[code.A];
            string element = Element(access, indices, index, column, sharded);
            return access.Strides[vectorAxis] == 0 ? form.LoadBroadcast(kernel.Buffers[access.Buffer], element) : form.Load(kernel.Buffers[access.Buffer], element, tail);
        }
        if (code.A != vectorAxis) return form.Broadcast(indices[code.A] is { } other ? $"({form.Element}){other}" : Literal.Of(0.0, form.Float64));
        return form.Indices(index is null ? column == 0 ? null : Literal.Of(column) : column == 0 ? index : $"({index} + {Literal.Of(column)})");
    };

    private string Element(Access access, string?[] indices, string? index, int column, bool sharded)
    {
        string?[] all = [.. indices];
        all[vectorAxis] = index;
        string buffer = Literal.Of(access.Buffer);
        return Addressing.Element("b" + buffer, Addressing.Offset(access, all, sharded, column * access.Strides[vectorAxis]));
    }
}
