using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// Attention of one query for each of the outer axes (rows of the batch, heads), over the keys 0 to the id at <paramref name="Position"/>, or over all, and of these, where there is a mask, over
/// those with Mask(j) not 0: a score is Scale · Σ Query(c)·Key(j, c) over c, and Result(e) = Σ p(j)·Value(j, e) with p the softmax of the scores, relative to the largest, so that nothing overflows.
/// Where no key is seen it is 0.
/// Accesses have a stride per outer axis, then for the key, then for the feature; query and result have one place for all keys.
/// </summary>
/// <param name="Keys">The most keys.</param>
/// <param name="Scores">Scratch of a number per key, in whole cache lines.</param>
internal sealed record OneQueryAttentionKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Outer, int Keys, int Width, int ValueWidth, double Scale,
    Access Query, Access Key, Access Value, Access? Position, Access? Mask, Access Result, int Scores) : Kernel(Buffers);
