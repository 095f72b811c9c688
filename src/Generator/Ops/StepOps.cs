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
/// softmax(scale · query · keyᵀ) · value of one query per head: query (heads, 1, width), key (heads, keys, width) and value (heads, keys, value width) give (heads, 1, value width). What
/// <see cref="AttentionOp"/> gives for the last query of a sequence. Behind the value there are, with <paramref name="HasPosition"/>, an id, up to which keys are seen, and with
/// <paramref name="HasMask"/> a mask of them, (1, keys) or (heads or 1, 1, keys).
/// </summary>
internal sealed record OneQueryAttentionOp(double Scale, bool HasPosition, bool HasMask) : Op
{
    /// <summary>The operand that is the position.</summary>
    public const int Position = 3;

    /// <summary>The operand that is the mask.</summary>
    public int Mask => HasPosition ? 4 : 3;

    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        Shape query = operands[0].Shape, key = operands[1].Shape, value = operands[2].Shape;
        if (query.Rank != 3 || query[1] != 1 || !key.With(1, 1).Equals(query) || query[0] != value[0] || key[1] != value[1])
            throw new ShapeException($"attention of one query expects a query (heads, 1, width), a key (heads, keys, width) and a value (heads, keys, value width), but got {query}, {key} and {value}");
        if (HasMask && operands[Mask].Shape is var mask && (mask.Rank is not (2 or 3) || mask.Last != key[1] || mask[mask.Rank - 2] != 1 || (mask.Rank == 3 && mask[0] != 1 && mask[0] != query[0])))
            throw new ShapeException($"attention of the query {query} and the key {key} expects a mask (1, {key[1]}) or ({query[0]} or 1, 1, {key[1]}), but got {mask}");
        return (query.With(2, value[2]), true);
    }
}
