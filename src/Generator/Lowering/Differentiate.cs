using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Reverse-mode differentiation of a graph: appends, for every trained parameter, the gradient of the mean loss. Walks the nodes backwards once;
/// each op's rule turns the gradient of its result into gradients of its operands, and where a value was used twice they add up. The seed is the
/// LossScale leaf (one over the rows of the batch), so one program serves every batch size.
/// </summary>
internal static class Differentiate
{
    /// <summary>The graph with a Gradient output per trained parameter, in the order in which the parameters occur.</summary>
    public static Graph Run(Graph graph)
    {
        int loss = graph.Find(OutputRole.Loss);
        var builder = new GraphBuilder();
        foreach (var node in graph.Nodes)
        {
            builder.Layer = node.Layer;
            builder.Add(node.Op, node.Operands.Select(builder.At).ToArray(), node.Shape, node.PerRow);
        }

        bool[] trained = TrainedNodes(graph);
        var gradients = new Value?[graph.Nodes.Count];
        builder.Layer = graph[loss].Layer;
        gradients[loss] = builder.Broadcast(builder.Add(new LossScaleOp()), graph[loss].Shape, perRow: true);
        for (int i = loss; i >= 0; i--)
        {
            if (gradients[i] is not { } upstream || !trained[i]) continue;
            var node = graph[i];
            builder.Layer = node.Layer;
            var rule = new GradientRule(builder.At(i), node.Operands.Select(builder.At).ToList(), upstream, node.Operands.Select(o => trained[o]).ToList());
            node.Op.Differentiate(rule);
            for (int k = 0; k < node.Operands.Count; k++)
            {
                if (rule.Gradients[k] is not { } gradient) continue;
                int operand = node.Operands[k];
                gradients[operand] = gradients[operand] is { } sum ? sum + gradient : gradient;
            }
        }

        var outputs = new List<Output>(graph.Outputs);
        for (int i = 0; i < graph.Nodes.Count; i++)
            if (graph[i].Op is ParameterOp { Frozen: false } parameter)
                outputs.Add(new Output(OutputRole.Gradient, parameter.Path, (gradients[i] ?? builder.Fill(0, parameter.Extents)).Index));
        return builder.Build(outputs);
    }

    /// <summary>Which nodes depend on a trained parameter through differentiable paths: only those get a gradient.</summary>
    private static bool[] TrainedNodes(Graph graph)
    {
        bool[] trained = new bool[graph.Nodes.Count];
        for (int i = 0; i < trained.Length; i++)
            trained[i] = graph[i].Op is ParameterOp { Frozen: false }
                || (graph[i].Op is not StopGradientOp && graph[i].Operands.Any(o => trained[o]));
        return trained;
    }
}
