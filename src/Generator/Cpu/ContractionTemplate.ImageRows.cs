using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Few rows and few columns, as the outputs and the width of a small image, make a tile whose sums wait for each other. Where the left operand is the same for all rows of the image,
/// a tile takes several of them: the vectors of one lie beside those of the next, and the last of each is not full.
/// </summary>
internal sealed partial class ContractionTemplate
{
    private int Pitch => VectorsOfRow(kernel, form) * form.Lanes;

    private static int VectorsOfRow(ContractionKernel kernel, VectorForm form) => (kernel.N.Constant + form.Lanes - 1) / form.Lanes;

    private static int FindImageRows(ContractionKernel kernel, VectorForm form)
    {
        int axis = kernel.Outer.Count - 1, n = kernel.Outer.Count + 1;
        if (axis < 0 || kernel.Sharded || kernel.M.TimesRows || kernel.Outer[axis] is not { TimesRows: false, Constant: > 1 } || kernel.Left.Strides[axis] != 0) return -1;
        if (kernel.Epilogue.Accesses.Concat([kernel.Left, kernel.Right]).Any(a => !a.IsAffine || a.Strides[axis] < 0)) return -1;
        if (kernel.Epilogue.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index } && (c.A == axis || c.A == n))) return -1;
        return kernel.M.Constant * VectorsOfRow(kernel, form) * 2 <= CpuSchedule.MostSums(form.Bits) ? axis : -1;
    }

    /// <summary>The lanes that count in a vector of the tile, null for all.</summary>
    private string? TailOf(Tile tile, int vector)
    {
        if (imageRows < 0) return tile.TailOf(vector);
        int rest = kernel.N.Constant % form.Lanes, across = VectorsOfRow(kernel, form);
        return rest > 0 && vector % across == across - 1 ? Literal.Of(rest) : null;
    }
}
