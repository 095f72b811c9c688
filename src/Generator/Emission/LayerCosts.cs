using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Ops;

namespace DlGen.Emission;

/// <summary>Floating-point operations of a forward pass over one row, by layer.</summary>
internal static class LayerCosts
{
    public static Dictionary<string, long> ByLayer(Graph graph)
    {
        var costs = new Dictionary<string, long>(StringComparer.Ordinal);
        Add(costs, graph, graph.All(OutputRole.Prediction).Select(o => o.Node), times: 1);
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
            costs[graph[i].Layer] = known + (times * Flops.Of(graph, graph[i]));
            if (graph[i].Op is ScanOp scan) Add(costs, scan.Body, scan.Body.Outputs.Select(o => o.Node), times * scan.Steps);
        }
    }
}
