using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>An entry of a record's plain printing.</summary>
    /// <param name="Suffix">What tells it from the record's other entries.</param>
    /// <param name="Elements">What is computed independently of each other.</param>
    /// <param name="PerThread">So many of them by a thread.</param>
    private sealed record PlainEntry(string Suffix, Extent[] Elements, int PerThread, Action<PtxPrinter> Print)
    {
        public static IEnumerable<PlainEntry> Of(Kernel kernel) => kernel switch
        {
            MapKernel map => [Each([.. map.Axes], (printer, indices) => printer.Finish(map.Body, indices, null))],
            RowKernel row => [Each([.. row.Outer], (printer, outer) => printer.Print(row, outer))],
            ReductionKernel { Kind: ReduceKind.ArgMax } reduction => [Each([.. reduction.Kept], (printer, kept) => printer.PrintPlace(reduction, kept))],
            ReductionKernel reduction => [Each([.. reduction.Kept], (printer, kept) => printer.Print(reduction, kept))],
            MomentsKernel moments => [Each([.. moments.Kept], (printer, kept) => printer.Print(moments, kept))],
            WindowKernel window => [Each([.. window.Kept], (printer, kept) => printer.Print(window, kept))],
            ScatterKernel scatter => [Each([Extent.Of(scatter.Count), .. scatter.Inner], (printer, indices) => printer.Print(scatter, indices))],
            OneQueryAttentionKernel attention => [EachOf(attention.Outer, attention.ValueWidth, (printer, outer, feature) => printer.Print(attention, outer, feature))],
            AttentionKernel { Backward: { } backward } attention =>
            [
                EachOf(attention.Outer, attention.Queries, (printer, outer, query) => printer.PrintByQuery(attention, backward, outer, query)) with { Suffix = "_by_query" },
                EachOf(attention.Outer, attention.Keys, (printer, outer, key) => printer.PrintByKey(attention, backward, outer, key)) with { Suffix = "_by_key" },
            ],
            AttentionKernel attention => [EachOf(attention.Outer, attention.Queries, (printer, outer, query) => printer.PrintForward(attention, outer, query))],
            RandomKernel random => [new("", [Extent.Rows, Extent.Of(random.RowLength)], WordsOfBlock, printer => printer.Print(random))],
            _ => throw new ArgumentException($"{kernel.GetType().Name} has no printer for CUDA"),
        };

        /// <summary>A thread for each element.</summary>
        private static PlainEntry Each(Extent[] elements, Action<PtxPrinter, string[]> print) => new("", elements, 1, printer =>
        {
            string[] indices = printer.ThreadIndices(elements, out string done);
            print(printer, indices);
            printer.writer.Place(done);
        });

        /// <summary>A thread for each of so many, under each of the outer axes.</summary>
        private static PlainEntry EachOf(IEnumerable<Extent> outer, int count, Action<PtxPrinter, string[], string> print)
            => Each([.. outer, Extent.Of(count)], (printer, indices) => print(printer, [.. indices.Take(indices.Length - 1)], indices.Last()));
    }
}
