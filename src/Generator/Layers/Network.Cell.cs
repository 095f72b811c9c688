using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>Recurrences: a cell is read once, into a graph of its own, and stands for every step.</summary>
internal sealed partial class Network
{
    private readonly GraphBuilder graph = new();
    private ScanBody? cell;
    private int checkedNodes;

    /// <summary>What layers and functions add their nodes to: the network, or the cell of a Scan while it is read.</summary>
    public GraphBuilder Graph => cell?.Graph ?? graph;

    /// <summary>A value as it is seen here: in a cell, one from outside is captured. Ids are looked up for all steps at once, before it.</summary>
    public Value Local(Value value) => cell?.Capture(value.AsNumbers("The cell of a recurrence")) ?? value;

    /// <summary>In a cell: the step's element of a sequence (time, …) from outside.</summary>
    public Value AtStep(Value sequence) => (cell ?? throw new InvalidOperationException("a sequence has an element of the step in a cell alone")).Sequence(sequence);

    /// <summary>Fresh random numbers per row and step; in a cell, new ones at each of its steps.</summary>
    public Value Random(RandomKind kind, Shape shape) => cell is null
        ? graph.Add(new RandomOp(kind, randomStreams++, shape))
        : cell.Sequence(graph.Add(new RandomOp(kind, randomStreams++, shape.WithLeading(cell.Steps))));

    /// <summary>Runs a cell along the first axis of a sequence: from states and an element to the next states and further outputs.</summary>
    public Recurrence Scan(Value sequence, IReadOnlyList<Value> initial, Func<IReadOnlyList<Value>, Value, CellResult> read, bool reverse = false)
    {
        if (cell is not null) throw new LayerException("a recurrence can't run within the cell of another; run it over the whole sequence, before or after");
        foreach (var value in initial.Prepend(sequence)) value.AsNumbers("A recurrence");
        if (sequence.Shape.Rank == 0) throw new ShapeException("a recurrence goes along the first axis, time, but the sequence has the shape (); give it (time, …)");
        var body = new ScanBody(graph, sequence.Shape[0]);
        int layersBefore = applications.Count;
        (cell, checkedNodes) = (body, 0);
        try
        {
            var states = initial.Select(body.Carry).ToList();
            var result = read(states, body.Sequence(sequence));
            CheckCell();
            for (int i = 0; i < states.Count; i++)
                if (!result.Next[i].Shape.Equals(states[i].Shape))
                    throw new ShapeException($"the cell gets a state of the shape {states[i].Shape} but gives {result.Next[i].Shape}; the next step must get what this one got");
            return Close(body, result, layersBefore, reverse);
        }
        finally
        {
            cell = null;
        }
    }

    /// <summary>Refuses what can't run step by step.</summary>
    public void CheckCell()
    {
        for (; cell is not null && checkedNodes < cell.Graph.Count; checkedNodes++)
        {
            var op = cell.Graph[checkedNodes].Op;
            if (op is MomentsOp) throw new LayerException("statistics of the batch can't be taken at every step of a recurrence; use LayerNorm, or BatchNorm before or after it");
            if (!OverSteps.Knows(op)) throw new LayerException($"{op.Name} can't run within the cell of a recurrence; apply it to the whole sequence, before or after");
        }
    }

    private Recurrence Close(ScanBody body, CellResult result, int layersBefore, bool reverse)
    {
        var next = result.Next.Select(n => body.Graph.Broadcast(n, n.Shape, perRow: true)).ToList();
        var outputs = result.Outputs.Select(o => body.Graph.Broadcast(o, o.Shape, perRow: true)).ToList();
        // An output that is the next state too has its place already.
        var all = next.Concat(outputs).Select(v => v.Index).ToList();
        var further = outputs.Where((o, i) => all.IndexOf(o.Index) == next.Count + i).ToList();
        var (op, operands) = body.Close(next, further, reverse);
        var packed = graph.Add(op, operands);
        var places = outputs.Select(o => next.FindIndex(n => n.Index == o.Index) is >= 0 and var state ? state : next.Count + further.FindIndex(f => f.Index == o.Index)).ToList();
        PlaceLayers(body.Graph, next.Concat(outputs), layersBefore, packed.Index);
        return new Recurrence(op, packed, places);
    }

    private void PlaceLayers(GraphBuilder built, IEnumerable<Value> results, int first, int scan)
    {
        bool[] used = new bool[built.Count];
        foreach (var result in results) used[result.Index] = true;
        for (int i = used.Length - 1; i >= 0; i--)
            if (used[i]) foreach (int operand in built[i].Operands) used[operand] = true;
        for (int i = first; i < applications.Count; i++) applications[i] = applications[i] with { Input = -1, Result = applications[i].IsUsed(used) ? scan : -1, State = [] };
    }
}

/// <summary>What a cell gives: the states for the next step, and what else.</summary>
internal readonly record struct CellResult(IReadOnlyList<Value> Next, IReadOnlyList<Value> Outputs);

/// <summary>A Scan in the network, taken apart.</summary>
internal sealed class Recurrence(ScanOp op, Value packed, IReadOnlyList<int> outputs)
{
    /// <summary>A state after every step: (time, …).</summary>
    public Value States(int state) => op.Results(packed, state);

    /// <summary>A state after the last step.</summary>
    public Value Final(int state) => op.Final(packed, state);

    /// <summary>A further output of every step: (time, …).</summary>
    public Value Output(int output) => op.Results(packed, outputs[output]);
}
