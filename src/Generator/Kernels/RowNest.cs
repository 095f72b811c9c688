using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>A kernel as it looks to one row: where the rows stand among its axes, and what each buffer has for a row.</summary>
/// <param name="Axes">The axes of the results: those that accesses begin with.</param>
/// <param name="Axis">Which of them counts the rows.</param>
internal sealed record RowNest(EquatableArray<Extent> Axes, int Axis)
{
    /// <summary>How many indices along the axis of the rows are a row's.</summary>
    public int PerRow => Axes[Axis].Constant;

    /// <summary>Results of a row.</summary>
    public long Results => Axes.Aggregate(1L, (product, axis) => product * axis.Constant);

    /// <summary>Of a kernel that computes results of a row from what the row has; null where rows meet, or where it has none.</summary>
    public static RowNest? Of(Kernel kernel)
    {
        (IEnumerable<Extent> Axes, IEnumerable<Extent> Summed)? nest = kernel switch
        {
            MapKernel map => (map.Axes, []),
            RowKernel row => (row.Outer, []),
            ReductionKernel { Sharded: false } reduction => (reduction.Kept, reduction.Reduced),
            WindowKernel window => (window.Kept, []),
            ContractionKernel { Sharded: false } contraction => ([.. contraction.Outer, contraction.M, contraction.N], contraction.K),
            _ => null,
        };
        if (nest is not { } found || found.Summed.Any(axis => axis.TimesRows)) return null;
        Extent[] axes = [.. found.Axes];
        int[] rows = [.. Enumerable.Range(0, axes.Length).Where(axis => axes[axis].TimesRows)];
        return rows.Length == 1 && !Bodies(kernel).Any(body => body.Code.Any(code => code is { Op: BodyOp.Scalar, Function: ScalarOp.Index } && code.A == rows[0])) ? new(axes, rows[0]) : null;
    }

    /// <summary>All bodies of one of these kernels.</summary>
    public static IEnumerable<KernelBody> Bodies(Kernel kernel) => kernel switch
    {
        MapKernel map => [map.Body],
        RowKernel row => [row.Body],
        ReductionKernel reduction => [reduction.Source, reduction.Epilogue],
        WindowKernel window => [window.Source, window.Epilogue],
        ContractionKernel contraction => [contraction.Epilogue],
        _ => [],
    };

    /// <summary>All accesses of one of these kernels.</summary>
    public static IEnumerable<Access> Accesses(Kernel kernel)
    {
        var accesses = Bodies(kernel).SelectMany(body => body.Accesses);
        if (kernel is ContractionKernel contraction) accesses = accesses.Concat([contraction.Left, contraction.Right]);
        return accesses.SelectMany(access => access.Id is null ? new[] { access } : [access, access.Id.Ids]);
    }

    /// <summary>How far the rows of a buffer lie apart; null where its accesses do not agree, or where no stride says so.</summary>
    public int? RowStride(Kernel kernel, int buffer)
    {
        int[] strides = [.. Accesses(kernel).Where(access => access.Buffer == buffer).Select(access => access.PanelAxis == Axis ? -1 : access.Strides[Axis] * PerRow).Distinct()];
        return strides.Length == 1 && strides[0] >= 0 ? strides[0] : null;
    }

    /// <summary>The first and the last element that accesses of a buffer touch in one row; null where an id or panels lead elsewhere.</summary>
    public (int First, int Last)? OfRow(Kernel kernel, int buffer)
    {
        int first = 0, last = 0;
        foreach (var access in Accesses(kernel).Where(access => access.Buffer == buffer))
        {
            if (!access.IsAffine) return null;
            int lowest = 0, highest = 0;
            foreach (var (extent, stride) in Extents(kernel, access).Zip(access.Strides, (extent, stride) => (extent, stride)))
            {
                lowest += Math.Min(0, stride * (extent.Constant - 1));
                highest += Math.Max(0, stride * (extent.Constant - 1));
            }
            (first, last) = (Math.Min(first, lowest), Math.Max(last, highest));
        }
        return (first, last);
    }

    /// <summary>The axes that an access has strides for.</summary>
    private IEnumerable<Extent> Extents(Kernel kernel, Access access)
    {
        IEnumerable<Extent> further = kernel switch
        {
            RowKernel row => [Extent.Of(row.Inner)],
            ReductionKernel reduction => reduction.Reduced,
            WindowKernel window => window.Windows.SelectMany(w => new[] { Extent.Of(w.Positions), Extent.Of(w.Taps) }),
            ContractionKernel contraction => contraction.K,
            _ => [],
        };
        return Axes.Concat(further).Take(access.Strides.Count);
    }
}
