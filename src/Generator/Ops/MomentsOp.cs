using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// Count, mean and variance (divided by the count) over the rows of the batch and along axes, in one value shared by all rows: (3, …), whose further
/// axes are the operand's, those that are summed with extent 1. The statistics of batch normalisation; rows meet here.
/// </summary>
internal sealed record MomentsOp(EquatableArray<int> Axes) : Op
{
    /// <summary>Where along the first axis each statistic lies.</summary>
    public const int Count = 0, Mean = 1, Variance = 2;

    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = operands[0].Shape;
        foreach (int axis in Axes) shape = shape.With(axis, 1);
        return (new Shape(shape.Extents.Prepend(3).ToEquatableArray()), false);
    }

    /// <summary>∂mean/∂x = 1/n, ∂variance/∂x = 2·(x - mean)/n; the count depends on no value.</summary>
    public override void Differentiate(GradientRule rule)
    {
        var x = rule.Operands[0];
        var scale = 1.0 / Part(rule.Result, Count);
        var byMean = Part(rule.Upstream, Mean) * scale;
        var byVariance = Part(rule.Upstream, Variance) * scale * 2;
        var gradient = byMean + ((x - Part(rule.Result, Mean)) * byVariance);
        rule.Gradients[0] = gradient.Broadcast(x.Shape, x.PerRow);
    }

    /// <summary>Number of values, mean and variance of <paramref name="x"/>, each with the shape of x and extent 1 along the axes.</summary>
    public static (Value Count, Value Mean, Value Variance) Of(Value x, params int[] axes)
    {
        int[] resolved = axes.Select(x.Shape.Axis).Distinct().OrderBy(a => a).ToArray();
        var moments = x.Graph.Add(new MomentsOp(resolved), x.Broadcast(x.Shape, perRow: true));
        return (Part(moments, Count), Part(moments, Mean), Part(moments, Variance));
    }

    private static Value Part(Value moments, int statistic)
        => moments.Slice(0, statistic, 1).Reshape(new Shape(moments.Shape.Extents.Skip(1).ToEquatableArray()));
}
