using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>A thread a row. Nothing is kept between passes: threads would need memory of their own for it, and what is computed again has the same bits.</summary>
    private void Print(RowKernel row, string[] outer)
    {
        var passes = new RowPasses(row with { Kept = EquatableArray<int>.Empty });
        string[] outside = [.. outer, "0"];
        var scalars = new PtxBody(row.Body, math, Leaf(row.Body, outside, null));
        for (int pass = 0; pass <= passes.Count; pass++)
        {
            scalars.Compute(passes.Scalars(pass));
            foreach (var store in passes.ScalarStores(pass)) Store(row.Body.Accesses[store.Access], outside, scalars.Number(store.Value));
            if (pass < passes.Count && !passes.IsEmpty(pass)) PrintPass(row, passes, pass, scalars, outer);
        }
    }

    private void PrintPass(RowKernel row, RowPasses passes, int pass, PtxBody scalars, string[] outer)
    {
        var reductions = passes.Reductions(pass).Select(i => (Instruction: i, Kind: (ReduceKind)row.Body.Code[i].B, Of: row.Body.Code[i].A)).ToList();
        string[] sums = [.. reductions.Select(r => math.Variable(r.Kind.Neutral()))];
        Nest([Extent.Of(row.Inner)], [], inner =>
        {
            string[] inside = [.. outer, .. inner];
            var elements = new PtxBody(row.Body, math, Leaf(row.Body, inside, null));
            foreach (int scalar in passes.ScalarsBefore(pass).Where(scalars.IsDefined)) elements.Define(scalar, scalars[scalar]);
            elements.Compute(passes.Elements(pass));
            for (int i = 0; i < sums.Length; i++) Accumulate(reductions[i].Kind, sums[i], elements.Number(reductions[i].Of));
            foreach (var store in passes.ElementStores(pass)) Store(row.Body.Accesses[store.Access], inside, elements.Number(store.Value));
        });
        for (int i = 0; i < sums.Length; i++) scalars.Define(reductions[i].Instruction, new PtxValue(sums[i]));
    }
}
