using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>Sectors of 32 bytes that 32 lanes load for a term of each, of both operands: where every lane has a result of its own, and where a warp's lanes share one.</summary>
internal sealed record LoneLoads(int OfThreads, int OfWarp)
{
    /// <summary>One element for all lanes, or 32 floats side by side, or each somewhere else.</summary>
    private const int Shared = 1, SideBySide = 4, Apart = 32;

    public static LoneLoads Of(ContractionKernel kernel, ContractionSides sides)
    {
        int lane = PtxPrinter.InnermostResult(kernel);
        var terms = sides.K.Axes;
        int Sectors(Access access, int axis) => !access.Varies(axis) ? Shared : axis == access.PanelAxis || access.Strides[axis] == 1 ? SideBySide : Apart;
        Access[] operands = [kernel.Left, kernel.Right];
        return new(operands.Sum(access => Sectors(access, lane)), terms.Count == 0 ? Apart : operands.Sum(access => Sectors(access, terms[terms.Count - 1])));
    }
}
