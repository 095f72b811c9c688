using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// Attention for each of the outer axes (rows of the batch, heads). A score is Scale · Σ Query(i, c)·Key(j, c) over c; query i sees every key j, or
/// where causal those with j ≤ i, and of these, where there is a mask, the ones with Mask(i, j) not 0. Forward, Result(i, e) = Σ p(i, j)·Value(j, e)
/// with p the softmax of the scores over j, and Result(i, ValueWidth) = log Σ exp of the scores, both relative to the largest score, so that nothing
/// overflows; a query that sees no key has 0 in all columns. Sums over keys and queries are added in their order, block by block.
/// Accesses have a stride per outer axis, then for the query or key, then for the feature.
/// </summary>
/// <param name="Mask">Its last two strides are for the query and for the key; null where there is none.</param>
/// <param name="Backward">What a gradient reads and writes besides; null for the forward kernel.</param>
/// <param name="Result">The output, or the gradient by the query.</param>
/// <param name="Scratch">The buffer for <see cref="ScratchLength"/> elements.</param>
internal sealed record AttentionKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Outer, int Queries, int Keys, int Width, int ValueWidth, bool IsCausal, double Scale,
    Access Query, Access Key, Access Value, Access? Mask, AttentionBackward? Backward, Access Result, int Scratch) : Kernel(Buffers)
{
    /// <summary>Keys whose scores are computed together: with those of <see cref="QueryBlock"/> queries they stay in the first-level cache.</summary>
    public const int KeyBlock = 64;

    /// <summary>Elements between the parts of the scratch, of which <see cref="Parts"/> is the most there are: as powers of two apart, reads would wait for writes of others.</summary>
    public const int Gap = 80;

    private const int Parts = 7;

    private const int MostQueries = 32;

    /// <summary>Up to so many keys a causal block has half as many queries: it computes the scores of all keys up to its last query, and with 64 keys blocks of 16 compute 17 % fewer than blocks of 32.</summary>
    private const int FewKeys = 128;

    /// <summary>What is stored by rows begins each row at a whole vector.</summary>
    private const int Lanes = 16;

    /// <summary>Queries that are computed together, side by side in vectors.</summary>
    public int QueryBlock => Math.Min(IsCausal && Keys <= FewKeys ? MostQueries / 2 : MostQueries, Rounded(Queries));

    /// <summary>From a query's sums over the values to the next one's.</summary>
    public int SumStride => Rounded(Backward is null ? ValueWidth : Width);

    /// <summary>
    /// Forward: the queries turned, so that they lie side by side; the scores of a block; the sums; largest scores, totals, and what the last block changed. Backward: the queries and the
    /// upstream gradients turned; the scores and slopes of a block; the sums; logarithms and centres.
    /// </summary>
    public int ScratchLength
        => (QueryBlock * (SumStride + Width + (Backward is null ? KeyBlock + 3 : ValueWidth + (2 * KeyBlock) + 2))) + (Parts * Gap);

    private static int Rounded(int count) => (count + Lanes - 1) / Lanes * Lanes;
}

/// <summary>
/// With p = exp(score - LogSum(i)) and ds(i, j) = Scale · p · (Σ Upstream(i, e)·Value(j, e) - Centre(i)): by the query, Result(i, c) = Σ ds·Key(j, c)
/// over the keys it sees; over the queries that see it, ByKey(j, c) = Σ ds·Query(i, c) and ByValue(j, e) = Σ p·Upstream(i, e).
/// </summary>
internal sealed record AttentionBackward(Access LogSum, Access Upstream, Access Centre, Access ByKey, Access ByValue);
