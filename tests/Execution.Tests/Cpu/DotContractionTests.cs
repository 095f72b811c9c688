using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>Gradients by the taps of an image of one channel for few outputs: terms in the lanes, those behind the last of a line not numbers, tiles that divide the outputs and that don't.</summary>
public class DotContractionTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Terms_side_by_side(bool float64)
    {
        ContractionTests.Case[] cases = [.. from outputs in new[] { 1, 2, 6, 8, 13 } from taps in new[] { 1, 3, 5, 8 } from width in new[] { 8, 13, 28 } select Taps(outputs, taps, width)];
        Assert.All(cases, c => Assert.True(DotContractionTemplate.Fits(c.Kernel)));
        ContractionTests.CheckAll(float64, cases, [1, 5, 12]);
    }

    /// <summary>A single output has as many units as lines of taps: threads share them.</summary>
    [Fact]
    public void Threads_share_every_outer_index()
    {
        var writer = new DlGen.Emission.SourceWriter();
        KernelPrinter.Print(writer, Taps(1, 3, 28).Kernel, "K", new CpuOptions(Float64: false, Plain: false));
        Assert.Contains("Share.Start(3, part, parts)", writer.ToString());
    }

    /// <summary>Others have sums of columns, or too few terms side by side.</summary>
    [Fact]
    public void Only_where_both_operands_have_them()
    {
        var kernel = Taps(6, 5, 28).Kernel;
        Assert.False(DotContractionTemplate.Fits(Taps(6, 5, 7).Kernel));
        Assert.False(DotContractionTemplate.Fits(Taps(17, 5, 28).Kernel));
        Assert.False(DotContractionTemplate.Fits(kernel with { Left = kernel.Left with { Strides = kernel.Left.Strides.Select((s, axis) => axis == 5 ? 2 : s).ToEquatableArray() } }));
        Assert.False(DotContractionTemplate.Fits(kernel with { Sharded = false }));
    }

    /// <summary>Σ over the rows and their lines of the gradient (outputs, 3, width) times the windows of an image of (taps + 2, taps + width - 1).</summary>
    private static ContractionTests.Case Taps(int outputs, int taps, int width)
    {
        const int height = 3;
        int line = width + taps - 1, image = (height + taps - 1) * line, gradient = outputs * height * width;
        var left = new Access(0, new[] { 0, height * width, 0, gradient, width, 1 });
        var right = new Access(1, new[] { line, 0, 1, image, line, 1 });
        var body = new KernelBody(new[] { new Access(2, new[] { taps, taps * taps, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var buffers = new[] { new KernelBuffer(false, false, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(taps) }, Extent.Of(outputs), Extent.Of(taps), new[] { Extent.Rows, Extent.Of(height), Extent.Of(width) }, true, left, right, body);
        return new ContractionTests.Case(kernel, _ => [5 * gradient, 5 * image, outputs * taps * taps], [true, true, false], K: height * width) { TermsOfRow = height * width };
    }
}
