using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// The entries of a table's first axis that int ids name: (count, …) at ids (…) gives the ids' shape, then the rest of the table's. The ids stay ints: an
/// input with a vocabulary, or a view of one, whose values are checked where they enter.
/// </summary>
internal sealed record GatherOp : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var (table, ids) = (operands[0], operands[1]);
        if (table.Shape.Rank == 0) throw new ShapeException("a table of the shape () has no entries that ids could name; its first axis must count them");
        return (new Shape(ids.Shape.Extents.Concat(table.Shape.Extents.Skip(1)).ToEquatableArray()), table.PerRow || ids.PerRow);
    }

    /// <summary>
    /// What was taken from an entry adds up there. Where every row has a table of its own, each entry of it looks at all ids of the row: such tables are
    /// the classes of a label, not a vocabulary.
    /// </summary>
    public override void Differentiate(GradientRule rule)
    {
        if (!rule.Needs(0)) return;
        var (table, ids, upstream) = (rule.Operands[0], rule.Operands[1], rule.Upstream);
        rule.Gradients[0] = table.PerRow ? AtEachEntry(table.Shape, ids, upstream) : upstream.Graph.Add(new ScatterAddOp(table.Shape[0]), upstream, ids);
    }

    /// <summary>Σ over the ids of the upstream gradient where the id is the entry.</summary>
    private static Value AtEachEntry(Shape table, Value ids, Value upstream)
    {
        int idAxes = ids.Shape.Rank;
        int[] one = [1], rest = [.. table.Extents.Skip(1)];
        var spread = new Shape(ids.Shape.Extents.Append(table[0]).Concat(rest).ToEquatableArray());
        var named = ids.Reshape(new Shape(ids.Shape.Extents.Concat(one).Concat(rest.Select(_ => 1)).ToEquatableArray()));
        var given = upstream.Reshape(new Shape(ids.Shape.Extents.Concat(one).Concat(rest).ToEquatableArray()));
        var chosen = upstream.Graph.Map(b => b.Select(b.Equal(b.Index(idAxes), b.Operand(0)), b.Operand(1), b.Constant(0)), [named, given], spread, perRow: true);
        return chosen.Sum([.. Enumerable.Range(0, idAxes)]).Reshape(table);
    }
}
