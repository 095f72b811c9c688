using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>The ways of each record.</summary>
internal sealed partial class PtxPrinter
{
    private static IReadOnlyList<PtxPlan> Plans(Kernel kernel, bool float64) => kernel switch
    {
        MapKernel map => [MapTemplate.Plan(map, float64)],
        RowKernel row => [RowTemplate.Plan(row)],
        ReductionKernel reduction when PtxReduction.Of(reduction, float64) is var reduced && ReductionTemplate.Fits(reduced) => ReductionTemplate.Plans(reduced),
        MomentsKernel moments when PtxReduction.Of(moments, float64) is var reduced && ReductionTemplate.Fits(reduced) => ReductionTemplate.Plans(reduced),
        AttentionKernel attention when AttentionTemplate.Fits(attention, float64) => [AttentionTemplate.Plan(attention, float64)],
        ScatterKernel scatter => [ScatterTemplate.Plan(scatter)],
        ContractionKernel contraction => Plans(contraction, float64, forced: null),
        LoopKernel loop => LoopTemplate.Plans(loop, float64),
        _ => [PlainPlan(kernel)],
    };

    /// <summary>The plain printing.</summary>
    public static PtxPlan PlainPlan(Kernel kernel) => new(0, kernel switch
    {
        ReductionKernel reduction => [Each(reduction.Kept, (printer, kept) => printer.PrintResult(reduction, kept))],
        MomentsKernel moments => [Each(moments.Kept, (printer, kept) => printer.Print(moments, kept))],
        WindowKernel window => [Each(window.Kept, (printer, kept) => printer.PrintResult(window, kept))],
        ContractionKernel contraction => [EntryOf(contraction, new ContractionWay(ContractionForm.Thread), partStride: 0)],
        OneQueryAttentionKernel attention => [EachOf(attention.Outer, attention.ValueWidth, (printer, outer, feature) => printer.Print(attention, outer, feature))],
        AttentionKernel { Backward: { } backward } attention =>
        [
            EachOf(attention.Outer, attention.Queries, (printer, outer, query) => printer.PrintByQuery(attention, backward, outer, query)) with { Suffix = "_by_query" },
            EachOf(attention.Outer, attention.Keys, (printer, outer, key) => printer.PrintByKey(attention, backward, outer, key)) with { Suffix = "_by_key" },
        ],
        AttentionKernel attention => [EachOf(attention.Outer, attention.Queries, (printer, outer, query) => printer.PrintForward(attention, outer, query))],
        RandomKernel random => [new PtxEntryPlan("", BlockThreads, [new PtxGridAxis(new[] { Extent.Rows, Extent.Of(random.RowLength) }, BlockThreads * WordsOfBlock)], printer => printer.Print(random))],
        _ => throw new ArgumentException($"{kernel.GetType().Name} has no printer for CUDA"),
    });

    /// <summary>A thread for each element.</summary>
    private static PtxEntryPlan Each(IEnumerable<Extent> elements, Action<PtxPrinter, string[]> print)
    {
        Extent[] axes = [.. elements];
        return new PtxEntryPlan("", BlockThreads, [new PtxGridAxis(axes, BlockThreads)], printer =>
        {
            string done = printer.writer.Label("end");
            print(printer, printer.ThreadIndices(axes, done));
            printer.writer.Place(done);
        });
    }

    /// <summary>A thread for each of so many, under each of the outer axes.</summary>
    private static PtxEntryPlan EachOf(IEnumerable<Extent> outer, int count, Action<PtxPrinter, string[], string> print)
        => Each([.. outer, Extent.Of(count)], (printer, indices) => print(printer, [.. indices.Take(indices.Length - 1)], indices.Last()));
}
