using DlGen.Ops;

namespace DlGen.Tests.Oracles;

internal sealed partial class Oracle
{
    /// <summary>
    /// By the definition, query by query: the exponentials of its scores, their sum, the quotient; and the sum's logarithm. A query that sees nothing
    /// has 0 for all of them.
    /// </summary>
    private DualTensor Attention(AttentionOp op, DualTensor[] operands)
    {
        var (query, key, value, mask) = (operands[0], operands[1], operands[2], operands.ElementAtOrDefault(3));
        int width = value.Extents[2];
        bool isActive = operands.Take(3).Any(o => o.IsActive);
        var result = new DualTensor([query.Extents[0], query.Extents[1], width + 1], rows, operands.Any(o => o.PerRow), isActive);
        foreach (var (row, head, i) in Vectors(result))
        {
            int[] keys = Visible(mask, key.Extents[1], row, head, i, op.IsCausal);
            if (keys.Length == 0) continue;
            var scores = Scores(query, key, row, head, i, keys, op.Scale);
            // What is subtracted changes neither result, so it is a number without tangents.
            double largest = scores.Values.Max();
            var total = new DualTensor([1], 1, false, result.IsActive);
            double[] exponentials = [.. scores.Values.Select(s => Math.Exp(s - largest))];
            for (int seen = 0; seen < keys.Length; seen++)
            {
                total.Values[0] += exponentials[seen];
                total.AddTangents(0, scores, seen, exponentials[seen]);
            }
            int target = Vector(result, row, head, i);
            for (int e = 0; e < width; e++)
            {
                for (int seen = 0; seen < keys.Length; seen++)
                {
                    int source = Vector(value, row, head, keys[seen]) + e;
                    double share = exponentials[seen] / total.Values[0];
                    result.Values[target + e] += share * value.Values[source];
                    result.AddTangents(target + e, scores, seen, share * value.Values[source]);
                    result.AddTangents(target + e, value, source, share);
                }
                result.AddTangents(target + e, total, 0, -result.Values[target + e] / total.Values[0]);
            }
            result.Values[target + width] = largest + Math.Log(total.Values[0]);
            result.AddTangents(target + width, total, 0, 1 / total.Values[0]);
        }
        return result;
    }

    /// <summary>What the record of a gradient says it is; its operands' tangents are not asked for.</summary>
    private DualTensor AttentionGradient(AttentionGradientOp op, DualTensor[] operands)
    {
        var (query, key, value, logSum, upstream, centre, mask) = (operands[0], operands[1], operands[2], operands[3], operands[4], operands[5], operands.ElementAtOrDefault(6));
        if (operands.Any(o => o.IsActive)) throw new OracleException("attention's gradient is not differentiated again");
        int width = query.Extents[2], valueWidth = value.Extents[2];
        int byKey = query.Extents[1] * width, byValue = byKey + (key.Extents[1] * width), all = byValue + (key.Extents[1] * valueWidth);
        var result = new DualTensor([query.Extents[0], all], rows, operands.Any(o => o.PerRow), active: false);
        var pairs = new DualTensor([query.Extents[0], query.Extents[1], 1], rows, result.PerRow, active: false);
        foreach (var (row, head, i) in Vectors(pairs))
        {
            int[] keys = Visible(mask, key.Extents[1], row, head, i, op.IsCausal);
            double[] scores = Scores(query, key, row, head, i, keys, op.Scale).Values;
            foreach (var (j, seen) in keys.Select((j, seen) => (j, seen)))
            {
                int q = Vector(query, row, head, i), k = Vector(key, row, head, j), v = Vector(value, row, head, j), up = Vector(upstream, row, head, i);
                double probability = Math.Exp(scores[seen] - logSum.Values[Vector(logSum, row, head, i)]);
                double byProbability = Enumerable.Range(0, valueWidth).Sum(e => upstream.Values[up + e] * value.Values[v + e]);
                double byScore = probability * (byProbability - centre.Values[Vector(centre, row, head, i)]);
                int target = result.RowStart(row) + (head * all);
                for (int c = 0; c < width; c++)
                {
                    result.Values[target + (i * width) + c] += op.Scale * byScore * key.Values[k + c];
                    result.Values[target + byKey + (j * width) + c] += op.Scale * byScore * query.Values[q + c];
                }
                for (int e = 0; e < valueWidth; e++) result.Values[target + byValue + (j * valueWidth) + e] += probability * upstream.Values[up + e];
            }
        }
        return result;
    }

    /// <summary>The keys that a query sees.</summary>
    private static int[] Visible(DualTensor? mask, int keys, int row, int head, int i, bool isCausal)
    {
        int ofQueries = mask?.Extents[^2] ?? 1, first = mask?.Extents.Length == 3 && mask.Extents[0] > 1 ? head * ofQueries : 0;
        bool IsOpen(int j) => mask is null || mask.Values[mask.RowStart(row) + ((first + (ofQueries == 1 ? 0 : i)) * keys) + j] != 0;
        return [.. Enumerable.Range(0, keys).Where(j => (!isCausal || j <= i) && IsOpen(j))];
    }

    /// <summary>The scaled scores of one query with the keys that it sees.</summary>
    private static DualTensor Scores(DualTensor query, DualTensor key, int row, int head, int i, int[] keys, double scale)
    {
        var scores = new DualTensor([keys.Length], 1, false, query.IsActive || key.IsActive);
        for (int seen = 0; seen < keys.Length; seen++)
        {
            for (int c = 0; c < query.Extents[2]; c++)
            {
                int q = Vector(query, row, head, i) + c, k = Vector(key, row, head, keys[seen]) + c;
                scores.Values[seen] += scale * query.Values[q] * key.Values[k];
                scores.AddTangents(seen, query, q, scale * key.Values[k]);
                scores.AddTangents(seen, key, k, scale * query.Values[q]);
            }
        }
        return scores;
    }

    /// <summary>Rows, heads and positions of a tensor (heads, positions, features).</summary>
    private static IEnumerable<(int Row, int Head, int Position)> Vectors(DualTensor tensor)
        => from row in Enumerable.Range(0, tensor.Rows) from head in Enumerable.Range(0, tensor.Extents[0]) from position in Enumerable.Range(0, tensor.Extents[1]) select (row, head, position);

    /// <summary>Where the features of one position begin.</summary>
    private static int Vector(DualTensor tensor, int row, int head, int position)
        => tensor.RowStart(row) + (((head * tensor.Extents[1]) + position) * tensor.Extents[2]);
}
