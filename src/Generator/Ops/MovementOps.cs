using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>The same elements in the same row-major order under another shape: never a copy.</summary>
internal sealed record ReshapeOp(Shape Extents) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
        => operands[0].Shape.Count == Extents.Count
            ? (Extents, operands[0].PerRow)
            : throw new ShapeException($"{operands[0].Shape} has {operands[0].Shape.Count} elements and can't be reshaped to {Extents}, which has {Extents.Count}");

    public override void Differentiate(GradientRule rule) => rule.Gradients[0] = rule.Upstream.Reshape(rule.Operands[0].Shape);
}

/// <summary>Axis i of the result is axis Axes[i] of the operand.</summary>
internal sealed record TransposeOp(EquatableArray<int> Axes) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        if (!Axes.OrderBy(a => a).SequenceEqual(Enumerable.Range(0, shape.Rank)))
            throw new ShapeException($"Transpose({Axes}) must name each of the {shape.Rank} axes of {shape} once");
        return (new Shape(Axes.Select(a => shape[a]).ToEquatableArray()), operands[0].PerRow);
    }

    public override void Differentiate(GradientRule rule)
    {
        int[] inverse = new int[Axes.Count];
        for (int i = 0; i < inverse.Length; i++) inverse[Axes[i]] = i;
        rule.Gradients[0] = rule.Upstream.Transpose(inverse);
    }
}

/// <summary>Length elements along one axis: Start, Start + Step, Start + 2·Step, …</summary>
internal sealed record SliceOp(int Axis, int Start, int Length, int Step = 1) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        if (Start < 0 || Length < 1 || Step < 1 || Last >= shape[Axis])
            throw new ShapeException($"the slice {Start}..{Start + Length} leaves axis {Axis} of {shape}, which has {shape[Axis]} elements");
        return (shape.With(Axis, Length), operands[0].PerRow);
    }

    public override void Differentiate(GradientRule rule)
        => rule.Gradients[0] = rule.Upstream.Pad(Axis, Start, rule.Operands[0].Shape[Axis] - 1 - Last, Step - 1);

    private int Last => Start + ((Length - 1) * Step);
}

/// <summary>One number before and after along one axis, and <paramref name="Interior"/> times between any two elements.</summary>
internal sealed record PadOp(int Axis, int Before, int After, int Interior = 0, double Value = 0) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        return (shape.With(Axis, Before + ((shape[Axis] - 1) * (Interior + 1)) + 1 + After), operands[0].PerRow);
    }

    public override void Differentiate(GradientRule rule)
        => rule.Gradients[0] = rule.Upstream.Slice(Axis, Before, rule.Operands[0].Shape[Axis], Interior + 1);
}

/// <summary>Operands side by side along one axis; their other extents are equal.</summary>
internal sealed record ConcatOp(int Axis) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var first = operands[0].Shape;
        foreach (var operand in operands)
            if (operand.Shape.Rank != first.Rank || !operand.Shape.Without(Axis).Equals(first.Without(Axis)))
                throw new ShapeException($"Concat along axis {Axis} of {first} and {operand.Shape}: all other extents must be equal");
        return (first.With(Axis, operands.Sum(o => o.Shape[Axis])), operands.Any(o => o.PerRow));
    }

    public override void Differentiate(GradientRule rule)
    {
        int start = 0;
        for (int i = 0; i < rule.Operands.Count; i++)
        {
            var operand = rule.Operands[i];
            var part = rule.Upstream.Slice(Axis, start, operand.Shape[Axis]);
            start += operand.Shape[Axis];
            if (rule.Needs(i)) rule.Gradients[i] = rule.Upstream.Graph.SumTo(part, operand.Shape, operand.PerRow);
        }
    }
}

/// <summary>The operand itself, through which no gradient flows.</summary>
internal sealed record StopGradientOp : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (operands[0].Shape, operands[0].PerRow);
}

/// <summary>The first operand's elements, read only when the second operand is there.</summary>
internal sealed record AfterOp : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands) => (operands[0].Shape, operands[0].PerRow);
}
