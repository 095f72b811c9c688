using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Appends to a graph the gradients of what is wanted: by <see cref="ReverseMode"/>.
/// </summary>
internal static class Differentiate
{
    /// <summary>
    /// The gradients of the mean loss by the trained parameters. The seed is the LossScale leaf (one over the rows of the batch or their weights), so one program serves
    /// every batch size.
    /// </summary>
    public static Graph LossByParameters(Graph graph)
        => Run(graph, OutputRole.Loss, (builder, _, _) => builder.Add(new LossScaleOp()), IsTrained);

    /// <summary>The gradients by trained parameters and inputs, from gradients by the outputs that the caller gives.</summary>
    public static Graph OutputByAll(Graph graph)
        => Run(graph, OutputRole.Output, (builder, output, shape) => builder.Add(InputOp.AtOutput(InputOp.OutputGradient, output, shape)),
            op => IsTrained(op) || op is InputOp { IsDifferentiable: true });

    /// <summary>The gradients of the mean loss by the outputs, in a graph that begins at them: see <see cref="CutAtOutput"/>.</summary>
    public static Graph LossByOutput(Graph graph)
        => Run(graph, OutputRole.Loss, (builder, _, _) => builder.Add(new LossScaleOp()), op => op is InputOp { IsPassOutput: true });

    /// <summary>
    /// The loss as a function of the outputs alone, which become inputs. To be cut before anything is simplified: a reshape of a reshape would
    /// read past an output. Where two outputs are one value, the loss reads the first of them.
    /// </summary>
    public static Graph CutAtOutput(Graph graph)
    {
        int loss = graph.Find(OutputRole.Loss);
        var builder = new GraphBuilder();
        var copies = new Value?[graph.Nodes.Count];
        foreach (var output in graph.All(OutputRole.Output))
        {
            builder.Layer = graph[output.Node].Layer;
            var input = builder.Add(InputOp.AtOutput(InputOp.PassOutput, output.Name, graph[output.Node].Shape));
            copies[output.Node] ??= input;
        }
        bool[] needed = new bool[graph.Nodes.Count];
        needed[loss] = true;
        for (int i = loss; i >= 0; i--)
            if (needed[i] && copies[i] is null) foreach (int operand in graph[i].Operands) needed[operand] = true;
        for (int i = 0; i <= loss; i++)
        {
            if (!needed[i] || copies[i] is not null) continue;
            var node = graph[i];
            builder.Layer = node.Layer;
            copies[i] = builder.Add(node.Op, node.Operands.Select(o => copies[o]!).ToArray(), node.Shape, node.PerRow);
        }
        return builder.Build([new Output(OutputRole.Loss, "", copies[loss]!.Index)]);
    }

    private static bool IsTrained(Op op) => op is ParameterOp { Frozen: false };

    private static Graph Run(Graph declared, OutputRole from, Func<GraphBuilder, string, Shape, Value> seed, Func<Op, bool> isWanted)
    {
        var graph = Keep(declared, isWanted);
        var builder = new GraphBuilder();
        foreach (var node in graph.Nodes)
        {
            builder.Layer = node.Layer;
            builder.Add(node.Op, node.Operands.Select(builder.At).ToArray(), node.Shape, node.PerRow);
        }

        var gradients = new Value?[graph.Nodes.Count];
        foreach (var start in graph.All(from))
        {
            builder.Layer = graph[start.Node].Layer;
            var given = builder.Broadcast(seed(builder, start.Name, graph[start.Node].Shape), graph[start.Node].Shape, perRow: true);
            gradients[start.Node] = gradients[start.Node] is { } sum ? sum + given : given;
        }
        ReverseMode.Accumulate(graph, builder, Enumerable.Range(0, graph.Nodes.Count).Select(builder.At).ToList(), gradients, ReverseMode.LeadsTo(graph, isWanted));

        var outputs = new List<Output>(graph.Outputs.Where(o => o.Role == from || o.Role == OutputRole.State));
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (!isWanted(graph[i].Op)) continue;
            var (role, name) = graph[i].Op is ParameterOp parameter ? (OutputRole.Gradient, parameter.Path) : (OutputRole.InputGradient, ((InputOp)graph[i].Op).Variable);
            var gradient = gradients[i] ?? builder.Broadcast(builder.Scalar(0), graph[i].Shape, graph[i].PerRow);
            outputs.Add(new Output(role, name, gradient.Index));
        }
        return builder.Build(outputs);
    }

    /// <summary>The same graph, in which every Scan that gets a gradient also gives what that gradient reads: see <see cref="ScanGradient"/>.</summary>
    private static Graph Keep(Graph graph, Func<Op, bool> isWanted)
    {
        if (!graph.Nodes.Any(n => n.Op is ScanOp)) return graph;
        bool[] leads = ReverseMode.LeadsTo(graph, isWanted);
        var builder = new GraphBuilder();
        var copies = new List<Value>();
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => copies[o]).ToArray();
            copies.Add(node.Op is ScanOp scan && leads[i]
                ? builder.Add(ScanGradient.Keep(scan, node.Operands.Select(o => leads[o]).ToList()), operands).Slice(1, 0, scan.Width)
                : builder.Add(node.Op, operands, node.Shape, node.PerRow));
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = copies[o.Node].Index }));
    }
}
