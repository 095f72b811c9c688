namespace DlGen.Graphs;

/// <summary>
/// An operation on tensors, from a small closed set (folder Ops, one file each). It knows its shape rule and its gradient rule; nothing else in
/// the compiler has to know which layer it came from.
/// </summary>
internal abstract record Op
{
    public virtual string Name => GetType().Name.Replace("Op", "");

    /// <summary>Whether the result is the operand's elements where they lie, under other axes.</summary>
    public bool IsView => this is Ops.ReshapeOp or Ops.TransposeOp or Ops.SliceOp or Ops.UnfoldOp or Ops.StopGradientOp or Ops.AfterOp;

    /// <summary>The result's shape and whether it differs from row to row; throws <see cref="ShapeException"/>.</summary>
    public abstract (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands);

    /// <summary>Adds to the graph the gradient by each operand that needs one; ops without a gradient leave it null.</summary>
    public virtual void Differentiate(GradientRule rule)
    {
    }
}

/// <summary>What a gradient rule gets: the values around an operation, and where it puts its results.</summary>
internal sealed class GradientRule(Value result, IReadOnlyList<Value> operands, Value upstream, IReadOnlyList<bool> needed)
{
    /// <summary>The operation's result; a rule that uses it spares its operands from being kept.</summary>
    public Value Result => result;

    public IReadOnlyList<Value> Operands => operands;

    /// <summary>The gradient of the loss by <see cref="Result"/>, in its shape.</summary>
    public Value Upstream => upstream;

    public Value?[] Gradients { get; } = new Value?[operands.Count];

    public bool Needs(int operand) => needed[operand];
}
