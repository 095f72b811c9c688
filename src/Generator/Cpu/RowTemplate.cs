using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Row kernels by vectors along the row: the passes of <see cref="RowPasses"/>, scalars of a row in scalar C#, elements in vectors. A reduction adds
/// lane by lane, in light passes of long rows to four sums in turn, and then across the lanes in a fixed order; lanes behind the row hold what changes nothing.
/// </summary>
internal sealed class RowTemplate
{
    /// <summary>An addition waits four cycles for the one before, a maximum that keeps NaN longer.</summary>
    private const int SumsInTurn = 4;

    private readonly SourceWriter writer;
    private readonly RowKernel row;
    private readonly string name;
    private readonly VectorForm form;
    private readonly RowPasses passes;
    private readonly int inner;
    private readonly string scratch;

    public RowTemplate(SourceWriter writer, RowKernel row, string name, VectorForm form)
    {
        this.writer = writer;
        this.row = row;
        this.name = name;
        this.form = form;
        passes = new RowPasses(row);
        inner = row.Outer.Count;
        scratch = "b" + Literal.Of(row.Buffers.Count - 1);
    }

    public static bool Fits(RowKernel row, bool float64)
    {
        int inner = row.Outer.Count;
        var passes = new RowPasses(row);
        return row.Inner > 1
            && row.Body.Accesses.All(a => a.IsAffineAlong(inner) && a.Strides[inner] is 0 or 1 && (a.Strides[inner] == 0 || VectorForm.CanLoad(row.Buffers[a.Buffer], float64)))
            && row.Body.Stores.All(s => row.Buffers[row.Body.Accesses[s.Access].Buffer].IsNumbers && (!passes.IsElement(s.Value) || row.Body.Accesses[s.Access].Strides[inner] == 1));
    }

