using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// What steps have in common: of the inputs that are given for all of them, and of nothing else that moves, a network of steps computes what it computes once, in a program of its own. What a
/// step reads of it becomes memory, behind that of the steps.
/// </summary>
internal sealed class Beginning
{
    private readonly Graph graph;
    private readonly string sequence;
    private readonly bool[] isOnce;

    private Beginning(Graph graph, string sequence)
    {
        this.graph = graph;
        this.sequence = sequence;
        isOnce = OnceIn(graph);
    }

    /// <summary>
    /// Puts a stop behind what is computed once and read at every step, so that no Map of a step takes it in.
    /// </summary>
    /// <param name="step">The network at one time step.</param>
    /// <param name="sequence">The input that steps.</param>
    public static Graph Mark(Graph step, string sequence) => new Beginning(step, sequence).Marked();

    /// <summary>
    /// The two programs. They meet where values lie in memory: views, and inputs, which both programs can read, are the step's own. So what is copied to lie as a step reads it is copied once.
    /// </summary>
    /// <param name="step">The network at one time step, laid out.</param>
    /// <param name="sequence">The input that steps.</param>
    /// <returns>Null for a network that begins with nothing; the step; the number of the first memory that is given to it.</returns>
    public static (Graph? Begin, Graph Step, int FirstGiven) Split(Graph step, string sequence) => new Beginning(step, sequence).Halves();

    private bool[] OnceIn(Graph graph)
    {
        bool[] isGiven = new bool[graph.Nodes.Count], moves = new bool[graph.Nodes.Count];
        for (int i = 0; i < isGiven.Length; i++)
        {
            var node = graph[i];
            bool isGivenInput = node.Op is InputOp input && input.Variable != InputOp.Position && input.Variable != sequence;
            isGiven[i] = isGivenInput || node.Operands.Any(o => isGiven[o]);
            moves[i] = (node.Op is InputOp && !isGivenInput) || node.Op is MemoryOp || node.Operands.Any(o => moves[o]);
        }
        return [.. isGiven.Select((given, i) => given && !moves[i])];
    }

    private Graph Marked()
    {
        if (!isOnce.Contains(true)) return graph;
        var builder = new GraphBuilder();
        var values = new Value[graph.Nodes.Count];
        for (int i = 0; i < values.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            values[i] = builder.Add(node.Op, node.Operands.Select(o => isOnce[o] && !isOnce[i] && graph[o].Op is MapOp ? values[o].StopGradient() : values[o]).ToList(), node.Shape, node.PerRow);
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = values[o.Node].Index }).ToList());
    }

    private (Graph?, Graph, int) Halves()
    {
        int first = graph.Nodes.Select(n => n.Op).OfType<MemoryOp>().Select(m => m.Number)
            .Concat(graph.All(OutputRole.Memory).Select(o => int.Parse(o.Name, CultureInfo.InvariantCulture))).DefaultIfEmpty(-1).Max() + 1;
        bool[] inStep = new bool[graph.Nodes.Count];
        foreach (var output in graph.Outputs) inStep[output.Node] = true;
        var given = new List<int>();
        for (int i = inStep.Length - 1; i >= 0; i--)
        {
            if (!inStep[i]) continue;
            if (isOnce[i] && graph[i].Op is not InputOp && !graph[i].Op.IsView) given.Add(i);
            else foreach (int operand in graph[i].Operands) inStep[operand] = true;
        }
        if (given.Count == 0) return (null, graph, first);
        given.Reverse();
        return (Begin(given, first), Step(given, first, inStep), first);
    }

    private Graph Begin(List<int> given, int first)
    {
        bool[] isRead = new bool[graph.Nodes.Count];
        foreach (int node in given) isRead[node] = true;
        for (int i = isRead.Length - 1; i >= 0; i--)
            if (isRead[i]) foreach (int operand in graph[i].Operands) isRead[operand] = true;
        var builder = new GraphBuilder();
        var values = new Value?[graph.Nodes.Count];
        for (int i = 0; i < values.Length; i++)
            if (isRead[i]) values[i] = Copy(builder, graph[i], values);
        return builder.Build(given.Select((node, place) =>
        {
            // The slots of a Scan are no buffer of a kernel's own.
            var value = graph[node].Op is ScanOp ? Layout.Copy(values[node]!) : values[node]!;
            return new Output(OutputRole.Memory, (first + place).ToString(CultureInfo.InvariantCulture), value.Index);
        }).ToList());
    }

    private Graph Step(List<int> given, int first, bool[] inStep)
    {
        var builder = new GraphBuilder();
        var values = new Value?[graph.Nodes.Count];
        for (int i = 0; i < values.Length; i++)
        {
            if (!inStep[i]) continue;
            int place = given.IndexOf(i);
            builder.Layer = graph[i].Layer;
            values[i] = place >= 0 ? builder.Add(new MemoryOp(first + place, graph[i].Shape)) : Copy(builder, graph[i], values);
        }
        // An output that is the same at all steps is copied to where it goes.
        return builder.Build(graph.Outputs.Select(o => o with { Node = (isOnce[o.Node] ? Layout.Copy(values[o.Node]!) : values[o.Node]!).Index }).ToList());
    }

    private static Value Copy(GraphBuilder builder, Node node, Value?[] values)
    {
        builder.Layer = node.Layer;
        return builder.Add(node.Op, node.Operands.Select(o => values[o]!).ToList(), node.Shape, node.PerRow);
    }
}
