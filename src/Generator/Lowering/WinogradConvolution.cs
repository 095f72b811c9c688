using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// A contraction read as a convolution with 3 × 3 or 5 × 5 taps, one pixel at a time: the sum over channels and taps of windows over an image, whose result lies by height, width and
/// output. The numbers of its axes are the contraction's labels.
/// </summary>
/// <param name="IsReversedDown">Whether the taps run backwards along the height.</param>
/// <param name="IsReversedAcross">The same along the width.</param>
/// <param name="HasFullBorder">Whether the image has as wide a border of zeros as windows reach, and taps run backwards: it is the gradient by the image of a convolution without a border.</param>
internal sealed record WinogradConvolution(
    WinogradSize Size, int Down, int TapDown, int Across, int TapAcross, int Channel, int Output, int Height, int Width, int Channels, int Outputs, bool IsReversedDown, bool IsReversedAcross, bool HasFullBorder)
{
    /// <summary>The largest image whose results are added up in a buffer of their own, and the most that the numbers of its tiles take: they stay in the second-level cache.</summary>
    private const int ImageBytes = 64 * 1024, TileBytes = 480 * 1024;

    /// <summary>The label of the 36 numbers.</summary>
    public const int Frequency = int.MaxValue;

    /// <summary>The same of taps for what is transposed: a graph that has them is not read in another way by mistake.</summary>
    private const int TransposedFrequency = int.MaxValue - 1;

    /// <summary>Whether its products are taken of the image within the border, by tiles that add to the results, as they are fewer then.</summary>
    public bool IsTransposed => HasFullBorder && Size.Divides(Inside.Height, Inside.Width) && Size.ProductsIn(Inside.Height, Inside.Width) < Size.ProductsIn(Height, Width)
        && Height * Width * Kernels.Winograd.Padded(Outputs) * sizeof(float) <= ImageBytes
        && Size.TilesIn(Inside.Height, Inside.Width) * Kernels.Winograd.Frequencies * (Kernels.Winograd.Padded(Channels) + Kernels.Winograd.Padded(Outputs)) * sizeof(float) <= TileBytes;

    /// <summary>The label of the 36 numbers of its taps.</summary>
    public int Frequencies => IsTransposed ? TransposedFrequency : Frequency;

    /// <summary>What tiles are cut from.</summary>
    public (int Height, int Width) Tiled => IsTransposed ? Inside : (Height, Width);

    /// <summary>The image within the border.</summary>
    private (int Height, int Width) Inside => (Height + 1 - Size.Taps, Width + 1 - Size.Taps);

    /// <summary>A convolution of what is per row with taps.</summary>
    public static WinogradConvolution? Of(Func<int, Node> nodeAt, Node node)
        => node.Op is ContractOp { OverRows: false, Result.Count: 3 } contract && node.PerRow && !nodeAt(node.Operands[1]).PerRow
            ? Of(nodeAt, node, contract.Result, contract.Right, node.Shape.Extents) : null;

    /// <summary>The gradient by the taps: the sum over all pixels of the batch of windows times gradients by the result, in whatever order these lie.</summary>
    public static WinogradConvolution? OfGradient(Func<int, Node> nodeAt, Node node)
    {
        if (node.Op is not ContractOp { OverRows: true, Right.Count: 3 } contract || !nodeAt(node.Operands[1]).PerRow) return null;
        int[] order = OutputLast(contract);
        var shape = nodeAt(node.Operands[1]).Shape;
        var convolution = Of(nodeAt, node, order.Select(axis => contract.Right[axis]).ToEquatableArray(), contract.Result, order.Select(axis => shape[axis]).ToEquatableArray());
        return convolution is { IsReversedDown: false, IsReversedAcross: false } ? convolution : null;
    }

    /// <summary>The axes of the gradients by the result, that of the outputs last: the one that the image lacks.</summary>
    public static int[] OutputLast(ContractOp contract) => [.. Enumerable.Range(0, contract.Right.Count).OrderBy(axis => contract.Left.Contains(contract.Right[axis]) ? 0 : 1)];

    /// <param name="result">The labels of the convolution's result.</param>
    /// <param name="taps">Those of its taps.</param>
    private static WinogradConvolution? Of(Func<int, Node> nodeAt, Node node, EquatableArray<int> result, EquatableArray<int> taps, EquatableArray<int> extents)
    {
        var labels = ((ContractOp)node.Op).Left;
        var left = nodeAt(node.Operands[0]);
        if (labels.Count != 5 || taps.Count != 4 || !left.PerRow || left.Op is not UnfoldOp outer || nodeAt(left.Operands[0]) is not { Op: UnfoldOp inner }) return null;
        // The inner windows' axes, as the outer ones' two have pushed them.
        int Pushed(int axis) => axis > outer.Axis ? axis + 1 : axis;
        if (inner.Axis == outer.Axis || inner.Axis + 1 == outer.Axis || !IsOneByOne(outer.Windows) || !IsOneByOne(inner.Windows) || outer.Windows.Taps != inner.Windows.Taps) return null;
        var windows = new[] { (outer.Windows, Position: outer.Axis), (inner.Windows, Position: Pushed(inner.Axis)) };
        var (down, across) = labels[windows[0].Position] == result[0] ? (windows[0], windows[1]) : (windows[1], windows[0]);
        if (labels[down.Position] != result[0] || labels[across.Position] != result[1]) return null;
        int tapDown = labels[down.Position + 1], tapAcross = labels[across.Position + 1], output = result[2];
        int channel = labels.First(label => label != tapDown && label != tapAcross && label != result[0] && label != result[1]);
        if (new[] { tapDown, tapAcross, channel, output }.Any(label => !taps.Contains(label)) || labels.Contains(output)) return null;
        var size = new WinogradSize(down.Windows.Taps);
        int bordered = nodeAt(left.Operands[0]).Operands[0], outerAxis = outer.Axis > inner.Axis ? outer.Axis - 1 : outer.Axis;
        bool IsFull(Windows windows, int axis) => windows.Step < 0 && windows.Start == windows.Taps - 1 && windows.Positions == nodeAt(bordered).Shape[axis] + 1 - windows.Taps;
        bool hasFullBorder = IsFull(inner.Windows, inner.Axis) && IsFull(outer.Windows, outerAxis) && HasBorder(nodeAt, bordered, size.Taps - 1, [inner.Axis, outerAxis]);
        return new WinogradConvolution(size, result[0], tapDown, result[1], tapAcross, channel, output, extents[0], extents[1],
            left.Shape[labels.Items.IndexOf(channel)], extents[2], down.Windows.Step < 0, across.Windows.Step < 0, hasFullBorder);
    }

    /// <summary>Whether a node is another with so many zeros before and behind it along these axes.</summary>
    private static bool HasBorder(Func<int, Node> nodeAt, int index, int width, List<int> axes)
    {
        while (axes.Count > 0)
        {
            var node = nodeAt(index);
            if (node.Op is not PadOp { Interior: 0, Value: 0 } pad || pad.Before != width || pad.After != width || !axes.Remove(pad.Axis)) return false;
            index = node.Operands[0];
        }
        return true;
    }

    private static bool IsOneByOne(Windows windows) => WinogradSize.Has(windows.Taps) && windows is { Stride: 1, Step: 1 or -1 };
}
