using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class WindowTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_along_one_axis(bool float64) => KernelChecks.CheckAll(float64,
        from channels in new[] { 1, 5 }
        from window in new KernelWindow[] { new(1, 4, 3, 0, 1, 1), new(1, 3, 2, 1, 2, 1), new(1, 2, 3, 0, 4, 1), new(1, 3, 2, 0, 2, 3), new(1, 3, 3, 4, 1, -2) }
        select Along(window, 11, channels), 16);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_along_height_and_width(bool float64) => KernelChecks.CheckAll(float64, [Image(new(1, 3, 3, 0, 2, 1), new(2, 4, 2, 1, 1, 2)), Image(new(1, 1, 7, 0, 1, 1), new(2, 7, 1, 0, 1, 1))], 32);

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

    /// <summary>(rows, positions, taps, positions, taps) to (rows, 7, 7).</summary>
    private static KernelCase Image(KernelWindow height, KernelWindow width)
    {
        int line = width.Positions * width.Taps, row = height.Positions * height.Taps * line;
        return Case([Extent.Rows, Extent.Of(7), Extent.Of(7)], [height, width], [row, 0, 0, height.Taps * line, line, width.Taps, 1], [49, 7, 1], rows => [rows * row, rows * 49]);
    }

    private static KernelCase Case(Extent[] kept, KernelWindow[] windows, int[] unfolded, int[] folded, Func<int, int[]> lengths)
    {
        var source = new KernelBody(new[] { new Access(0, unfolded) }, new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Apply(ScalarOp.Multiply, 0, 0) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(1, folded) },
            new[] { new BodyInstruction(BodyOp.Accumulator), ContractionTests.Number(0.5), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(0, 2) });
        return new KernelCase(new WindowKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, kept, windows, source, epilogue), lengths, HasTemplate: false);
    }
}
