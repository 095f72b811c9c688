using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Emission;

/// <summary>Floating-point operations of a forward pass over one row, by layer: a multiplication with its addition counts two, a scalar function one.</summary>
internal static class LayerCosts
{
    public static Dictionary<string, long> ByLayer(Graph graph)
    {
        var costs = new Dictionary<string, long>(StringComparer.Ordinal);
        bool[] live = new bool[graph.Nodes.Count];
        foreach (var output in graph.All(OutputRole.Prediction)) live[output.Node] = true;
        for (int i = live.Length - 1; i >= 0; i--)
        {
            if (!live[i]) continue;
            foreach (int operand in graph[i].Operands) live[operand] = true;
            costs.TryGetValue(graph[i].Layer, out long known);
            costs[graph[i].Layer] = known + Of(graph, graph[i]);
        }
        return costs;
    }

    private static long Of(Graph graph, Node node) => node.Op switch
    {
        MapOp map => (long)node.Shape.Count * map.Expression.Code.Count(i => ScalarFunction.Of(i.Op).Arity > 0),
        ReduceOp => graph[node.Operands[0]].Shape.Count,
        ContractOp contract => 2 * contract.Left.Zip(graph[node.Operands[0]].Shape.Extents, (label, extent) => (label, extent))
            .Concat(contract.Right.Zip(graph[node.Operands[1]].Shape.Extents, (label, extent) => (label, extent)))
            .Distinct().Aggregate(1L, (product, axis) => product * axis.extent),
        _ => 0,
    };
}
