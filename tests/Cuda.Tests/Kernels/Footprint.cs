using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Kernels;

/// <summary>What a kernel touches: for each buffer its last element, and whether it is read.</summary>
internal sealed class Footprint
{
    /// <summary>Labels and ids are drawn up to this one.</summary>
    public const int LargestInteger = 4;

    private readonly int rows;
    private readonly int[] lengths;
    private readonly int[] origins;
    private readonly bool[] isRead;

    private Footprint(Kernel kernel, int rows)
    {
        this.rows = rows;
        lengths = new int[kernel.Buffers.Count];
        origins = new int[lengths.Length];
        isRead = new bool[lengths.Length];
    }

    public static Footprint Of(Kernel kernel, int rows)
    {
        var found = new Footprint(kernel, rows);
        switch (kernel)
        {
            case MapKernel map:
                found.Add(map.Body, [.. map.Axes]);
                break;
            case RowKernel row:
                found.Add(row.Body, [.. row.Outer, Extent.Of(row.Inner)]);
                if (row.Kept.Count > 0) found.lengths[^1] = row.Kept.Count * row.Inner;
                break;
            case ReductionKernel reduction:
                found.Add(reduction.Source, [.. reduction.Kept, .. reduction.Reduced]);
                found.Add(reduction.Epilogue, [.. reduction.Kept]);
                break;
            case ContractionKernel contraction:
                Extent[] outside = [.. contraction.Outer, contraction.M, contraction.N];
                foreach (var operand in new[] { contraction.Left, contraction.Right }) found.AddRead(operand, [.. outside, .. contraction.K]);
                found.Add(contraction.Epilogue, outside);
                break;
            case MomentsKernel moments:
                found.Add(moments.Source, [.. moments.Kept, .. moments.Reduced]);
                found.Add(moments.Result, [.. moments.Kept]);
                found.lengths[moments.Result.Buffer] += 2 * moments.StatisticStride;
                break;
            case WindowKernel window:
                found.Add(window.Source, [.. window.Kept, .. window.Windows.SelectMany(w => new[] { Extent.Of(w.Positions), Extent.Of(w.Taps) })]);
                found.Add(window.Epilogue, [.. window.Kept]);
                break;
            case ScatterKernel scatter:
                Extent[] summed = [Extent.Of(scatter.Count), .. scatter.Inner, .. scatter.Positions];
                found.AddRead(scatter.Ids, summed);
                found.Add(scatter.Source, summed);
                found.Add(scatter.Epilogue, summed[..(1 + scatter.Inner.Count)]);
                break;
            case AttentionKernel attention:
                found.Add(attention);
                break;
            case OneQueryAttentionKernel attention:
                found.AddRead(attention.Query, [.. attention.Outer, Extent.Of(1), Extent.Of(attention.Width)]);
                found.AddRead(attention.Key, [.. attention.Outer, Extent.Of(attention.Keys), Extent.Of(attention.Width)]);
                found.AddRead(attention.Value, [.. attention.Outer, Extent.Of(attention.Keys), Extent.Of(attention.ValueWidth)]);
                if (attention.Position is { } position) found.AddRead(position, [.. attention.Outer, Extent.Of(1), Extent.Of(1)]);
                if (attention.Mask is { } seen) found.AddRead(seen, [.. attention.Outer, Extent.Of(attention.Keys), Extent.Of(1)]);
                found.Add(attention.Result, [.. attention.Outer, Extent.Of(1), Extent.Of(attention.ValueWidth)]);
                break;
            case LoopKernel loop:
                foreach (var launch in loop.Launches) found.Add(loop, launch);
                break;
            case RandomKernel random:
                found.lengths[0] = rows * random.RowLength;
                break;
            default:
                throw new NotSupportedException(kernel.GetType().Name);
        }
        return found;
    }

    public int Length(int buffer) => origins[buffer] + lengths[buffer];

    /// <summary>So many elements lie before the one at index 0: strides may be negative.</summary>
    public int Origin(int buffer) => origins[buffer];

    public bool IsRead(int buffer) => isRead[buffer];

    private void Add(LoopKernel loop, LoopLaunch launch)
    {
        var once = Of(launch.Kernel, rows);
        for (int i = 0; i < launch.Buffers.Count; i++)
        {
            var use = launch.Buffers[i];
            if (use.IsOwn || once.lengths[i] == 0) continue;
            int last = use.StepStride * (loop.Steps - 1);
            lengths[use.Buffer] = Math.Max(lengths[use.Buffer], use.Offset + Math.Max(0, last) + once.lengths[i]);
            origins[use.Buffer] = Math.Max(origins[use.Buffer], once.origins[i] - use.Offset - Math.Min(0, last));
            isRead[use.Buffer] |= once.isRead[i];
        }
    }

    private void Add(AttentionKernel attention)
    {
        Extent[] Places(int positions, int features) => [.. attention.Outer, Extent.Of(positions), Extent.Of(features)];
        AddRead(attention.Query, Places(attention.Queries, attention.Width));
        AddRead(attention.Key, Places(attention.Keys, attention.Width));
        AddRead(attention.Value, Places(attention.Keys, attention.ValueWidth));
        if (attention.Mask is { } mask) AddRead(mask, Places(attention.Queries, attention.Keys));
        Add(attention.Result, Places(attention.Queries, attention.Backward is null ? attention.ValueWidth + 1 : attention.Width));
        if (attention.Backward is not { } backward) return;
        AddRead(backward.LogSum, Places(attention.Queries, 1));
        AddRead(backward.Upstream, Places(attention.Queries, attention.ValueWidth));
        AddRead(backward.Centre, Places(attention.Queries, 1));
        Add(backward.ByKey, Places(attention.Keys, attention.Width));
        Add(backward.ByValue, Places(attention.Keys, attention.ValueWidth));
    }

    private void AddRead(Access access, Extent[] axes)
    {
        Add(access, axes);
        isRead[access.Buffer] = true;
    }

    private void Add(KernelBody body, Extent[] axes)
    {
        foreach (var access in body.Accesses) Add(access, axes);
        foreach (var load in body.Code.Where(code => code.Op == BodyOp.Load)) isRead[body.Accesses[load.A].Buffer] = true;
    }

    private void Add(Access access, Extent[] axes)
    {
        int first = 0, last = 0;
        if (access.Id is { } indirection)
        {
            Add(indirection.Ids, axes);
            isRead[indirection.Ids.Buffer] = true;
            last = indirection.IsPanelled ? LastInPanels(access, LargestInteger) : LargestInteger * indirection.Stride;
        }
        for (int axis = 0; axis < axes.Length; axis++)
        {
            int highest = (axes[axis].Constant * (axes[axis].TimesRows ? rows : 1)) - 1;

            // What no index along an axis leads to may be read even where the axis is empty.
            if (highest < 0 && access.Varies(axis)) return;
            if (highest < 0) continue;
            int furthest = axis != access.PanelAxis ? highest * access.Strides[axis] : LastInPanels(access, highest);
            first += Math.Min(0, furthest);
            last += Math.Max(0, furthest);
        }
        lengths[access.Buffer] = Math.Max(lengths[access.Buffer], last + 1);
        origins[access.Buffer] = Math.Max(origins[access.Buffer], -first);
    }

    /// <summary>The last element of a panelled axis need not have the highest offset: that before the last panel may.</summary>
    private static int LastInPanels(Access access, int highest)
        => Enumerable.Range(0, highest + 1).Max(i => (i / access.PanelWidth * access.PanelStride) + (i % access.PanelWidth));
}
