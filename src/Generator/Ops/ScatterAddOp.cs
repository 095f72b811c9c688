using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// The reverse of <see cref="GatherOp"/> from a table that all rows share: each entry of a table of <paramref name="Count"/> entries is the sum of the
/// values whose id names it, over all rows of the batch in their order; an entry that no id names is 0. Rows meet here.
/// </summary>
internal sealed record ScatterAddOp(int Count) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var (values, ids) = (operands[0].Shape, operands[1].Shape);
        if (values.Rank < ids.Rank || !values.Extents.Take(ids.Rank).SequenceEqual(ids.Extents))
            throw new ShapeException($"values of the shape {values} can't be added up by ids of the shape {ids}: it must begin with theirs");
        return (new Shape(values.Extents.Skip(ids.Rank).Prepend(Count).ToEquatableArray()), false);
    }

    /// <summary>Every value gets the gradient of the entry that it was added to.</summary>
    public override void Differentiate(GradientRule rule)
    {
        if (rule.Needs(0)) rule.Gradients[0] = rule.Upstream.Graph.Add(new GatherOp(), rule.Upstream, rule.Operands[1]);
    }
}
