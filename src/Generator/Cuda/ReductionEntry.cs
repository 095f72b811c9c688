using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>One entry of a reduction: elements to results, elements to parts, or parts to results.</summary>
internal sealed class ReductionEntry
{
    private readonly PtxPrinter printer;
    private readonly PtxWriter writer;
    private readonly PtxReduction reduction;
    private readonly PtxAccumulation accumulation;
    private readonly PtxColumns? columns;
    private readonly PtxLanes? lanes;
    private readonly int step;
    private readonly int parts;
    private readonly string part = "0";

    /// <param name="threads">How many share a result.</param>
    /// <param name="parts">In how many parts the elements are; the number of the part is the innermost of the block's.</param>
    /// <param name="joins">Whether the parts are what it reduces.</param>
    public ReductionEntry(PtxPrinter printer, PtxReduction reduction, int threads, int parts, bool joins)
    {
        (this.printer, this.reduction, this.parts, step) = (printer, reduction, parts, threads);
        writer = printer.Writer;
        accumulation = reduction.Accumulation(printer.Math);
        string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x");
        if (parts > 1 && !joins)
        {
            part = writer.Remainder(block, PtxWriter.Number(parts));
            block = writer.Quotient(block, PtxWriter.Number(parts));
        }
        if (reduction.IsByColumns) columns = new PtxColumns(printer, reduction.Kept, block);
        else lanes = new PtxLanes(printer, threads, reduction.Kept, block);
    }

    private string[] Kept => columns?.Indices ?? lanes!.Indices;

    /// <summary>The thread's number among those that share its result.</summary>
    private string Position => columns?.Row ?? lanes!.Lane;

    public void PrintElements()
    {
        int[] walked = [.. Enumerable.Range(reduction.Kept.Count, reduction.Reduced.Count)];
        var elements = new PtxElements(printer, reduction.Source, [.. Kept, .. reduction.Reduced.Select(_ => "0")], walked, reduction.Reduced);
        var invariants = elements.Invariants([reduction.Root]);
        string[] state = accumulation.Begin();
        var (first, end) = Range();
        PtxBatches.Each(writer, first, end, step, (index, count) =>
        {
            var terms = Enumerable.Range(0, count).Select(i =>
            {
                var element = elements.At(index, i * step, invariants);
                element.Compute([reduction.Root]);
                return (element.Number(reduction.Root), (Func<string>)(() => printer.IndexAsNumber(elements.Number(index, i * step))));
            });
            accumulation.Take(state, [.. terms]);
        });
        Join(state);
        First(() =>
        {
            if (parts == 1) reduction.Finish(printer, Kept, state);
            else for (int i = 0; i < state.Length; i++) writer.Do("st.global." + printer.Math.Type, Place(part, i), state[i]);
        });
        lanes?.End();
    }

    public void PrintParts()
    {
        string[] state = accumulation.Begin();
        PtxBatches.Each(writer, Position, Bounded(PtxWriter.Number(parts)), step, (index, count) =>
        {
            string[][] others = [.. Enumerable.Range(0, count).Select(i =>
            {
                string number = i == 0 ? index : writer.Emit(Integer32, "add.s32", index, PtxWriter.Number(i * step));
                return state.Select((_, s) => writer.Emit(printer.Math.Kind, "ld.global." + printer.Math.Type, Place(number, s))).ToArray();
            })];
            foreach (string[] other in others) accumulation.Join(state, other);
        });
        Join(state);
        First(() => reduction.Finish(printer, Kept, state));
        lanes?.End();
    }

    /// <summary>The thread's first element, and where those of its part end.</summary>
    private (string First, string End) Range()
    {
        string total = PtxWriter.Number(reduction.PerRow);
        if (reduction.IsOverRows) total = reduction.PerRow == 1 ? printer.NarrowRows : writer.Emit(Integer32, "mul.lo.s32", printer.NarrowRows, total);
        if (parts == 1) return (Position, Bounded(total));
        string length = writer.Quotient(writer.Emit(Integer32, "add.s32", total, PtxWriter.Number(parts - 1)), PtxWriter.Number(parts));
        string first = writer.Emit(Integer32, "mul.lo.s32", part, length);
        string end = writer.Emit(Integer32, "min.s32", writer.Emit(Integer32, "add.s32", first, length), total);
        return (writer.Emit(Integer32, "add.s32", first, Position), Bounded(end));
    }

    /// <summary>The end, and the beginning for a thread without a column.</summary>
    private string Bounded(string end) => columns is null ? end : writer.Emit(Integer32, "selp.b32", "0", end, columns.IsBeyond);

    private void Join(string[] state)
    {
        if (columns is not null) columns.Join(accumulation, state);
        else lanes!.Join([(accumulation, state)]);
    }

    private void First(Action statements)
    {
        if (columns is not null) columns.First(statements);
        else lanes!.First(statements);
    }

    /// <summary>Where the workspace has a number of a part: results lie side by side.</summary>
    private string Place(string ofPart, int number)
    {
        long results = reduction.Kept.Aggregate(1L, (product, axis) => product * axis.Constant);
        string place = printer.Plus(columns?.Column ?? lanes!.Row, ofPart, checked((int)(results * accumulation.Count)));
        string address = writer.Emit(Integer64, "mad.lo.s64", place, PtxWriter.Number(printer.Math.Bytes), printer.Workspace);
        return $"[{address}+{PtxWriter.Number(results * number * printer.Math.Bytes)}]";
    }
}
