using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// A row is shared by lanes of a warp, a long one by a block: see <see cref="PtxLanes"/>. A lane takes every so manieth element. Where it has few, they are
/// written out, and what a later pass needs of them again (loads, and what is expensive) stays in registers; where it has many, they are a loop, and what later
/// passes need is computed again: it has the same bits. Scalars of the row are computed by each lane.
/// </summary>
internal sealed class RowTemplate
{
    /// <summary>Registers of 32 bits that a lane may keep from one pass to the next: with addresses and what a body computes there are well below 128.</summary>
    private const int MostKept = 32;

    /// <summary>Instructions that the elements of a pass may be written out to, which is enough for a softmax over 1024; more is left to a loop, since the text is compiled where it runs.</summary>
    private const int LongestPass = 1280;

    private readonly RowKernel row;
    private readonly RowPasses passes;
    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly PtxPrinter printer;
    private readonly PtxLanes lanes;
    private readonly int stride;
    private readonly HashSet<int>? kept;
    private readonly PtxBody scalars;
    private readonly PtxElements elements;
    private readonly Dictionary<(int Element, int Instruction), PtxValue> values = [];

    private RowTemplate(PtxPrinter printer, RowKernel row, PtxLanes lanes, int stride)
    {
        this.row = row with { Kept = EquatableArray<int>.Empty };
        this.printer = printer;
        (writer, math) = (printer.Writer, printer.Math);
        (this.lanes, this.stride) = (lanes, stride);
        passes = new RowPasses(this.row);
        kept = Kept();
        string[] still = [.. lanes.Indices, "0"];
        elements = new PtxElements(printer, row.Body, still, [row.Outer.Count], [Extent.Of(row.Inner)], kept is null ? "0" : lanes.Lane);
        scalars = new PtxBody(row.Body, math, printer.Leaf(row.Body, still, null));
    }

    public static PtxPlan Plan(RowKernel row)
    {
        int lanes = PtxLanes.For(row.Inner);
        return new PtxPlan(0, [new PtxEntryPlan("", PtxLanes.Threads(lanes), [new PtxGridAxis(row.Outer, PtxLanes.RowsOfBlock(lanes))], printer => new RowTemplate(printer, row, new PtxLanes(printer, lanes, row.Outer), lanes).Print())]);
    }

    /// <summary>A row by a warp, as a part of a longer entry.</summary>
    /// <param name="lane">The thread's number in its warp, a register of 32 bits.</param>
    /// <param name="indices">Of the warp's row.</param>
    public static void PrintByWarp(PtxPrinter printer, RowKernel row, string lane, string[] indices)
        => new RowTemplate(printer, row, new PtxLanes(printer, lane, indices), PtxLanes.WarpLanes).Print();

    private void Print()
    {
        for (int pass = 0; pass <= passes.Count; pass++)
        {
            scalars.Compute(passes.Scalars(pass));
            var stores = passes.ScalarStores(pass).ToList();
            if (stores.Count > 0) lanes.First(() => stores.ForEach(store => printer.Store(row.Body.Accesses[store.Access], [.. lanes.Indices, "0"], scalars.Number(store.Value))));
            if (pass < passes.Count && !passes.IsEmpty(pass)) PrintPass(pass);
        }
        lanes.End();
    }

    private void PrintPass(int pass)
    {
        var reductions = passes.Reductions(pass).Select(i => (Instruction: i, Accumulation: PtxAccumulation.Of((ReduceKind)row.Body.Code[i].B, math), row.Body.Code[i].A)).ToList();
        var sums = reductions.Select(r => (r.Accumulation, State: r.Accumulation.Begin())).ToList();
        Each((index, first, count) =>
        {
            var batch = Enumerable.Range(0, count).Select(i => first + (i * stride)).Select(further => (Further: further, Element: Computed(pass, index, further))).ToList();
            for (int i = 0; i < sums.Count; i++) sums[i].Accumulation.Take(sums[i].State, [.. batch.Select(b => (b.Element.Number(reductions[i].A), (Func<string>)(() => elements.Number(index, b.Further))))]);
            foreach (var (further, element) in batch)
                foreach (var store in passes.ElementStores(pass)) printer.Store(row.Body.Accesses[store.Access].Buffer, elements.Address(store.Access, index, further), element.Number(store.Value));
        });
        lanes.Join(sums);
        for (int i = 0; i < sums.Count; i++) scalars.Define(reductions[i].Instruction, new PtxValue(sums[i].State[0]));
    }

