using DlGen.Graphs;

namespace DlGen.Ops;

internal enum BodyInputKind
{
    /// <summary>The element of a sequence at the step's time.</summary>
    Sequence,

    /// <summary>What the step before gave.</summary>
    Carry,

    /// <summary>A value from outside, the same at every step.</summary>
    Captured,
}

/// <summary>A leaf of a Scan's body: the <paramref name="Index"/>-th of its kind among the Scan's operands.</summary>
internal sealed record BodyInputOp(BodyInputKind Kind, int Index, Shape Extents, bool IsPerRow) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, IsPerRow);
}

/// <summary>
/// A recurrence: <paramref name="Body"/> runs once per step, and what it makes of the carried values the next step gets. Operands are the sequences
/// (time, …), the initial carries and the captured values. The body's outputs are the carries (role Carry), then what else each step gives (role Step).
/// The result is one value per row, (time + 1, width): each slot holds the outputs side by side. The carries' beginning has a slot of its own, where
/// further outputs are 0: the first, and step t writes slot t + 1. In <paramref name="Reverse"/>, time runs backwards: the beginning is the last slot and
/// the step at time t writes slot t. So states at all times, states before each step and the last state are views of one buffer.
/// </summary>
/// <param name="Kept">How many of the last outputs are there for the gradient alone: see <see cref="ScanGradient"/>.</param>
internal sealed record ScanOp(Graph Body, int Steps, int Sequences, bool Reverse, int Kept = 0) : Op
{
    public int Carries => Body.Outputs.Count(o => o.Role == OutputRole.Carry);

    /// <summary>Elements of one slot.</summary>
    public int Width => Body.Outputs.Sum(o => Body[o.Node].Shape.Count);

    /// <summary>The slot of the initial carries.</summary>
    public int InitialSlot => Reverse ? Steps : 0;

    /// <summary>The slot of time 0's results; those of time t lie t slots further.</summary>
    public int FirstResult => Reverse ? 0 : 1;

    /// <summary>The slot that the step at time 0 reads its carries from.</summary>
    public int FirstSource => Reverse ? 1 : 0;

    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Shape.Of(Steps + 1, Width), true);

    public override void Differentiate(GradientRule rule) => ScanGradient.Differentiate(this, rule);

    /// <summary>The operand that a leaf of the body stands for.</summary>
    public int Operand(BodyInputOp leaf) => leaf.Index + leaf.Kind switch
    {
        BodyInputKind.Sequence => 0,
        BodyInputKind.Carry => Sequences,
        _ => Sequences + Carries,
    };

    /// <summary>Where in a slot an output begins.</summary>
    public int Column(int output) => Body.Outputs.Take(output).Sum(o => Body[o.Node].Shape.Count);

    /// <summary>An output in all slots, (time + 1, elements), from a value laid out as the result.</summary>
    public Value Slots(Value packed, int output) => packed.Slice(1, Column(output), Body[Body.Outputs[output].Node].Shape.Count);

    /// <summary>An output at all times: (time, …).</summary>
    public Value Results(Value packed, int output) => Times(packed, output, FirstResult, Steps);

    /// <summary>A carry as each step gets it: (time, …).</summary>
    public Value Sources(Value packed, int carry) => Times(packed, carry, FirstSource, Steps);

    /// <summary>A carry after the last step that runs.</summary>
    public Value Final(Value packed, int carry) => Times(packed, carry, Reverse ? 0 : Steps, 1).Squeeze(0);

    /// <summary>A carry's beginning.</summary>
    public Value Initial(Value packed, int carry) => Times(packed, carry, InitialSlot, 1).Squeeze(0);

    private Value Times(Value packed, int output, int first, int count)
        => Slots(packed, output).Slice(0, first, count).Reshape(Body[Body.Outputs[output].Node].Shape.WithLeading(count));
}
