using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class WindowTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_along_one_axis(bool float64) => KernelChecks.CheckAll(float64,
        from channels in new[] { 1, 5, 33, 70 }
        from window in new KernelWindow[] { new(1, 4, 3, 0, 1, 1), new(1, 3, 2, 1, 2, 1), new(1, 2, 3, 0, 4, 1), new(1, 3, 2, 0, 2, 3), new(1, 3, 3, 4, 1, -2) }
        select Along(window, 11, channels), 16);

    /// <summary>Windows side by side, with and without a rest behind the last.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_that_cover_their_axis(bool float64) => KernelChecks.CheckAll(float64,
        from channels in new[] { 1, 6, 33 } from extent in new[] { 10, 11 } select Along(new KernelWindow(1, 5, 2, 0, 2, 1), extent, channels), 16);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_along_height_and_width(bool float64) => KernelChecks.CheckAll(float64,
        from channels in new[] { 1, 20 }
        from windows in new (KernelWindow, KernelWindow)[] { (new(1, 3, 3, 0, 2, 1), new(2, 4, 2, 1, 1, 2)), (new(1, 1, 7, 0, 1, 1), new(2, 7, 1, 0, 1, 1)), (new(1, 3, 2, 0, 2, 1), new(2, 3, 3, 0, 2, 1)) }
        select Image(windows.Item1, windows.Item2, channels), 32, [1, 7]);

    /// <summary>What windows of two along the lanes hold, read once for both of their elements; memory that may not be read beyond its end is read element by element.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_of_two_along_the_lanes(bool float64)
    {
        KernelChecks.CheckAll(float64, from width in new[] { 1, 2, 5, 8, 9, 14, 17, 40 } select Pairs(width, isExact: false), 16, [1, 3]);
        KernelChecks.CheckAll(float64, [Pairs(9, isExact: true)], 16, [2]);
    }

    /// <summary>(rows, 3 channels, 2 lines, width) to (rows, 3, 4, 2 · width): a number times which of its four elements one is, and another.</summary>
    private static KernelCase Pairs(int width, bool isExact)
    {
        const int channels = 3, lines = 2;
        int[] unfolded = [channels * lines * width, lines * width, 0, 0, width, 0, 1, 0];
        var source = new KernelBody(new[] { new Access(0, unfolded), new Access(1, unfolded) },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Scalar, ScalarOp.Index, 5), ContractionTests.Number(2), ContractionTests.Apply(ScalarOp.Multiply, 1, 2), new(BodyOp.Scalar, ScalarOp.Index, 7),
                ContractionTests.Apply(ScalarOp.Add, 3, 4), ContractionTests.Apply(ScalarOp.Multiply, 0, 5), new(BodyOp.Load, A: 1), ContractionTests.Apply(ScalarOp.Add, 6, 7) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(2, new[] { 4 * channels * lines * width, 4 * lines * width, 2 * width, 1 }) },
            new[] { new BodyInstruction(BodyOp.Accumulator), ContractionTests.Number(0.5), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(0, 2) });
        var buffers = new[] { new KernelBuffer(false, isExact, false), new KernelBuffer(false, isExact, false), new KernelBuffer(false, true, true) };
        var kernel = new WindowKernel(buffers, new[] { Extent.Rows, Extent.Of(channels), Extent.Of(2 * lines), Extent.Of(2 * width) }, new KernelWindow[] { new(2, lines, 2, 0, 2, 1), new(3, width, 2, 0, 2, 1) }, source, epilogue);
        return new KernelCase(kernel, rows => [rows * channels * lines * width, rows * channels * lines * width, rows * 4 * channels * lines * width], HasTemplate: !isExact);
    }

    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_over_one_element(bool float64) => KernelChecks.CheckAll(float64, [Along(new(-1, 1, 1, 0, 1, 1), 1, 3)], 4);

    /// <summary>(rows, positions, taps, channels) squared and summed to (rows, extent, channels), halved.</summary>
    private static KernelCase Along(KernelWindow window, int extent, int channels)
    {
        int row = window.Positions * window.Taps * channels;
        var kept = new[] { Extent.Rows }.Concat(window.Axis < 0 ? [] : [Extent.Of(extent)]).Append(Extent.Of(channels)).ToArray();
        int[] unfolded = [row, .. window.Axis < 0 ? [] : new[] { 0 }, 1, window.Taps * channels, channels];
        int[] folded = [extent * channels, .. window.Axis < 0 ? [] : new[] { channels }, 1];
        return Case(kept, [window], unfolded, folded, rows => [rows * row, rows * extent * channels]);
    }

    /// <summary>(rows, positions, taps, positions, taps, channels) to (rows, 7, 7, channels).</summary>
    private static KernelCase Image(KernelWindow height, KernelWindow width, int channels)
    {
        int line = width.Positions * width.Taps * channels, row = height.Positions * height.Taps * line;
        return Case([Extent.Rows, Extent.Of(7), Extent.Of(7), Extent.Of(channels)], [height, width], [row, 0, 0, 1, height.Taps * line, line, width.Taps * channels, channels],
            [49 * channels, 7 * channels, channels, 1], rows => [rows * row, rows * 49 * channels]);
    }

    private static KernelCase Case(Extent[] kept, KernelWindow[] windows, int[] unfolded, int[] folded, Func<int, int[]> lengths)
    {
        var source = new KernelBody(new[] { new Access(0, unfolded) }, new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Apply(ScalarOp.Multiply, 0, 0) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(1, folded) },
            new[] { new BodyInstruction(BodyOp.Accumulator), ContractionTests.Number(0.5), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(0, 2) });
        return new KernelCase(new WindowKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, kept, windows, source, epilogue), lengths, HasTemplate: kept[^1].Constant > 1);
    }
}
