using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// What steps of a network hand on to later ones, the <paramref name="Number"/>-th such value: zeros before the first step. What it becomes is an output of
/// the role Memory, taken over when the step is done, or written to it in place by <see cref="RememberOp"/>.
/// </summary>
internal sealed record MemoryOp(int Number, Shape Extents) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (Extents, true);
}

/// <summary>
/// A memory with this step's value written to it, in place: at the position (an id) along an axis, along which the value has one element. What was at the other positions
/// stays.
/// </summary>
internal sealed record RememberOp(int Axis) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        Shape memory = operands[0].Shape, value = operands[1].Shape;
        if (!memory.With(Axis, 1).Equals(value)) throw new ShapeException($"the memory {memory} can't hold {value} at a position of axis {Axis}");
        return (memory, true);
    }
}

/// <summary>
/// softmax(scale · query · keyᵀ) · value of one query per head, which sees the keys 0 to position (an id): query (heads, 1, width), key (heads, keys, width) and
/// value (heads, keys, value width) give (heads, 1, value width). What <see cref="AttentionOp"/> gives for the last query of a sequence.
/// </summary>
internal sealed record OneQueryAttentionOp(double Scale) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        Shape query = operands[0].Shape, key = operands[1].Shape, value = operands[2].Shape;
        if (query.Rank != 3 || query[1] != 1 || !key.With(1, 1).Equals(query) || query[0] != value[0] || key[1] != value[1])
            throw new ShapeException($"attention of one query expects a query (heads, 1, width), a key (heads, keys, width) and a value (heads, keys, value width), but got {query}, {key} and {value}");
        return (query.With(2, value[2]), true);
    }
}
