using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// A contraction read as a convolution with 3 × 3 taps, one pixel at a time: the sum over channels and taps of windows over an image, whose result lies by height, width and
/// output. The numbers of its axes are the contraction's labels.
/// </summary>
/// <param name="IsReversedDown">Whether the taps run backwards along the height.</param>
/// <param name="IsReversedAcross">The same along the width.</param>
internal sealed record WinogradConvolution(
    int Down, int TapDown, int Across, int TapAcross, int Channel, int Output, int Height, int Width, int Channels, int Outputs, bool IsReversedDown, bool IsReversedAcross)
{
    /// <summary>The label of the 36 numbers.</summary>
    public const int Frequency = int.MaxValue;

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
        if (inner.Axis == outer.Axis || inner.Axis + 1 == outer.Axis || !IsOneByOne(outer.Windows) || !IsOneByOne(inner.Windows)) return null;
        var windows = new[] { (outer.Windows, Position: outer.Axis), (inner.Windows, Position: Pushed(inner.Axis)) };
        var (down, across) = labels[windows[0].Position] == result[0] ? (windows[0], windows[1]) : (windows[1], windows[0]);
        if (labels[down.Position] != result[0] || labels[across.Position] != result[1]) return null;
        int tapDown = labels[down.Position + 1], tapAcross = labels[across.Position + 1], output = result[2];
        int channel = labels.First(label => label != tapDown && label != tapAcross && label != result[0] && label != result[1]);
        if (new[] { tapDown, tapAcross, channel, output }.Any(label => !taps.Contains(label)) || labels.Contains(output)) return null;
        return new WinogradConvolution(result[0], tapDown, result[1], tapAcross, channel, output, extents[0], extents[1],
            left.Shape[labels.Items.IndexOf(channel)], extents[2], down.Windows.Step < 0, across.Windows.Step < 0);
    }

    private static bool IsOneByOne(Windows windows) => windows is { Taps: Kernels.Winograd.Taps, Stride: 1, Step: 1 or -1 };
}
