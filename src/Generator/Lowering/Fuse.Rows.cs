using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Rows: which reductions open or join a kernel that walks along its trailing extents as one axis.</summary>
internal sealed partial class Fuse
{
    /// <summary>Along how many trailing extents a reduction goes, or 0 if it goes along others or over the batch.</summary>
    public static int TrailingExtents(Graph graph, int index)
    {
        var node = graph[index];
        // The place of a maximum needs the index of what is walked, which a row kernel's reductions do not have.
        if (node.Op is not ReduceOp { OverRows: false, Kind: not ReduceKind.ArgMax } reduce) return 0;
        var shape = graph[node.Operands[0]].Shape;
        int trailing = 0;
        bool leading = false;
        for (int axis = shape.Rank - 1; axis >= 0; axis--)
        {
            if (shape[axis] == 1) continue;
            bool reduced = reduce.Axes.Contains(axis);
            if (reduced && leading) return 0;
            if (reduced) trailing++;
            else leading = true;
        }
        return trailing;
    }

    private bool JoinRow(int index, int inner)
    {
        var source = graph[graph[index].Operands[0]];
        foreach (var cluster in Candidates(index))
        {
            if (!cluster.HoldsElements(Cluster.ExtentsOf(source.Shape), source.PerRow)) continue;
            if (cluster.Kind == ClusterKind.Map && cluster.Members.All(m => AreSideBySide(m, cluster, inner)))
            {
                cluster.Kind = ClusterKind.Row;
                cluster.Inner = inner;
            }
            if (cluster.Kind != ClusterKind.Row || cluster.Inner != inner) continue;
            Enter(cluster, index);
            return true;
        }
        return JoinNeighbour(index, inner, source);
    }

    /// <summary>Joins a Row cluster that already walks over the same rows of the same cluster's results: two sums of one value are one pass.</summary>
    private bool JoinNeighbour(int index, int inner, Node source)
    {
        var sources = SourcesOf(index).Distinct().ToList();
        foreach (var cluster in Clusters.AsEnumerable().Reverse())
        {
            if (cluster.Kind != ClusterKind.Row || cluster.Inner != inner || !cluster.HoldsElements(Cluster.ExtentsOf(source.Shape), source.PerRow)) continue;
            if (PartOf[cluster.Root] != PartOf[index] || !sources.Any(cluster.Sources.Contains) || sources.Any(s => s == cluster.Number || DependsOn(s, cluster.Number))) continue;
            Enter(cluster, index);
            return true;
        }
        return false;
    }

    /// <summary>Whether the inner extents of every operand can be walked as one axis: all of them there in order, or none.</summary>
    private bool AreSideBySide(int index, Cluster cluster, int inner)
        => AreSideBySide(index, Positions(graph[index].Shape), cluster.Extents.Length - inner, inner);

    /// <summary>The same for a reduction along several axes that would open a row: of what is computed on the way, and of what lies in memory.</summary>
    private bool CanOpenRow(int index, int inner)
    {
        int source = Resolve(graph, graph[index].Operands[0]);
        int[] positions = Positions(graph[source].Shape);
        return IsInlined[source] ? AreSideBySide(source, positions, positions.Count(p => p >= 0) - inner, inner) : IsOneRow(source, inner);
    }

    private bool AreSideBySide(int index, int[] positions, int outer, int inner)
    {
        var node = graph[index];
        if (inner <= 1) return true;
        if (node.Op is GatherOp) return false;
        if (node.Op is MapOp map && map.Expression.Code.Any(i => i.Op == ScalarOp.Index)) return false;
        return node.Op is not MapOp || node.Operands.All(o =>
        {
            int source = Resolve(graph, o);
            var met = Align(positions, node.Shape, graph[o].Shape).Where(p => p >= 0).ToList();
            if (IsInlined[source])
            {
                var order = new Queue<int>(met);
                return AreSideBySide(source, graph[source].Shape.Extents.Select(e => e == 1 ? -1 : order.Dequeue()).ToArray(), outer, inner);
            }
            int within = met.Count(p => p >= outer);
            return within == 0 || (within == inner && !graph[source].Op.IsView && IsOneRow(source, inner));
        });
    }

    /// <summary>Whether the last extents of a value lie one after the other; matrices of parameters may lie in panels.</summary>
    private bool IsOneRow(int index, int inner)
    {
        if (inner <= 1) return true;
        if (View.Of(graph, index) is not { } view || graph[view.Root].Op is ParameterOp { Extents.Rank: 2 }) return false;
        var shape = graph[index].Shape;
        int[] axes = Enumerable.Range(0, shape.Rank).Where(a => shape[a] != 1).ToArray();
        return Enumerable.Range(axes.Length - inner, inner - 1).All(i => view.Strides[axes[i]] == view.Strides[axes[i + 1]] * shape[axes[i + 1]]);
    }
}
