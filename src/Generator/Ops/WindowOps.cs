using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// Windows along one axis, as of convolutions and pools: tap t of the window at position p is element Start + p·Stride + t·Step. The step may be
/// negative, so that the taps run backwards.
/// </summary>
internal readonly record struct Windows(int Positions, int Taps, int Start, int Stride, int Step)
{
    public int First => Start + Math.Min(0, (Taps - 1) * Step);

    public int Last => Start + ((Positions - 1) * Stride) + Math.Max(0, (Taps - 1) * Step);

    /// <summary>All windows of so many taps that an axis has room for.</summary>
    public static Windows Over(int extent, int taps, int stride, int step) => new(((extent - 1 - ((taps - 1) * step)) / stride) + 1, taps, 0, stride, step);

    public void MustFit(int axis, Shape shape)
    {
        if (Positions < 1 || Taps < 1 || Stride < 1 || First < 0 || Last >= shape[axis])
            throw new ShapeException($"windows over the elements {First} to {Last} leave axis {axis} of {shape}, which has {shape[axis]} elements");
    }
}

/// <summary>The windows over an axis, which becomes two: positions, taps. Elements appear as often as windows hold them, but nothing is copied.</summary>
internal sealed record UnfoldOp(int Axis, Windows Windows) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        Windows.MustFit(Axis, shape);
        return (new Shape(shape.Extents.Take(Axis).Concat([Windows.Positions, Windows.Taps]).Concat(shape.Extents.Skip(Axis + 1)).ToEquatableArray()), operands[0].PerRow);
    }

    public override void Differentiate(GradientRule rule) => rule.Gradients[0] = rule.Upstream.Fold(Axis, rule.Operands[0].Shape[Axis], Windows);
}

/// <summary>
/// The inverse road: two axes, positions and taps, become one, each of whose elements is the sum of all that windows hold of it, in the order of the
/// taps; 0 where no window reaches.
/// </summary>
internal sealed record FoldOp(int Axis, int Extent, Windows Windows) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        if (Axis + 1 >= shape.Rank || shape[Axis] != Windows.Positions || shape[Axis + 1] != Windows.Taps)
            throw new ShapeException($"axes {Axis} and {Axis + 1} of {shape} are not {Windows.Positions} windows of {Windows.Taps} elements");
        var result = new Shape(shape.Extents.Take(Axis).Append(Extent).Concat(shape.Extents.Skip(Axis + 2)).ToEquatableArray());
        Windows.MustFit(Axis, result);
        return (result, operands[0].PerRow);
    }

    public override void Differentiate(GradientRule rule) => rule.Gradients[0] = rule.Upstream.Unfold(Axis, Windows);
}
