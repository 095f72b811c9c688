using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>A scalar expression applied to every element of operands that broadcast against each other: all arithmetic, activations and losses.</summary>
internal sealed record MapOp(Expression Expression) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        var shape = Shape.Scalar;
        foreach (var operand in operands) shape = Shape.Broadcast(shape, operand.Shape);
        return (shape, operands.Any(o => o.PerRow));
    }

    /// <summary>
    /// dx = dy · ∂f/∂x, summed over what broadcasting repeated. An expensive derivative becomes a value of its own: computed where the operands
    /// are (a contraction's epilogue) and kept; a cheap one is written into the product and costs nothing to recompute.
    /// </summary>
    public override void Differentiate(GradientRule rule)
    {
        var graph = rule.Upstream.Graph;
        var shape = rule.Result.Shape;
        bool perRow = rule.Result.PerRow;
        var sources = rule.Operands.Append(rule.Result).ToArray();
        for (int i = 0; i < rule.Operands.Count; i++)
        {
            if (!rule.Needs(i)) continue;
            var derivative = Expression.Derivative(i, resultOperand: rule.Operands.Count);
            if (derivative.IsConstant(out double slope) && slope == 0) continue;
            var scaled = derivative.IsExpensive
                ? rule.Upstream * graph.Map(derivative, sources, shape, perRow)
                : graph.Map(b => b.Multiply(b.Operand(sources.Length), b.Inline(derivative, Enumerable.Range(0, sources.Length).Select(b.Operand).ToArray())),
                    [.. sources, rule.Upstream], shape, perRow);
            rule.Gradients[i] = graph.SumTo(scaled, rule.Operands[i].Shape, rule.Operands[i].PerRow);
        }
    }
}
