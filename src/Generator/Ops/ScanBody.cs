using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// A Scan while it is built: what stands in <see cref="Graph"/> is computed at every step, from leaves that this makes of values outside. Close it with
/// what the carries become and what else each step gives.
/// </summary>
internal sealed class ScanBody
{
    private readonly GraphBuilder outer;
    private readonly int steps;
    private readonly List<Value> sequences = [];
    private readonly List<Value> initial = [];
    private readonly List<Value> captured = [];

    public ScanBody(GraphBuilder outer, int steps)
    {
        this.outer = outer;
        this.steps = steps;
        Graph.Layer = outer.Layer;
    }

    public GraphBuilder Graph { get; } = new();

    public int Steps => steps;

    /// <summary>The step's element of a sequence (time, …).</summary>
    public Value Sequence(Value sequence) => Leaf(BodyInputKind.Sequence, sequences, sequence, sequence.Shape.Without(0), sequence.PerRow);

    /// <summary>A value that steps hand on; it begins as <paramref name="start"/>, in every row.</summary>
    public Value Carry(Value start)
    {
        // Two carries may begin as one value, so each gets a leaf of its own.
        initial.Add(outer.Broadcast(start, start.Shape, perRow: true));
        return Graph.Add(new BodyInputOp(BodyInputKind.Carry, initial.Count - 1, start.Shape, IsPerRow: true));
    }

    /// <summary>A value from outside, as every step sees it. What is in this body already stays as it is.</summary>
    public Value Capture(Value value)
        => value.Graph == Graph ? value
        : GraphBuilder.IsScalarConstant(value.Node, out double number) ? Graph.Scalar(number)
        : Leaf(BodyInputKind.Captured, captured, value, value.Shape, value.PerRow);

    /// <summary>The Scan with its operands, not yet in the graph outside.</summary>
    public (ScanOp Op, Value[] Operands) Close(IReadOnlyList<Value> next, IReadOnlyList<Value> outputs, bool reverse, int kept = 0)
    {
        var results = next.Select(n => new Output(OutputRole.Carry, "", PerRow(n).Index)).Concat(outputs.Select(o => new Output(OutputRole.Step, "", o.Index)));
        return (new ScanOp(Graph.Build(results.ToList()), steps, sequences.Count, reverse, kept), [.. sequences, .. initial, .. captured]);
    }

    private Value PerRow(Value carry) => Graph.Broadcast(carry, carry.Shape, perRow: true);

    private Value Leaf(BodyInputKind kind, List<Value> operands, Value value, Shape shape, bool perRow)
    {
        int index = operands.FindIndex(o => o.Index == value.Index);
        if (index < 0)
        {
            operands.Add(value);
            index = operands.Count - 1;
        }
        return Graph.Add(new BodyInputOp(kind, index, shape, perRow));
    }
}
