using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Sums over the batch, as gradients by parameters are: what is the same for all summands multiplies the sum once, and what is left is written in one order. So the four sums that
/// a norm over the batch needs backwards, two of them for its statistics, are two.
/// </summary>
internal sealed partial class Simplify
{
    /// <summary>A factor of what is summed: an expression over values.</summary>
    private sealed record Factor(Expression Expression, IReadOnlyList<Value> Operands)
    {
        /// <summary>Equal for equal factors.</summary>
        public string Key { get; } = string.Join(" ", Operands.Select(o => o.Index).Concat(Expression.Code.SelectMany(c => new[] { (int)c.Op, c.A, c.B, c.C, c.Value.GetHashCode() })));
    }

    /// <summary>The sum with its common factors outside; null where it is no sum of products over the batch.</summary>
    private Value? SumOfProducts(ReduceOp reduce, Value summed)
    {
        if (reduce is not { OverRows: true, Kind: ReduceKind.Sum } || summed.Node.Op is not MapOp) return null;
        var factors = new List<Factor>();
        if (!AddFactors(summed, factors)) return null;
        var varying = factors.Where(f => !IsCommon(f, reduce, summed.Shape.Rank)).OrderBy(f => f.Key, StringComparer.Ordinal).ToList();
        var common = factors.Where(f => !varying.Contains(f)).ToList();
        if (common.Count == 0 || varying.Count == 0) return null;
        var sum = Sum(reduce, Product(varying, summed.Shape, summed.PerRow));
        return sum * Product(common, sum.Shape, sum.PerRow);
    }

    /// <summary>What is multiplied to make a value, through the cheap Maps of the same elements that it reads; false where there is no end of it, as of x to a high power.</summary>
    private static bool AddFactors(Value value, List<Factor> factors)
    {
        var operands = value.Node.Operands.Select(value.Graph.At).ToArray();
        if (((MapOp)value.Node.Op).Expression.Factors() is not { } own) return false;
        foreach (var factor in own)
        {
            if (factors.Count > Expression.MostFactors) return false;
            if (factor.IsIdentity && operands[factor.Code[0].A] is { Node.Op: MapOp { Expression.IsExpensive: false } } inner && inner.Shape.Equals(value.Shape) && inner.PerRow == value.PerRow && !IsReadAsItIs(inner))
            {
                if (!AddFactors(inner, factors)) return false;
            }
            else
            {
                factors.Add(Over(factor, operands));
            }
        }
        return true;
    }

    /// <summary>Whether a value is less to read than what it is made of: values of as many elements, more than one, and nothing else. What only one reads was written into its reader before.</summary>
    private static bool IsReadAsItIs(Value value)
        => value.Node.Operands.Count > 1 && value.Node.Operands.All(o => value.Graph.At(o) is var operand && operand.PerRow == value.PerRow && operand.Shape.Equals(value.Shape));

    /// <summary>A factor over the operands that it reads, in their order.</summary>
    private static Factor Over(Expression part, Value[] operands)
    {
        int[] used = [.. part.Code.Where(c => c.Op == ScalarOp.Operand).Select(c => c.A).Distinct().OrderBy(a => operands[a].Index)];
        var renumbered = new ExpressionBuilder();
        foreach (int position in Enumerable.Range(0, used.Length)) renumbered.Operand(position);
        return new Factor(renumbered.Build(renumbered.Inline(part, [.. Enumerable.Range(0, operands.Length).Select(a => Array.IndexOf(used, a) is >= 0 and var position ? renumbered.Operand(position) : -1)])),
            [.. used.Select(a => operands[a])]);
    }

    /// <summary>
    /// Whether a factor is the same for all rows, and along the axes that are summed. A single number stays with what it multiplies, as the gradient's seed does: there is nothing to
    /// be saved, and a step's sums keep the bits of a pass's.
    /// </summary>
    private static bool IsCommon(Factor factor, ReduceOp reduce, int rank)
        => factor.Expression.Equals(Expression.MinusOne)
        || (factor.Expression.Code.All(c => c.Op != ScalarOp.Index) && factor.Operands.Any(o => o.Shape.Count > 1)
            && factor.Operands.All(o => !o.PerRow && reduce.Axes.All(axis => axis - rank + o.Shape.Rank is var own && (own < 0 || o.Shape[own] == 1))));

    private Value Product(IEnumerable<Factor> factors, Shape shape, bool perRow)
    {
        var body = new ExpressionBuilder();
        var operands = new List<Value>();
        int product = body.Constant(1);
        foreach (var factor in factors)
        {
            int first = operands.Count;
            operands.AddRange(factor.Operands);
            product = body.Multiply(product, body.Inline(factor.Expression, [.. factor.Operands.Select((_, i) => body.Operand(first + i))]));
        }
        return builder.Map(body.Build(product), operands, shape, perRow);
    }
}