    public void Print()
    {
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(row, new CpuOptions(form.Float64, false))})");
        using var nest = new LoopNest(writer, row.Outer, LoopNest.Numbered("i", inner));
        var scalars = new BodyPrinter(row.Body, new ScalarNotation(form.Float64), code => ScalarLeaf(code, nest.Indices));
        var broadcasts = new Dictionary<int, string>();
        for (int pass = 0; pass <= passes.Count; pass++)
        {
            scalars.Print(writer, passes.Scalars(pass), asLocals: true);
            foreach (var store in passes.ScalarStores(pass)) writer.Line($"{Element(row.Body.Accesses[store.Access], nest.Indices, "")} = {scalars.Whole(store.Value)};");
            if (pass < passes.Count && !passes.IsEmpty(pass)) PrintPass(pass, scalars, broadcasts, nest.Indices);
        }
    }

    private void PrintPass(int pass, BodyPrinter scalars, Dictionary<int, string> broadcasts, string?[] outer)
    {
        foreach (int scalar in passes.ScalarsIn(pass).Where(s => !broadcasts.ContainsKey(s)))
        {
            bool isConstant = row.Body.Code[scalar] is { Op: BodyOp.Scalar, Function: ScalarOp.Constant };
            broadcasts[scalar] = isConstant ? new VectorNotation(form).Constant(row.Body.Code[scalar].Value) : "w" + Literal.Of(scalar);
            if (!isConstant) writer.Line($"{form.Type} {broadcasts[scalar]} = {form.Broadcast(scalars.Whole(scalar))};");
        }
        int[] reductions = passes.Reductions(pass);
        int inTurn = row.Inner >= 2 * SumsInTurn * form.Lanes && passes.IsLight(pass) ? SumsInTurn : 1;
        foreach (int reduce in reductions)
            for (int turn = 0; turn < inTurn; turn++) writer.Line($"{form.Type} {Sum(reduce, turn)} = {new VectorNotation(form).Constant(Kind(reduce).Neutral())};");
        if (inTurn == 1) MapTemplate.PrintKnown(writer, row.Inner, form.Lanes, (index, tail) => PrintVector(pass, broadcasts, outer, index, tail, 0));
        else PrintInTurn(pass, broadcasts, outer);
        foreach (int reduce in reductions)
        {
            for (int half = inTurn / 2; half > 0; half /= 2)
                for (int turn = 0; turn < half; turn++) writer.Line(Combine(reduce, Sum(reduce, turn), Sum(reduce, turn + half)));
            AcrossLanes.Print(writer, form, Kind(reduce), "a" + Literal.Of(reduce), "v" + Literal.Of(reduce));
            scalars.Define(reduce, "v" + Literal.Of(reduce));
        }
    }

    /// <summary>Several vectors in each round, which reduce to sums of their own; the vectors that are left over go to the first.</summary>
    private void PrintInTurn(int pass, Dictionary<int, string> broadcasts, string?[] outer)
    {
        int step = SumsInTurn * form.Lanes, whole = row.Inner / step * step;
        using (writer.Block($"for (nint j = 0; j < {Literal.Of(whole)}; j += {Literal.Of(step)})"))
        {
            for (int turn = 0; turn < SumsInTurn; turn++)
                using (writer.Block("")) PrintVector(pass, broadcasts, outer, turn == 0 ? "j" : $"(j + {Literal.Of(turn * form.Lanes)})", null, turn);
        }
        for (int at = whole; at < row.Inner; at += form.Lanes)
            using (writer.Block("")) PrintVector(pass, broadcasts, outer, Literal.Of(at), at + form.Lanes <= row.Inner ? null : Literal.Of(row.Inner - at), 0);
    }

    private static string Sum(int reduce, int turn) => $"a{Literal.Of(reduce)}{(turn == 0 ? "" : "_" + Literal.Of(turn))}";

    private string Combine(int reduce, string sum, string value)
        => Kind(reduce) == ReduceKind.Sum ? $"{sum} += {value};" : $"{sum} = {form.Name}.{Kind(reduce)}({sum}, {value});";

    private void PrintVector(int pass, Dictionary<int, string> broadcasts, string?[] outer, string index, string? tail, int turn)
    {
        var printer = new BodyPrinter(row.Body, new VectorNotation(form), code => VectorLeaf(code, outer, index, tail));
        foreach (var broadcast in broadcasts) printer.Define(broadcast.Key, broadcast.Value);
        foreach (int kept in passes.KeptBefore(pass)) printer.Define(kept, form.Load(row.Buffers[row.Buffers.Count - 1], Kept(kept, index), tail));
        printer.Print(writer, passes.Elements(pass));
        foreach (int kept in passes.Keeps(pass)) writer.Line(form.Store(printer.Value(kept), Kept(kept, index), tail));
        foreach (int reduce in passes.Reductions(pass)) writer.Line(Accumulate(reduce, Sum(reduce, turn), printer.Value(row.Body.Code[reduce].A), tail));
        foreach (var store in passes.ElementStores(pass)) writer.Line(form.Store(printer.Value(store.Value), Element(row.Body.Accesses[store.Access], outer, index), tail));
    }

    private string Accumulate(int reduce, string sum, string value, string? tail)
    {
        if (tail is null) return Combine(reduce, sum, value);
        if (Kind(reduce) == ReduceKind.Sum) return $"{sum} += {value} & {form.Mask(tail)};";
        return Combine(reduce, sum, $"{form.Name}.ConditionalSelect({form.Mask(tail)}, {value}, {new VectorNotation(form).Constant(Kind(reduce).Neutral())})");
    }

    private ReduceKind Kind(int reduce) => (ReduceKind)row.Body.Code[reduce].B;

    private string ScalarLeaf(BodyInstruction code, string?[] outer)
    {
        if (code.Op == BodyOp.Load)
        {
            var access = row.Body.Accesses[code.A];
            return (row.Buffers[access.Buffer].IsNumbers ? "" : $"({form.Element})") + Element(access, outer, "");
        }
        if (code.Op != BodyOp.Scalar) throw new InvalidOperationException("a reduction is used before its pass");
        return outer[code.A] is { } index ? $"({form.Element}){index}" : Literal.Of(0.0, form.Float64);
    }

    private string VectorLeaf(BodyInstruction code, string?[] outer, string index, string? tail)
        => code.Op == BodyOp.Load ? form.Load(row.Buffers[row.Body.Accesses[code.A].Buffer], Element(row.Body.Accesses[code.A], outer, index), tail)
        : form.Indices(index.Length > 0 ? index : null);

    private string Kept(int instruction, string index)
    {
        int start = row.Kept.Items.IndexOf(instruction) * row.Inner;
        return Addressing.Element(scratch, string.Join(" + ", new[] { start > 0 ? Literal.Of(start) : "", index }.Where(t => t.Length > 0)));
    }

    private static string Element(Access access, string?[] outer, string index)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. outer, index.Length > 0 ? index : null]));
}
