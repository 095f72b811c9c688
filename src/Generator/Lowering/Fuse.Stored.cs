using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>What is stored: what another cluster or an output reads, except cheap Maps of what is stored anyway.</summary>
internal sealed partial class Fuse
{
    private void DecideStored()
    {
        var outputs = new HashSet<int>(graph.Outputs.Select(o => o.Node));
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (ClusterOf[i] < 0) continue;
            bool leaves = outputs.Contains(i) || ReadersOutside(i);
            if (!leaves) continue;
            Stored[i] = outputs.Contains(i) || !CanRecompute(i);
        }
    }

    /// <summary>Whether a kernel other than its own reads the node, itself or through views.</summary>
    private bool ReadersOutside(int index) => ReadersThroughViews(index).Any(r => r.Cluster != ClusterOf[index] || r.Viewed);

    private IEnumerable<(int Cluster, bool Viewed)> ReadersThroughViews(int index)
    {
        foreach (int reader in readers[index])
        {
            if (graph[reader].Op.IsView)
            {
                bool moves = Resolve(graph, reader) == reader;
                foreach (var (cluster, viewed) in ReadersThroughViews(reader)) yield return (cluster, viewed || moves);
                if (graph.Outputs.Any(o => o.Node == reader)) yield return (-1, true);
            }
            else if (IsInlined[reader])
            {
                foreach (var (cluster, _) in ReadersThroughViews(reader)) yield return (cluster, true);
            }
            else
            {
                bool separate = graph[reader].Op is not MapOp && TrailingExtents(graph, reader) == 0;
                yield return (ClusterOf[reader], separate);
            }
        }
    }

    /// <summary>
    /// A cheap Map is computed again by its readers when all it reads is in memory anyway (one step, no chains) or one stored scalar per row away,
    /// and its readers are kernels that compute.
    /// </summary>
    private bool CanRecompute(int index)
    {
        var node = graph[index];
        if (node.Op is not MapOp map || map.Expression.IsExpensive || map.Expression.Code.Any(i => i.Op == ScalarOp.Index) || TurnsElements(index)) return false;
        if (ReadersThroughViews(index).Any(r => r.Viewed || r.Cluster < 0 || Clusters[r.Cluster].Inner > 1)) return false;
        var added = new List<int>();
        foreach (int operand in node.Operands)
        {
            int source = Resolve(graph, operand);
            if (ClusterOf[source] < 0)
            {
                if (IsInlined[source] || (graph[source].Op.IsView && View.Of(graph, source) is { } view && ClusterOf[view.Root] >= 0 && !Stored[view.Root])) return false;
            }
            else if (!Stored[source])
            {
                // A reduction's scalar is worth its few bytes if that spares a whole row.
                if (graph[source].Op is not ReduceOp || graph[source].Shape.Count * 8 > node.Shape.Count) return false;
                added.Add(source);
            }
        }
        foreach (int source in added) Stored[source] = true;
        return true;
    }
}
