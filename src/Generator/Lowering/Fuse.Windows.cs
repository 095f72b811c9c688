using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class Fuse
{
    /// <summary>
    /// Whether a sum of windows exists only inside the one along another axis: the windows of an image's height and width are summed by one kernel,
    /// without a buffer as high as all windows together.
    /// </summary>
    private bool IsReadByOneFold(int index)
        => OnlyReader(index) is { } reader && graph[reader].Op is FoldOp outer && graph[index].Op is FoldOp inner && inner.Axis != outer.Axis && inner.Axis != outer.Axis + 1;

    /// <summary>Whether a padding exists only inside the one along another axis, which writes both borders around the elements.</summary>
    private bool IsReadByOnePad(int index)
        => graph[index].Op is PadOp && OnlyReader(index) is { } reader && graph[reader].Op is PadOp;

    /// <summary>Per padding the Map in its middle, where the kernel that computes that writes it there: then it is never copied.</summary>
    public Dictionary<int, int> Middles { get; } = [];

    private void FindMiddles()
    {
        foreach (var cluster in Clusters.Where(c => c.Kind == ClusterKind.Assemble && graph[c.Root].Op is PadOp))
        {
            int middle = cluster.Root;
            while (graph[middle].Op is PadOp { Interior: 0 } && (middle == cluster.Root || IsInlined[middle])) middle = graph[middle].Operands[0];
            if (graph[middle].Op is not MapOp || ClusterOf[middle] < 0 || PartOf[middle] != PartOf[cluster.Root]) continue;
            var maker = Clusters[ClusterOf[middle]];
            if (maker.Kind == ClusterKind.Map && maker.PerRow == cluster.PerRow && !maker.Members.Any(TurnsElements)) Middles.Add(cluster.Root, middle);
        }
    }

    /// <summary>Whether a cluster reads the value only to put it into the middle of a padding, where it already is.</summary>
    private bool IsMiddleOf(int index, int cluster) => cluster >= 0 && Middles.TryGetValue(Clusters[cluster].Root, out int middle) && middle == index;
}
