using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Floating-point operations of a row of a batch: a multiplication with its addition counts two, a scalar function one.</summary>
internal static class Flops
{
    /// <summary>Of all nodes, and of the bodies of loops as often as they run.</summary>
    public static long Of(Graph graph)
        => graph.Nodes.Sum(node => Of(graph, node) + (node.Op is ScanOp scan ? scan.Steps * Of(scan.Body) : 0));

    public static long Of(Graph graph, Node node) => node.Op switch
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
