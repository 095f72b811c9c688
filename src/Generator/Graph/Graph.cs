namespace DlGen.Graphs;

/// <summary>
/// One tensor value: an operation on earlier nodes. A value either differs from row to row of the batch (<paramref name="PerRow"/>, its shape
/// then excludes the batch) or is shared by all rows. <paramref name="Layer"/> is the path of the layer that made it, for texts only.
/// </summary>
internal sealed record Node(Op Op, EquatableArray<int> Operands, Shape Shape, bool PerRow, string Layer);

/// <summary>
/// A network or one program of it: nodes in topological order and the ones whose values leave. Compared by a hash computed once, then by
/// content, because the pipeline compares it after every keystroke.
/// </summary>
internal sealed class Graph : IEquatable<Graph>
{
    private readonly int hash;

    public Graph(EquatableArray<Node> nodes, EquatableArray<Output> outputs)
    {
        Nodes = nodes;
        Outputs = outputs;
        hash = unchecked((nodes.GetHashCode() * 31) + outputs.GetHashCode());
    }

    public EquatableArray<Node> Nodes { get; }

    public EquatableArray<Output> Outputs { get; }

    public Node this[int index] => Nodes[index];

    /// <summary>The node of the output of that role and name, or -1.</summary>
    public int Find(OutputRole role, string name = "")
    {
        foreach (var output in Outputs)
            if (output.Role == role && (name.Length == 0 || output.Name == name)) return output.Node;
        return -1;
    }

    /// <summary>The outputs of a role, in order.</summary>
    public IEnumerable<Output> All(OutputRole role) => Outputs.Where(o => o.Role == role);

    public bool Equals(Graph? other) => other is not null && hash == other.hash && Nodes.Equals(other.Nodes) && Outputs.Equals(other.Outputs);

    public override bool Equals(object? obj) => Equals(obj as Graph);

    public override int GetHashCode() => hash;
}

/// <summary>Why a value leaves the graph.</summary>
internal enum OutputRole
{
    /// <summary>What Predict writes: the network's outputs with the loss's link (probabilities). Of several each has its name.</summary>
    Prediction,

    /// <summary>The network's outputs as Forward returns them, before the loss's link: what a pass gives.</summary>
    Output,

    /// <summary>The loss of each row; where rows have weights, times its weight.</summary>
    Loss,

    /// <summary>The weight of each row's loss, if the loss has weights: of inputs and targets alone. The mean divides by their sum.</summary>
    Weight,

    /// <summary>The label of each place of the output as a number, -1 where none counts: of inputs and targets alone, where they are not a target as it is.</summary>
    Labels,

    /// <summary>The gradient by the parameter of that name.</summary>
    Gradient,

    /// <summary>The gradient by the input of that name, row by row.</summary>
    InputGradient,

    /// <summary>What the running statistic of that name becomes by a training step.</summary>
    State,

    /// <summary>What the <see cref="Ops.MemoryOp"/> of that number becomes by a step.</summary>
    Memory,

    /// <summary>In a Scan's body: what the next step gets of the carry at that place.</summary>
    Carry,

    /// <summary>In a Scan's body: what else each step gives.</summary>
    Step,
}

internal readonly record struct Output(OutputRole Role, string Name, int Node);
