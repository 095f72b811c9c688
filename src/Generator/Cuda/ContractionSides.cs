using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>Axes of a contraction that are walked as one, the innermost last. An axis that grows with the rows stands first; axes of one element are left out.</summary>
internal sealed record ContractionSide(EquatableArray<int> Axes, EquatableArray<Extent> Extents)
{
    public bool HasRows => Extents.Count > 0 && Extents[0].TimesRows;

    /// <summary>All positions, a row's where they grow with the rows.</summary>
    public long Constant => Extents.Aggregate(1L, (product, extent) => product * extent.Constant);

    /// <summary>The positions of one index of the first axis.</summary>
    public long Inner => Extents.Skip(1).Aggregate(1L, (product, extent) => product * extent.Constant);

    /// <summary>All positions.</summary>
    public long Count(int rows) => Constant * (HasRows ? rows : 1);
}

/// <summary>
/// The axes of a contraction by what varies along them: both operands and the result (<paramref name="Batch"/>), the left one and the result (<paramref name="M"/>: rows and pixels), the right one
/// and the result (<paramref name="N"/>), both and not the result (<paramref name="K"/>, whose order is that of the additions). A convolution is a product of matrices
/// whose M and K are several axes each: windows of an image.
/// </summary>
internal sealed record ContractionSides(ContractionSide Batch, ContractionSide M, ContractionSide N, ContractionSide K)
{
    public static ContractionSides Of(ContractionKernel kernel)
    {
        int outer = kernel.Outer.Count;
        Extent[] extents = [.. kernel.Outer, kernel.M, kernel.N, .. kernel.K];
        var batch = Enumerable.Range(0, outer).Where(a => kernel.Left.Varies(a) && kernel.Right.Varies(a));
        var n = Enumerable.Range(0, outer).Where(a => kernel.Right.Varies(a) && !kernel.Left.Varies(a));
        var m = Enumerable.Range(0, outer).Where(a => !kernel.Right.Varies(a));
        ContractionSide Side(IEnumerable<int> axes)
        {
            int[] loops = [.. axes.Where(a => !PtxPrinter.IsSingle(extents[a]))];
            return new ContractionSide(loops, loops.Select(a => extents[a]).ToEquatableArray());
        }
        // The order of K is that of the additions; that of the others is free.
        IEnumerable<int> RowsFirst(IEnumerable<int> axes) => axes.OrderBy(a => extents[a].TimesRows ? 0 : 1);
        return new(
            Side(RowsFirst(batch)), Side(RowsFirst(m.Append(outer))), Side(RowsFirst(n.Append(outer + 1))), Side(Enumerable.Range(outer + 2, kernel.K.Count)));
    }

    /// <summary>Whether an operand's positions along its side may be loaded so many at once: they lie side by side, and all else is whole vectors away.</summary>
    public bool HasVectors(Access access, ContractionSide side, int vector)
    {
        if (side.Axes.Count == 0) return false;
        int last = side.Axes[side.Axes.Count - 1];
        bool isPanelled = last == access.PanelAxis;
        return AreVectors(access, side, side, vector, isPanelled) && (!isPanelled || (access.PanelWidth % vector == 0 && access.PanelStride % vector == 0));
    }

    /// <summary>Whether its terms may be.</summary>
    public bool HasVectorsOfTerms(Access access, ContractionSide side, int vector) => K.Axes.Count > 0 && AreVectors(access, side, K, vector, isPanelled: false);

    private bool AreVectors(Access access, ContractionSide side, ContractionSide along, int vector, bool isPanelled)
    {
        int last = along.Axes[along.Axes.Count - 1];
        var extent = along.Extents[along.Extents.Count - 1];
        var others = new[] { Batch, side, K }.SelectMany(s => s.Axes).Where(axis => axis != last);
        return !extent.TimesRows && extent.Constant % vector == 0 && (isPanelled || access.Strides[last] == 1) && others.All(axis => axis != access.PanelAxis && access.Strides[axis] % vector == 0);
    }

    public long Results(int rows) => Batch.Count(rows) * M.Count(rows) * N.Count(rows);

    public bool ResultHasRows => Batch.HasRows || M.HasRows || N.HasRows;
}
