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
    /// dx = dy · ∂f/∂x, summed over what broadcasting repeated. What the derivatives by all operands have in common, as the slope of an activation behind a norm's scale and shift,
    /// multiplies dy once, so that their sums and products read one value. An expensive derivative becomes a value of its own: computed where the operands
    /// are (a contraction's epilogue) and kept; a cheap one is written into the product and costs nothing to recompute.
    /// </summary>
    public override void Differentiate(GradientRule rule)
    {
        var sources = rule.Operands.Append(rule.Result).ToArray();
        int[] needed = [.. Enumerable.Range(0, rule.Operands.Count).Where(rule.Needs)];
        var derivatives = needed.Select(i => Expression.Derivative(i, resultOperand: rule.Operands.Count)).ToArray();
        var common = Common([.. derivatives.Where(d => !IsZero(d))], rule);
        var shared = common.Count == 0 ? rule.Upstream : Scaled(rule.Upstream, Expression.ProductOf(common), sources, rule.Result);
        for (int i = 0; i < needed.Length; i++)
        {
            if (IsZero(derivatives[i])) continue;
            var rest = common.Count == 0 ? derivatives[i] : Expression.ProductOf(Without(derivatives[i].Factors()!, common));
            var operand = rule.Operands[needed[i]];
            rule.Gradients[needed[i]] = rule.Upstream.Graph.SumTo(Scaled(shared, rest, sources, rule.Result), operand.Shape, operand.PerRow);
        }
    }

    /// <summary>The factors of all derivatives that vary as the result does; none where every operand does, so that nothing is summed.</summary>
    private static List<Expression> Common(IReadOnlyList<Expression> derivatives, GradientRule rule)
    {
        if (derivatives.Count < 2 || rule.Operands.All(o => !IsRepeated(o))) return [];
        var factors = derivatives.Select(d => d.Factors()).ToList();
        if (factors.Contains(null)) return [];
        return [.. factors.Aggregate((shared, next) => [.. shared!.Where(next!.Contains)])!.Distinct()
            .Where(f => f.Code.Any(c => c.Op == ScalarOp.Operand && (c.A == rule.Operands.Count || !IsRepeated(rule.Operands[c.A]))))];

        bool IsRepeated(Value operand) => operand.Shape.Count < rule.Result.Shape.Count || (rule.Result.PerRow && !operand.PerRow);
    }

    /// <summary>The factors that are left when each of some is divided by once.</summary>
    private static List<Expression> Without(IEnumerable<Expression> factors, List<Expression> common)
    {
        var rest = factors.ToList();
        foreach (var factor in common) rest.Remove(factor);
        return rest;
    }

    private static bool IsZero(Expression derivative) => derivative.IsConstant(out double slope) && slope == 0;

    private static Value Scaled(Value upstream, Expression derivative, Value[] sources, Value result)
    {
        var graph = upstream.Graph;
        return derivative.IsExpensive
            ? upstream * graph.Map(derivative, sources, result.Shape, result.PerRow)
            : graph.Map(b => b.Multiply(b.Operand(sources.Length), b.Inline(derivative, Enumerable.Range(0, sources.Length).Select(b.Operand).ToArray())),
                [.. sources, upstream], result.Shape, result.PerRow);
    }
}