    private PtxBody Computed(int pass, string index, int further)
    {
        var element = elements.At(index, further, null);
        foreach (int scalar in passes.ScalarsBefore(pass).Where(scalars.IsDefined)) element.Define(scalar, scalars[scalar]);
        foreach (int i in kept ?? []) if (values.TryGetValue((further, i), out var value)) element.Define(i, value);
        element.Compute(passes.Elements(pass));
        foreach (int i in kept ?? []) if (element.IsDefined(i)) values[(further, i)] = element[i];
        return element;
    }

    /// <summary>All of a lane's elements, some at a time, all of which are loaded before any is stored: in a loop, or written out, the last of them only where the row has it.</summary>
    /// <param name="print">What becomes of so many elements, from one so far beyond an index on.</param>
    private void Each(Action<string, int, int> print)
    {
        if (kept is null)
        {
            PtxBatches.Each(writer, lanes.Lane, PtxWriter.Number(row.Inner), stride, (index, count) => print(index, 0, count));
            return;
        }
        int whole = row.Inner / stride, rest = row.Inner % stride;
        for (int i = 0; i < whole; i += PtxBatches.AtATime) print("0", i * stride, Math.Min(PtxBatches.AtATime, whole - i));
        if (rest == 0) return;
        string beyond = writer.Label("beyond");
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", lanes.Lane, PtxWriter.Number(rest)), beyond);
        print("0", whole * stride, 1);
        writer.Place(beyond);
    }

    /// <summary>What is kept of elements from pass to pass; null where there are too many of them.</summary>
    private HashSet<int>? Kept()
    {
        var again = Again(new HashSet<int>(), i => row.Body.Code[i].IsExpensive);
        again.UnionWith(Again(again, i => row.Body.Code[i].Op == BodyOp.Load));
        int live = Enumerable.Range(0, passes.Count).Max(pass => again.Count(i => FirstPass(i, again) <= pass && LastPass(i, again) > pass));
        int ofLane = (row.Inner + stride - 1) / stride;
        int longest = Enumerable.Range(0, passes.Count).Max(pass => Needed(pass, again).Sum(i => row.Body.Code[i].IsExpensive ? 8 * math.Bytes : 2));
        return ofLane * live * math.Bytes / 4 <= MostKept && ofLane * longest <= LongestPass ? again : null;
    }

    /// <summary>Elements that more than one pass needs, if nothing but what is given is kept.</summary>
    private HashSet<int> Again(HashSet<int> keeps, Func<int, bool> which)
        => [.. Enumerable.Range(0, row.Body.Code.Count).Where(i => passes.IsElement(i) && which(i) && Enumerable.Range(0, passes.Count).Count(pass => Needed(pass, keeps).Contains(i)) > 1)];

    private int FirstPass(int instruction, HashSet<int> keeps) => Enumerable.Range(0, passes.Count).First(pass => Needed(pass, keeps).Contains(instruction));

    private int LastPass(int instruction, HashSet<int> keeps) => Enumerable.Range(0, passes.Count).Last(pass => Needed(pass, keeps).Contains(instruction));

    /// <summary>Elements that a pass computes, or takes from an earlier one.</summary>
    private HashSet<int> Needed(int pass, HashSet<int> keeps)
    {
        var needed = new HashSet<int>(passes.Elements(pass).Where(passes.IsElement));
        for (int i = row.Body.Code.Count - 1; i >= 0; i--)
        {
            if (!needed.Contains(i) || (keeps.Contains(i) && Enumerable.Range(0, pass).Any(earlier => Needed(earlier, []).Contains(i)))) continue;
            for (int k = 0; k < row.Body.Code[i].Arity; k++)
                if (row.Body.Code[i].Op != BodyOp.Reduce && passes.IsElement(row.Body.Code[i].Operand(k))) needed.Add(row.Body.Code[i].Operand(k));
        }
        return needed;
    }
}
