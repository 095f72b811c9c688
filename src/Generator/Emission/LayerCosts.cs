using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Emission;

/// <summary>Floating-point operations of a forward pass over one row, by layer: a multiplication with its addition counts two, a scalar function one.</summary>
internal static class LayerCosts
{
    public static Dictionary<string, long> ByLayer(Graph graph)
    {
        var costs = new Dictionary<string, long>(StringComparer.Ordinal);
        Add(costs, graph, [graph.Find(OutputRole.Prediction)], times: 1);
        return costs;
    }

    private static void Add(Dictionary<string, long> costs, Graph graph, IEnumerable<int> results, int times)
    {
        bool[] live = new bool[graph.Nodes.Count];
        foreach (int result in results) live[result] = true;
        for (int i = live.Length - 1; i >= 0; i--)
        {
            if (!live[i]) continue;
            foreach (int operand in graph[i].Operands) live[operand] = true;
            costs.TryGetValue(graph[i].Layer, out long known);
            costs[graph[i].Layer] = known + (times * Of(graph, graph[i]));
            if (graph[i].Op is ScanOp scan) Add(costs, scan.Body, scan.Body.Outputs.Select(o => o.Node), times * scan.Steps);
        }
    }

    private static long Of(Graph graph, Node node) => node.Op switch
    {
        MapOp map => (long)node.Shape.Count * map.Expression.Code.Count(i => ScalarFunction.Of(i.Op).Arity > 0),
        ReduceOp or FoldOp => graph[node.Operands[0]].Shape.Count,
        ContractOp contract => 2 * contract.Left.Zip(graph[node.Operands[0]].Shape.Extents, (label, extent) => (label, extent))
            .Concat(contract.Right.Zip(graph[node.Operands[1]].Shape.Extents, (label, extent) => (label, extent)))
            .Distinct().Aggregate(1L, (product, axis) => product * axis.extent),
        AttentionOp attention => Of(attention, graph[node.Operands[0]].Shape, graph[node.Operands[2]].Shape),
        _ => 0,
    };

    /// <summary>Each query's products with the keys and values that it sees, and an exponential.</summary>
    private static long Of(AttentionOp attention, Shape query, Shape value)
    {
        long pairs = attention.IsCausal ? Enumerable.Range(1, query[1]).Sum(seen => (long)Math.Min(seen, value[1])) : (long)query[1] * value[1];
        return query[0] * pairs * ((2 * (query[2] + value[2])) + 1);
    }
}
