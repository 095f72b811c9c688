using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Kernels;

/// <summary>
/// What one launch computes, from a closed set of records that know neither layers nor an instruction set. How it is computed is the backend's.
/// Buffers are formal, so that equal kernels are printed once and launched with other offsets.
/// </summary>
/// <param name="Buffers">The formal buffers; accesses refer to them by index.</param>
internal abstract record Kernel(EquatableArray<KernelBuffer> Buffers);

/// <summary>Independent elements over nested axes (outermost first): loads, scalar code, stores.</summary>
internal sealed record MapKernel(EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Axes, KernelBody Body) : Kernel(Buffers);

/// <summary>
/// Stages of map and reduce over one row of <paramref name="Inner"/> elements, repeated over the outer axes: softmax, norms, cross-entropy with its
/// gradient. Accesses have a stride per outer axis and one for the inner. A value is per element when it depends on a load with an inner stride or
/// on the inner index, else one scalar per row; a Reduce makes a scalar of an element. <see cref="RowStages"/> orders the passes over the row.
/// </summary>
/// <param name="Kept">Instructions whose elements are kept in the row scratch between passes (expensive ones that later passes read again).</param>
internal sealed record RowKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Outer, int Inner, KernelBody Body, EquatableArray<int> Kept) : Kernel(Buffers);

/// <summary>
/// A reduction along any axes, the rows of the batch included, of a scalar function of the loads: accumulated element by element in the order of
/// the reduced axes, so the order of additions depends on nothing else. Accesses of the source have a stride per kept axis, then per reduced axis;
/// the last instruction of the source is what is reduced. Accesses of the epilogue (whose Accumulator is the finished sum) have a stride per kept axis.
/// </summary>
/// <param name="Sharded">The first reduced axis runs over all rows of the batch, which lie in shards: see <see cref="ContractionKernel"/>.</param>
internal sealed record ReductionKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Kept, EquatableArray<Extent> Reduced, ReduceKind Kind, bool Sharded,
    KernelBody Source, KernelBody Epilogue) : Kernel(Buffers);

/// <summary>
/// Count, mean and variance (divided by the count) of a scalar function of the loads, over reduced axes whose first runs over all rows of the batch.
/// Each shard's mean comes first, then its squared distances from it; shards combine in their order as (count, mean, M2) do (Chan et al. 1979), so no
/// square of a large mean is subtracted from another. Accesses of the source have a stride per kept axis, then per reduced axis; those of the result a
/// stride per kept axis, and the three statistics lie <paramref name="StatisticStride"/> apart.
/// </summary>
internal sealed record MomentsKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Kept, EquatableArray<Extent> Reduced, KernelBody Source, Access Result, int StatisticStride)
    : Kernel(Buffers);

/// <summary>
/// For each of <paramref name="Count"/> ids the sum of what stands where it does: Σ source(k, inner) over all positions k (the rows of the batch, then
/// the ids of a row) with ids(k) = id, added in the order of the positions, so that a sum depends on nothing but the data; 0 for an id that is nowhere.
/// Accesses of the ids and of the source have a stride for the id (0), per inner axis, then per axis of the positions, which lie in shards: see
/// <see cref="ContractionKernel"/>. Accesses of the epilogue (whose Accumulator is the finished sum) have a stride for the id, then per inner axis.
/// </summary>
/// <param name="List">Int scratch of one number per position, in the block of each shard: the positions of each id, one id after the other.</param>
/// <param name="Ends">Int scratch of one number per id: where its positions end in the list.</param>
internal sealed record ScatterKernel(
    EquatableArray<KernelBuffer> Buffers, int Count, EquatableArray<Extent> Inner, EquatableArray<Extent> Positions, Access Ids, KernelBody Source,
    KernelBody Epilogue, int List, int Ends) : Kernel(Buffers);

/// <summary>
/// Windows along kept axes, summed where they overlap: element i of an axis adds the scalar function of the loads at every tap t, in order, and the
/// position p with start + p·stride + t·step = i, if there is one. Each element gathers what reaches it, so the order of additions depends on nothing
/// else. Accesses of the source have a stride per kept axis, then two per window: position, tap; the last instruction of the source is what is added.
/// Accesses of the epilogue (whose Accumulator is the finished sum) have a stride per kept axis.
/// </summary>
/// <param name="Windows">The first one's taps are the outermost loop.</param>
internal sealed record WindowKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Kept, EquatableArray<KernelWindow> Windows, KernelBody Source, KernelBody Epilogue) : Kernel(Buffers);

/// <summary>Windows along one kept axis (-1: an axis of one element, which has no loop): see <see cref="WindowKernel"/>.</summary>
internal readonly record struct KernelWindow(int Axis, int Positions, int Taps, int Start, int Stride, int Step);

/// <summary>
/// Output(outer, m, n) = epilogue(Σ_k Left(outer, m, k)·Right(outer, n, k)), added in the order of k. Operand accesses have strides for the outer
/// axes, then m, n, then each k axis; epilogue accesses for the outer axes, m, n. The vector axis is n: lowering gives Right a unit stride (or a
/// panel) along it wherever it can.
/// </summary>
/// <param name="Sharded">
/// The first k axis runs over all rows of the batch, shard after shard: buffers are given with a shard stride each, and the launch with the number of
/// rows of the batch and of a shard. Within a shard the strides hold.
/// </param>
internal sealed record ContractionKernel(
    EquatableArray<KernelBuffer> Buffers, EquatableArray<Extent> Outer, Extent M, Extent N, EquatableArray<Extent> K, bool Sharded,
    Access Left, Access Right, KernelBody Epilogue) : Kernel(Buffers)
{
    /// <summary>Which terms are zeros of an operand's border.</summary>
    public EquatableArray<Border> Borders { get; init; } = EquatableArray<Border>.Empty;

    /// <summary>The same with fewer products, where that is worth it.</summary>
    public Winograd? Winograd { get; init; }

    /// <summary>The same of a gradient by the taps.</summary>
    public WinogradGradient? WinogradGradient { get; init; }
}

/// <summary>Random numbers into buffer 0: <paramref name="RowLength"/> per row, numbered by the global row, so that shards draw what one batch would.</summary>
internal sealed record RandomKernel(EquatableArray<KernelBuffer> Buffers, RandomKind Kind, int Stream, int RowLength) : Kernel(Buffers);
