namespace DlGen.Graphs;

/// <summary>
/// Reverse-mode differentiation: walks the nodes of a graph backwards once; each op's rule turns the gradient of its result into gradients of its
/// operands, and where a value was used twice they add up.
/// </summary>
internal static class ReverseMode
{
    /// <param name="graph">What is differentiated.</param>
    /// <param name="builder">Where the gradients are written; it holds the nodes already.</param>
    /// <param name="values">Per node its value there.</param>
    /// <param name="gradients">Per node the gradient that it begins with, if any. Those of all nodes that are reached from there are added.</param>
    /// <param name="leads">Per node whether something whose gradient is wanted lies behind it.</param>
    public static void Accumulate(Graph graph, GraphBuilder builder, IReadOnlyList<Value> values, Value?[] gradients, bool[] leads)
    {
        for (int i = gradients.Length - 1; i >= 0; i--)
        {
            if (gradients[i] is not { } upstream || !leads[i]) continue;
            var node = graph[i];
            builder.Layer = node.Layer;
            var rule = new GradientRule(values[i], node.Operands.Select(o => values[o]).ToList(), upstream, node.Operands.Select(o => leads[o]).ToList());
            node.Op.Differentiate(rule);
            for (int k = 0; k < node.Operands.Count; k++)
            {
                if (rule.Gradients[k] is not { } gradient) continue;
                int operand = node.Operands[k];
                gradients[operand] = gradients[operand] is { } sum ? sum + gradient : gradient;
            }
        }
    }

    /// <summary>Which nodes depend on something wanted through differentiable paths: only those get a gradient.</summary>
    public static bool[] LeadsTo(Graph graph, Func<Op, bool> isWanted)
    {
        bool[] leads = new bool[graph.Nodes.Count];
        for (int i = 0; i < leads.Length; i++)
            leads[i] = isWanted(graph[i].Op) || (graph[i].Op is not Ops.StopGradientOp && graph[i].Operands.Any(o => leads[o]));
        return leads;
    }
}
