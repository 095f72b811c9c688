using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// For prediction, where running statistics stand still: what scales and shifts the columns of a contraction by them is multiplied into its shared
/// operand. With u = x · W, a Map that begins with u · A + B becomes one of x · (W · A), where only B is added; W · A and B are derived values,
/// computed once per version of the parameters. A must be the same along every axis of u that W does not have.
/// Without running statistics nothing is folded: the product is free in the epilogue, and predictions keep the bits of passes.
/// </summary>
internal sealed class FoldIntoContractions
{
    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;
    private readonly int[] uses;
    private readonly bool[] dependsOnState;

    private FoldIntoContractions(Graph graph)
    {
        this.graph = graph;
        moved = new int[graph.Nodes.Count];
        uses = Simplify.CountUses(graph);
        dependsOnState = new bool[moved.Length];
        for (int i = 0; i < moved.Length; i++) dependsOnState[i] = graph[i].Op is StateOp || graph[i].Operands.Any(o => dependsOnState[o]);
    }

    public static Graph Run(Graph graph) => new FoldIntoContractions(graph).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            moved[i] = (Folded(node) ?? builder.Add(node.Op, node.Operands.Select(o => builder.At(moved[o])).ToArray(), node.Shape, node.PerRow)).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    private Value? Folded(Node node)
    {
        if (node.Op is not MapOp map) return null;
        for (int operand = 0; operand < node.Operands.Count; operand++)
        {
            var source = graph[node.Operands[operand]];
            if (source.Op is not ContractOp { OverRows: false } || uses[node.Operands[operand]] != 1) continue;
            if (source.PerRow != node.PerRow || !source.Shape.Equals(node.Shape)) continue;
            if (AffineForm.Of(map.Expression, operand, isShared: k => !graph[node.Operands[k]].PerRow) is not { } affine) continue;
            if (!affine.Scale.Code.Any(c => c.Op == ScalarOp.Operand && dependsOnState[node.Operands[c.A]])) continue;
            if (Scaled(source, Shared(affine.Scale, node)) is not { } scaled) continue;

            var operands = node.Operands.Select(o => builder.At(moved[o])).ToList();
            operands[operand] = scaled;
            operands.Add(Shared(affine.Shift, node));
            return builder.Map(affine.Remainder, operands, node.Shape, node.PerRow);
        }
        return null;
    }

    /// <summary>A function of shared operands alone, as small as they are.</summary>
    private Value Shared(Expression expression, Node reader)
        => builder.Map(b => b.Inline(expression, Enumerable.Range(0, reader.Operands.Count).Select(b.Operand).ToArray()),
            reader.Operands.Select(o => builder.At(moved[o])).ToArray(), ShapeOf(expression, reader), perRow: false);

    private Shape ShapeOf(Expression expression, Node reader)
        => expression.Code.Where(c => c.Op == ScalarOp.Operand).Aggregate(Shape.Scalar, (shape, c) => Shape.Broadcast(shape, graph[reader.Operands[c.A]].Shape));

    /// <summary>The contraction with the scale multiplied into the operand that is shared, or null where that operand lacks an axis of it.</summary>
    private Value? Scaled(Node contraction, Value scale)
    {
        var op = (ContractOp)contraction.Op;
        int weights = graph[contraction.Operands[0]].PerRow ? 1 : 0;
        if (graph[contraction.Operands[weights]].PerRow) return null;
        var labels = weights == 0 ? op.Left : op.Right;
        var operands = contraction.Operands.Select(o => builder.At(moved[o])).ToArray();

        int lead = op.Result.Count - scale.Shape.Rank;
        int[] axes = Enumerable.Range(0, scale.Shape.Rank).Where(a => scale.Shape[a] != 1).ToArray();
        int[] places = axes.Select(a => labels.Items.IndexOf(op.Result[a + lead])).ToArray();
        if (places.Contains(-1)) return null;
        var extents = Enumerable.Repeat(1, labels.Count).ToArray();
        for (int i = 0; i < axes.Length; i++) extents[places[i]] = scale.Shape[axes[i]];
        int[] order = Enumerable.Range(0, axes.Length).OrderBy(i => places[i]).ToArray();
        var along = scale.Reshape(new Shape(axes.Select(a => scale.Shape[a]).ToEquatableArray())).Transpose(order).Reshape(new Shape(extents));
        operands[weights] = operands[weights] * along;
        return builder.Add(op, operands);
    }
}
