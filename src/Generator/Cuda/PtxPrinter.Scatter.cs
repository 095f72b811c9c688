using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>Each element of each id looks at all positions in their order, and adds those where its id stands.</summary>
    private void Print(ScatterKernel scatter, string[] indices)
    {
        string sum = math.Variable(0);
        Nest(scatter.Positions, [], position =>
        {
            string[] all = [.. indices, .. position];
            string next = writer.Label("next");
            writer.BranchIf(writer.Emit(Predicate, "setp.ne.s64", LoadInteger(scatter.Ids, all), indices[0]), next);
            math.Assign(sum, math.Add(sum, Last(new PtxBody(scatter.Source, math, Leaf(scatter.Source, all, null)), scatter.Source)));
            writer.Place(next);
        });
        Finish(scatter.Epilogue, indices, sum);
    }
}
