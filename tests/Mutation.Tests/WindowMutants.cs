using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in windows: the layers of images, the ops' gradients, the order in memory, products that windows sum, their kernel.</summary>
public class WindowMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("taps for positions", "Ops/WindowOps.cs", "((taps - 1) * step)) / stride) + 1, taps", "((taps - 1) * step)) / stride), taps", "the last window is one too"),
        new("strides of windows exchanged", "Lowering/View.cs", "stride * windows.Stride, stride * windows.Step", "stride * windows.Step, stride * windows.Stride", "positions lie a stride apart, taps a step"),
        new("all of the gradient to equal pixels", "Layers/Pooling.cs", "windows.AtPlace(windows.ArgMax(taps), taps).Sum(taps)", "windows.Max(taps)", "of equal pixels the first gets the gradient"),
        new("place in a window counted by columns", "Graph/Value.cs", "b.Multiply(own, b.Constant(Shape[axis]))", "own", "places are counted in row-major order"),
        new("border of zeros under a maximum", "Layers/Pooling.cs", "pool.Windows(double.NegativeInfinity)", "pool.Windows(0)", "the border of a maximum is -∞"),
        new("output padding before the image", "Layers/ConvTranspose2d.cs", "Slice(axis, padding, kept)", "Slice(axis, padding + outputPadding, kept - outputPadding).Pad(axis, 0, outputPadding)", "it is added at the end"),
        new("axes in memory", "Lowering/MemoryOrder.cs", "Last < 0 || axis < Last ? axis : axis == Last ? Rank - 1 : axis - 1", "Last < 0 || axis < Last ? axis : axis == Last ? Rank - 1 : axis", "the axes behind the one that lies last move up"),
        new("place of a moved index", "Lowering/MemoryOrder.cs", "i with { A = i.A < last ? i.A : i.A == last ? rank - 1 : i.A - 1 }", "i", "an index names the axis of the node"),
        new("operand left in order", "Lowering/MemoryOrder.cs", "? value.Transpose([.. Enumerable.Range(0, rank).Where(a => a != last), last])", "? value.Reshape(MoveToEnd(value.Shape, last))", "an operand in another order is transposed"),
        new("pixels that do not meet their taps", "Lowering/FoldedProducts.cs", "before - windows.Start, 1, -windows.Step)", "before - windows.Start - 1, 1, -windows.Step)", "element i meets tap t where its window has it"),
        new("taps in the same order", "Lowering/FoldedProducts.cs", "before - windows.Start, 1, -windows.Step)", "0, 1, windows.Step)", "the pixels come in reverse order of the taps"),
        new("no zeros for the stride", "Lowering/FoldedProducts.cs", "interior = windows.Stride - 1;", "interior = 0;", "pixels lie a stride apart"),
        new("windows before the slice", "Lowering/FoldedProducts.cs", "unfold.Windows.Start + (slice.Start * unfold.Windows.Stride)", "unfold.Windows.Start", "the first windows are those that the slice begins with"),
        new("border that is read", "Lowering/FoldedProducts.cs", "Start = windows.Start - first }", "Start = windows.Start }", "windows move with the border that goes"),
        new("change behind windows taken before", "Lowering/FoldedProducts.cs", "isBefore ? axis : axis - 1, addedAxes", "axis, addedAxes", "windows made two axes of one"),
        new("rows across gaps", "Lowering/Fuse.Rows.cs", "view.Strides[axes[i]] == view.Strides[axes[i + 1]] * shape[axes[i + 1]]", "i >= 0", "what is cut out of an image is no row"),
        new("rows across panels", "Lowering/Fuse.Rows.cs", "ParameterOp { Extents.Rank: 2 }", "ParameterOp { Extents.Rank: 0 }", "a matrix in panels is no row"),
        new("gaps of a padding", "Lowering/KernelBuilder.Assembly.cs", "gap = 1; gap < pitch", "gap = 1; gap + 1 < pitch", "every element between two is written"),
        new("padding inside of a padding", "Lowering/KernelBuilder.Assembly.cs", "Pad(cluster, operand, spread, first)", "Pad(cluster, operand, spread, offset)", "the inner padding begins behind the outer border"),
        new("taps of the other window", "Lowering/KernelBuilder.Windows.cs", "[.. axes.Take(fold.Axis), positions, taps,", "[.. axes.Take(fold.Axis), taps, positions,", "positions come before taps"),
        new("position behind the last", "Cpu/PlainPrinter.Windows.cs", "{position} < 0 || {position} >= {Literal.Of(window.Positions)}", "{position} < 0", "there is no window behind the last"),
        new("taps between positions", "Cpu/PlainPrinter.Windows.cs", "% {stride} != 0) continue;", "% {stride} < 0) continue;", "a tap reaches only every stride-th element"),
        new("last of equal pixels", "Cpu/PlainPrinter.Places.cs", "if (candidate > largest ||", "if (candidate >= largest ||", "of equal pixels the first is the largest"),
        new("columns of a place", "Cpu/PlainPrinter.Places.cs", "stride *= axes[axis].Constant;", "stride += axes[axis].Constant;", "places are counted in row-major order"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfWindows.Value);
}
