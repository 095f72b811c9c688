using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// softmax(scale · query · keyᵀ) · value, head by head: query (heads, queries, width), key (heads, keys, width) and value (heads, keys, value width)
/// give (heads, queries, value width + 1). The last column is log Σ exp of each query's scaled scores: with it a score gives its probability again,
/// so no matrix of queries times keys is kept for the gradient (Dao et al. 2022). Causal: query i sees the keys 0 to i, also where their numbers
/// differ, as PyTorch's mask triu(ones(queries, keys), 1) has it. A fourth operand is a mask, (queries or 1, keys), the same for all heads, or (heads or 1, queries or 1, keys): what is not 0
/// is seen, of the keys that causality leaves. It has no gradient. A query that sees no key gives 0 in all columns, and no gradient.
/// </summary>
internal sealed record AttentionOp(bool IsCausal, double Scale) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        Shape query = operands[0].Shape, key = operands[1].Shape, value = operands[2].Shape;
        if (query.Rank != 3 || key.Rank != 3 || value.Rank != 3 || query[0] != key[0] || query[0] != value[0] || query[2] != key[2] || key[1] != value[1])
            throw new ShapeException($"attention expects a query (heads, queries, width), a key (heads, keys, width) and a value (heads, keys, value width), but got {query}, {key} and {value}");
        if (operands.Count > 3 && !IsMask(operands[3].Shape, query, key))
            throw new ShapeException($"attention of the query {query} and the key {key} expects a mask ({query[1]} or 1, {key[1]}) or ({query[0]} or 1, {query[1]} or 1, {key[1]}), but got {operands[3].Shape}");
        return (query.With(2, value[2] + 1), operands.Any(o => o.PerRow));
    }

    private static bool IsMask(Shape mask, Shape query, Shape key) => mask.Rank switch
    {
        2 => (mask[0] == 1 || mask[0] == query[1]) && mask[1] == key[1],
        3 => (mask[0] == 1 || mask[0] == query[0]) && (mask[1] == 1 || mask[1] == query[1]) && mask[2] == key[1],
        _ => false,
    };

    /// <summary>
    /// With dp = upstream · valueᵀ, the gradient by a score is p · (dp - centre). The centre of a query is the mean of dp under its p, which is
    /// upstream · output, less the gradient by its last column, whose own slope is p.
    /// </summary>
    public override void Differentiate(GradientRule rule)
    {
        Value query = rule.Operands[0], key = rule.Operands[1], value = rule.Operands[2];
        var (output, logSum) = Parts(rule.Result);
        var (byOutput, byLogSum) = Parts(rule.Upstream);
        var centre = (byOutput * output).Sum(2) - byLogSum;
        var all = output.Graph.Add(new AttentionGradientOp(IsCausal, Scale), [query, key, value, logSum, byOutput, centre, .. rule.Operands.Skip(3)]);
        int start = 0;
        for (int i = 0; i < 3; i++)
        {
            var operand = rule.Operands[i];
            int length = operand.Shape[1] * operand.Shape[2];
            if (rule.Needs(i)) rule.Gradients[i] = output.Graph.SumTo(all.Slice(1, start, length).Reshape(operand.Shape), operand.Shape, operand.PerRow);
            start += length;
        }
    }

    /// <summary>The output (heads, queries, value width) and the logarithm of the sum (heads, queries, 1).</summary>
    public static (Value Output, Value LogSum) Parts(Value attention)
    {
        int width = attention.Shape[2] - 1;
        return (attention.Slice(2, 0, width), attention.Slice(2, width, 1));
    }
}

/// <summary>
/// The gradient of <see cref="AttentionOp"/> by query, key and value, from these three, the logarithm of each query's sum, the gradient by the
/// output, and each query's centre, perhaps a mask: probabilities are computed again, score by score. All three walk the same scores, so they are one op;
/// its result has those by the query, by the key and by the value one after the other: (heads, queries·width + keys·width + keys·value width).
/// </summary>
internal sealed record AttentionGradientOp(bool IsCausal, double Scale) : Op
{
    public override (Shape Shape, bool PerRow) Infer(IReadOnlyList<Node> operands)
    {
        Shape query = operands[0].Shape, key = operands[1].Shape, value = operands[2].Shape;
        return (Shape.Of(query[0], (query[1] * query[2]) + (key[1] * key[2]) + (value[1] * value[2])), operands.Any(o => o.PerRow));
    }
}
