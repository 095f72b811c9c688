using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// The product of two tensors, summed over the axes that the result lacks, as Einstein wrote it: every axis carries a label; a matrix product is
/// (m, k)·(k, n) → (m, n), with the second transposed (…, k)·(n, k) → (…, n), a batched product carries a label on all three. The batch is an implicit axis of what
/// is per row; <paramref name="OverRows"/> sums over it too (weight gradients). All layouts, batches and gradients are this one op.
/// </summary>
internal sealed record ContractOp(EquatableArray<int> Left, EquatableArray<int> Right, EquatableArray<int> Result, bool OverRows) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var extents = new Dictionary<int, int>();
        foreach (var (labels, shape) in new[] { (Left, operands[0].Shape), (Right, operands[1].Shape) })
        {
            for (int axis = 0; axis < labels.Count; axis++)
            {
                if (extents.TryGetValue(labels[axis], out int known) && known != shape[axis])
                    throw new ShapeException($"{operands[0].Shape} times {operands[1].Shape}: the extents that meet, {known} and {shape[axis]}, must be equal");
                extents[labels[axis]] = shape[axis];
            }
        }
        return (new Shape(Result.Select(label => extents[label]).ToEquatableArray()), !OverRows && operands.Any(o => o.PerRow));
    }

    /// <summary>Each gradient is again a contraction: of the upstream gradient with the other operand, back to this operand's labels.</summary>
    public override void Differentiate(GradientRule rule)
    {
        var (left, right, upstream) = (rule.Operands[0], rule.Operands[1], rule.Upstream);
        var graph = upstream.Graph;
        if (rule.Needs(0)) rule.Gradients[0] = graph.Add(new ContractOp(Result, Right, Left, upstream.PerRow && !left.PerRow), upstream, right);
        if (rule.Needs(1)) rule.Gradients[1] = graph.Add(new ContractOp(Left, Result, Right, upstream.PerRow && !right.PerRow), left, upstream);
    }

    /// <summary>(…, m, k) times (…, k, n); leading axes are batched when both have them, and must then be equal.</summary>
    public static Value MatMul(Value left, Value right)
    {
        if (left.Shape.Rank < 1 || right.Shape.Rank < 2)
            throw new ShapeException($"MatMul expects (…, m, k) times (…, k, n), but got {left.Shape} times {right.Shape}");
        int inner = left.Shape.Rank - 1, batch = right.Shape.Rank - 2;
        if (left.Shape.Last != right.Shape[batch])
            throw new ShapeException($"MatMul of {left.Shape} and {right.Shape}: the last extent of the first, {left.Shape.Last}, must equal the second-last of the second, {right.Shape[batch]}");
        if (batch > 0 && (left.Shape.Rank != right.Shape.Rank || !left.Shape.Extents.Take(batch).SequenceEqual(right.Shape.Extents.Take(batch))))
            throw new ShapeException($"MatMul of {left.Shape} and {right.Shape}: the leading extents must be equal");
        const int Contracted = 1000, Column = 1001;
        int[] leading = Enumerable.Range(0, inner).ToArray();
        return left.Graph.Add(new ContractOp(
            leading.Append(Contracted).ToEquatableArray(),
            Enumerable.Range(0, batch).Concat([Contracted, Column]).ToEquatableArray(),
            leading.Append(Column).ToEquatableArray(), OverRows: false), left, right);
    }

    /// <summary>x (…, k) times the transpose of weight (n, k), PyTorch's order.</summary>
    public static Value TimesTransposed(Value x, Value weight)
    {
        const int Contracted = 1000, Column = 1001;
        int[] leading = Enumerable.Range(0, x.Shape.Rank - 1).ToArray();
        return x.Graph.Add(new ContractOp(
            leading.Append(Contracted).ToEquatableArray(), new[] { Column, Contracted }, leading.Append(Column).ToEquatableArray(), OverRows: false), x, weight);
    }
}
