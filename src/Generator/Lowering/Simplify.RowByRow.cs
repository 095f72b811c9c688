using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Sums and statistics over the batch and along axes of a row: along the axes first, row by row, while what is summed is still in the cache, then over the rows. The batch-wide part
/// has little to read, and what was summed need not outlive its row.
/// </summary>
internal sealed partial class Simplify
{
    /// <summary>Fewer elements that a row's sum takes in are summed with those of the other rows.</summary>
    private const int LeastOfRow = 8;

    /// <summary>The sum over rows and axes, of the rows' own sums where those are much less to read than what they sum.</summary>
    private Value Sum(ReduceOp reduce, Value x)
    {
        if (reduce is not { OverRows: true, Kind: ReduceKind.Sum } || !IsSummedByRow(x, reduce.Axes)) return Reduced(reduce, x);
        return builder.Add(reduce with { Axes = EquatableArray<int>.Empty }, Reduced(reduce with { OverRows = false }, x));
    }

    /// <summary>The reduction of what is transposed, where it lies: the pixels of an image that comes channels first are then a row each.</summary>
    private Value Reduced(ReduceOp reduce, Value x)
    {
        if (x.Node.Op is not TransposeOp { Axes: var axes } || reduce.Kind == ReduceKind.ArgMax) return builder.Add(reduce, x);
        int[] kept = [.. Enumerable.Range(0, axes.Count).Where(a => x.Shape[a] > 1 && !reduce.Axes.Contains(a)).Select(a => axes[a])];
        if (!kept.SequenceEqual(kept.OrderBy(a => a))) return builder.Add(reduce, x);
        var result = builder.Add(reduce with { Axes = reduce.Axes.Select(a => axes[a]).OrderBy(a => a).ToEquatableArray() }, builder.At(x.Node.Operands[0]));
        return result.Reshape(new Shape(axes.Select(a => result.Shape[a]).ToEquatableArray()));
    }

    /// <summary>
    /// Mean and variance of all from those of each row, all rows having as many elements: the mean is that of the means, the variance the mean of the variances and the variance of
    /// the means. No square of a large mean is subtracted from another.
    /// </summary>
    private Value Moments(MomentsOp moments, Value x)
    {
        if (!IsSummedByRow(x, moments.Axes)) return builder.Add(moments, x);
        double count = CountAlong(x, moments.Axes);
        var mean = builder.Add(new ReduceOp(ReduceKind.Sum, moments.Axes, OverRows: false), x) * (1 / count);
        var squares = builder.Map(body =>
        {
            int distance = body.Subtract(body.Operand(0), body.Operand(1));
            return body.Multiply(distance, distance);
        }, x, mean);
        var variance = builder.Add(new ReduceOp(ReduceKind.Sum, moments.Axes, OverRows: false), squares) * (1 / count);
        var ofMeans = builder.Add(new MomentsOp(EquatableArray<int>.Empty), mean);
        var meanVariance = builder.Add(new MomentsOp(EquatableArray<int>.Empty), variance).Slice(0, MomentsOp.Mean, 1);
        return builder.Add(new ConcatOp(0), ofMeans.Slice(0, MomentsOp.Count, 1) * count, ofMeans.Slice(0, MomentsOp.Mean, 1), ofMeans.Slice(0, MomentsOp.Variance, 1) + meanVariance);
    }

    private static bool IsSummedByRow(Value x, EquatableArray<int> axes) => x.PerRow && CountAlong(x, axes) >= LeastOfRow;

    private static int CountAlong(Value x, EquatableArray<int> axes) => axes.Aggregate(1, (count, axis) => count * x.Shape[axis]);
}
