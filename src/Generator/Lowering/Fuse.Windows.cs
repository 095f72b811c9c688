using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class Fuse
{
    /// <summary>
    /// Whether a sum of windows exists only inside the one along another axis: the windows of an image's height and width are summed by one kernel,
    /// without a buffer as high as all windows together.
    /// </summary>
    private bool IsReadByOneFold(int index)
        => OnlyReader(index) is { } reader && graph[reader].Op is FoldOp outer && graph[index].Op is FoldOp inner && inner.Axis != outer.Axis && inner.Axis != outer.Axis + 1;

    /// <summary>Whether a padding exists only inside the one along another axis, which writes both borders around the elements.</summary>
    private bool IsReadByOnePad(int index)
        => graph[index].Op is PadOp && OnlyReader(index) is { } reader && graph[reader].Op is PadOp;
}
