using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class KernelBuilder
{
    /// <summary>The cluster's sum of windows with those that exist only inside it, the outermost first; what they hold is computed on the way.</summary>
    private PlannedLaunch Window(Cluster cluster)
    {
        var buffers = new FormalBuffers();
        var kept = ExtentsOf(cluster);
        var extents = kept.ToList();
        var windows = new List<KernelWindow>();
        int rowsAxis = cluster.PerRow ? 0 : -1;
        int[] axes = Positions(cluster.Root, cluster);
        int source = cluster.Root;
        do
        {
            var fold = (FoldOp)Graph[source].Op;
            var (positions, taps) = (LoopOf(extents, fold.Windows.Positions), LoopOf(extents, fold.Windows.Taps));
            windows.Add(new KernelWindow(axes[fold.Axis], fold.Windows.Positions, fold.Windows.Taps, fold.Windows.Start, fold.Windows.Stride, fold.Windows.Step));
            axes = [.. axes.Take(fold.Axis), positions, taps, .. axes.Skip(fold.Axis + 1)];
            source = Graph[source].Operands[0];
        }
        while (Graph[source].Op is FoldOp && fused.IsComputedByReaders(source));

        // Walked by -1 where the extent is 1, as every access expects.
        var sourceWriter = new BodyBuilder(fused, buffers, _ => false, extents.Count, rowsAxis);
        sourceWriter.Emit(source, axes.Select((loop, axis) => Graph[source].Shape[axis] == 1 ? -1 : loop).ToArray());
        var epilogueWriter = Body(cluster, buffers, kept.Count, cluster.Root);
        foreach (int member in cluster.Members.Where(fused.Stored)) epilogueWriter.Store(member, Positions(member, cluster));
        return Window(cluster, buffers, kept, extents, windows, sourceWriter.Build(), epilogueWriter.Build());
    }

    private static int LoopOf(List<Extent> extents, int count)
    {
        extents.Add(Extent.Of(count));
        return extents.Count - 1;
    }

    /// <summary>Kept loops merge where no window runs along them; the windows' own stay as they are.</summary>
    private static PlannedLaunch Window(
        Cluster cluster, FormalBuffers buffers, List<Extent> kept, List<Extent> extents, List<KernelWindow> windows, KernelBody source, KernelBody epilogue)
    {
        var fixedAxes = new HashSet<int>(LoopAxes.Indexed(source).Concat(LoopAxes.Indexed(epilogue)).Concat(windows.Select(w => w.Axis)).Concat(Enumerable.Range(kept.Count, extents.Count - kept.Count)));
        var groups = LoopAxes.Groups(extents, source.Accesses.Concat(epilogue.Accesses).ToList(), extents.Select(_ => 0).ToList(), fixedAxes);
        return new PlannedLaunch(new WindowKernel(buffers.Formals,
            groups.Where(g => g[0] < kept.Count).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(),
            windows.Select(w => w with { Axis = w.Axis < 0 ? -1 : groups.FindIndex(g => g.Contains(w.Axis)) }).ToEquatableArray(),
            LoopAxes.Merge(source, groups), LoopAxes.Merge(epilogue, groups)), buffers.Actuals, cluster);
    }
}
