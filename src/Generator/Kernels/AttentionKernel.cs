using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Kernels;

/// <summary>
/// Attention for each of the outer axes (rows of the batch, heads). A score is Scale · Σ Query(i, c)·Key(j, c) over c; query i sees every key j, or
/// where causal those with j ≤ i, and of these, where there is a mask, the ones with Mask(i, j) not 0. Forward, Result(i, e) = Σ p(i, j)·Value(j, e)
/// with p the softmax of the scores over j, and Result(i, ValueWidth) = log Σ exp of the scores, both relative to the largest score, so that nothing
/// overflows; a query that sees no key has 0 in all columns. Sums over keys and queries are added in their order.
/// Accesses have a stride per outer axis, then for the query or key, then for the feature.
/// </summary>
/// <param name="Mask">Its last two strides are for the query and for the key; null where there is none.</param>
/// <param name="Backward">What a gradient reads besides; null for the forward kernel.</param>
internal sealed record AttentionKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Outer, int Queries, int Keys, int Width, int ValueWidth, bool IsCausal, double Scale,
    Access Query, Access Key, Access Value, Access? Mask, AttentionBackward? Backward, Access Result) : Kernel(Buffers);

/// <summary>
/// With p = exp(score - LogSum(i)) and ds(i, j) = Scale · p · (Σ Upstream(i, e)·Value(j, e) - Centre(i)): by the query, Result(i, c) = Σ ds·Key(j, c)
/// over the keys it sees; by key and value, Result(j, c) = Σ ds·Query(i, c) and Result(j, Width + e) = Σ p·Upstream(i, e) over the queries that see it.
/// </summary>
internal sealed record AttentionBackward(AttentionGradient By, Access LogSum, Access Upstream, Access Centre);
