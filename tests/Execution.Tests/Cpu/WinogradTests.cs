using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Tests.Cpu.ContractionTests;

namespace DlGen.Tests.Cpu;

/// <summary>Convolutions by Winograd's products against the sums that they stand for: images that tiles divide and that they don't, blocks of channels, shares, all widths.</summary>
public class WinogradTests
{
    /// <summary>Winograd's rounding errors are about ten times those of the sum.</summary>
    private const int Rounding = 100;

    private static readonly WinogradSize Three = new(3), Five = new(5);

    private static readonly double[][] OfThree = [[0.25, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1]];

    private static readonly double[][] OfFive =
    [
        [0.25, 0, 0, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0, 1 / 6.0, -1 / 6.0],
        [1 / 24.0, 1 / 12.0, 1 / 6.0, 1 / 3.0, 2 / 3.0], [1 / 24.0, -1 / 12.0, 1 / 6.0, -1 / 3.0, 2 / 3.0], [0, 0, 0, 0, 1],
    ];

    [Fact]
    public void Results_with_bias_and_activation() => Check(from s in Shapes.Concat(Fives) select Convolution(s.Size, s.Height, s.Width, s.Channels, s.Outputs, Relu), [1, 4]);

    [Fact]
    public void An_expensive_epilogue()
        => Check([Convolution(Three, 6, 9, 16, 32, Gelu), Convolution(Three, 6, 6, 16, 32, Gelu), Convolution(Five, 4, 5, 16, 7, Gelu)], [1, 3]);

    [Fact]
    public void Results_that_nothing_is_done_with()
        => Check([Convolution(Three, 4, 8, 16, 16, Stored), Convolution(Three, 7, 5, 32, 16, Stored), Convolution(Three, 6, 6, 16, 16, Stored), Convolution(Five, 5, 4, 6, 16, Stored), Convolution(Five, 4, 6, 16, 6, Stored)], [1, 3]);

    /// <summary>The gradient by the image of a convolution without a border: results around the image that tiles are cut from.</summary>
    [Fact]
    public void Tiles_that_add_to_an_image()
        => Check(from s in new[] { (Five, 4, 6, 16, 6), (Five, 2, 2, 5, 16), (Five, 6, 10, 16, 32), (Three, 4, 8, 16, 32) } from epilogue in new[] { Stored, Relu } select Transposed(s.Item1, s.Item2, s.Item3, s.Item4, s.Item5, epilogue), [1, 3]);

    [Fact]
    public void Gradients_by_the_taps()
        => Check(from s in Shapes.Concat(Fives) from outputs in new[] { true, false } select Gradient(s.Size, s.Height, s.Width, s.Channels, s.Outputs, outputs), [1, 7]);

    /// <summary>Nothing behind the end of the caller's memory is read: there the sum itself is taken.</summary>
    [Fact]
    public void An_image_that_ends_with_its_last_channel()
    {
        static ContractionKernel Exact(ContractionKernel kernel, int buffer) => kernel with { Buffers = kernel.Buffers.Select((b, i) => i == buffer ? b with { IsExact = true } : b).ToEquatableArray() };
        var (convolution, gradient) = (Convolution(Five, 4, 6, 6, 16, Relu).Kernel, Gradient(Five, 4, 6, 16, 6, ofOutputs: true).Kernel);
        Assert.False(WinogradTemplate.Fits(Exact(convolution, 0), float64: false));
        Assert.False(WinogradGradientTemplate.Fits(Exact(gradient, 1), float64: false));
        Assert.True(WinogradGradientTemplate.Fits(Exact(gradient, 0), float64: false));
    }

    private static void Check(IEnumerable<Case> cases, int[] rowCounts)
    {
        Case[] all = [.. cases];
        Assert.All(all, c => Assert.True(WinogradTemplate.Fits(c.Kernel, float64: false) || WinogradGradientTemplate.Fits(c.Kernel, float64: false), c.Kernel.ToString()));
        CheckAll(float64: false, all, rowCounts);
    }

    private static (WinogradSize Size, int Height, int Width, int Channels, int Outputs)[] Shapes
        => [(Three, 4, 8, 32, 16), (Three, 5, 9, 16, 16), (Three, 6, 4, 48, 80), (Three, 6, 10, 16, 32), (Three, 4, 6, 32, 16), (Three, 14, 8, 16, 16)];

    /// <summary>With 5 × 5 taps channels need not fill a vector.</summary>
    private static (WinogradSize Size, int Height, int Width, int Channels, int Outputs)[] Fives
        => [(Five, 4, 6, 16, 32), (Five, 5, 7, 6, 16), (Five, 2, 8, 16, 6), (Five, 6, 6, 4, 5), (Five, 10, 10, 12, 48)];

    private static Case Convolution(WinogradSize size, int height, int width, int channels, int outputs, Func<Access, Access, KernelBody> epilogue)
    {
        int taps = size.Taps, column = channels, row = (width + taps - 1) * column, image = (height + taps - 1) * row, result = height * width * outputs;
        var body = epilogue(new Access(2, new[] { 0, 0, 0, 1 }), new Access(3, new[] { result, width * outputs, outputs, 1 }));
        var winograd = new Winograd(size, height, width, channels, outputs, Tiles(size, height, width), new Access(0, new[] { image, row, column, 1 }), row, column, Filters(channels, outputs), body, 5);
        double[] weights = Weights(taps * taps * channels * outputs);
        return new Case(Sum(size, height, width, channels, outputs, body) with { Winograd = winograd },
            rows => [rows * image, weights.Length, outputs, rows * result, Winograd.Frequencies * channels * outputs, winograd.ScratchLength, 1], K: Rounding * taps * taps * channels)
        {
            Values = new() { [1] = weights, [4] = Transformed(taps, weights, channels * outputs) },
        };
    }

    /// <summary>The same by tiles of the image within a border of zeros as wide as taps reach, which stands in a buffer of its own, too. What takes the taps forwards adds to pixels what the sum takes of them backwards.</summary>
    private static Case Transposed(WinogradSize size, int height, int width, int channels, int outputs, Func<Access, Access, KernelBody> epilogue)
    {
        const int MostRows = 4;
        int taps = size.Taps, border = taps - 1, down = height + border, across = width + border, pairs = channels * outputs;
        int paddedWidth = across + border, padded = (down + border) * paddedWidth * channels, image = height * width * channels, result = down * across * outputs;
        var body = epilogue(new Access(2, new[] { 0, 0, 0, 1 }), new Access(3, new[] { result, across * outputs, outputs, 1 }));
        var winograd = new Winograd(size, height, width, channels, outputs, size.TilesIn(height, width) * 2, new Access(6, new[] { image, width * channels, channels, 1 }), width * channels, channels,
            Filters(channels, outputs), body, 5) { IsTransposed = true };
        double[] weights = Weights(taps * taps * pairs), pixels = Weights(MostRows * image), bordered = new double[MostRows * padded];
        for (int e = 0; e < pixels.Length; e++)
        {
            var (pixel, channel) = Math.DivRem(e, channels);
            bordered[(pixel / (height * width) * padded) + ((((pixel / width % height) + border) * paddedWidth + (pixel % width) + border) * channels) + channel] = pixels[e];
        }
        double[] backwards = [.. Enumerable.Range(0, weights.Length).Select(e => weights[((taps * taps - 1 - (e / pairs)) * pairs) + (e % pairs)])];
        return new Case(Sum(size, down, across, channels, outputs, body) with { Winograd = winograd },
            rows => [rows * padded, weights.Length, outputs, rows * result, Winograd.Frequencies * pairs, winograd.ScratchLength, rows * image], K: Rounding * taps * taps * channels)
        {
            Values = new() { [0] = bordered, [1] = backwards, [4] = Transformed(taps, weights, pairs), [6] = pixels },
        };
    }

    /// <summary>The sum itself, of an image that is larger by the taps but one.</summary>
    private static ContractionKernel Sum(WinogradSize size, int height, int width, int channels, int outputs, KernelBody body)
    {
        int taps = size.Taps, row = (width + taps - 1) * channels, image = (height + taps - 1) * row;
        KernelBuffer numbers = new(false, false, false), scratch = new(false, false, true);
        return new ContractionKernel(Buffers(false).Concat([numbers, scratch, numbers]).ToEquatableArray(),
            new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(width), Extent.Of(outputs), new[] { Extent.Of(taps), Extent.Of(taps), Extent.Of(channels) }, false,
            new Access(0, new[] { image, row, channels, 0, row, channels, 1 }), new Access(1, new[] { 0, 0, 0, 1, taps * channels * outputs, channels * outputs, outputs }), body);
    }

    private static Access Filters(int channels, int outputs) => new(4, new[] { channels * outputs, outputs, 1 });

    /// <param name="ofOutputs">Whether outputs lie side by side in the gradient, as (height, width, channels, outputs); else it is (outputs, height, width, channels).</param>
    private static Case Gradient(WinogradSize size, int height, int width, int channels, int outputs, bool ofOutputs)
    {
        int taps = size.Taps, column = channels, row = (width + taps - 1) * column, image = (height + taps - 1) * row, result = height * width * outputs;
        int[] home = ofOutputs ? [taps * channels * outputs, channels * outputs, outputs, 1] : [taps * channels, channels, 1, taps * taps * channels];
        KernelBody Body(params int[] strides) => new(new[] { new Access(2, strides) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var winograd = new WinogradGradient(size, height, width, channels, outputs, Tiles(size, height, width), new Access(0, new[] { image, row, column, 1 }), row, column,
            new Access(1, new[] { result, width * outputs, outputs, 1 }), new Access(3, new[] { taps * taps, taps, 1 }), Body(home), 4);
        // An image whose channels fill no vector is read beyond its end.
        var buffers = new[] { new KernelBuffer(false, Winograd.Padded(channels) == channels, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(taps), Extent.Of(taps) }, Extent.Of(channels), Extent.Of(outputs), new[] { Extent.Rows, Extent.Of(height), Extent.Of(width) }, true,
            new Access(0, new[] { row, column, 1, 0, image, row, column }), new Access(1, new[] { 0, 0, 0, 1, result, width * outputs, outputs }), Body(home)) { WinogradGradient = winograd };
        if (!ofOutputs)
        {
            kernel = kernel with
            {
                M = kernel.N,
                N = kernel.M,
                Left = new Access(1, new[] { 0, 0, 1, 0, result, width * outputs, outputs }),
                Right = new Access(0, new[] { row, column, 0, 1, image, row, column }),
                Epilogue = Body(home[0], home[1], home[3], home[2]),
            };
        }
        var matrix = from i in Enumerable.Range(0, 6) from j in Enumerable.Range(0, 6) from y in Enumerable.Range(0, taps) from x in Enumerable.Range(0, taps) select G(taps)[i][y] * G(taps)[j][x];
        return new Case(kernel, _ => [5 * image, 5 * result, taps * taps * channels * outputs, 36 * taps * taps, winograd.ScratchLength], [true, true, false, false, false], K: Rounding * 12 * height * width)
        {
            Values = new() { [3] = [.. matrix] },
        };
    }

    /// <summary>About twelve; images that have shorter tiles at their edges go whole.</summary>
    private static int Tiles(WinogradSize size, int height, int width)
        => size.HasEdges(height, width) && size.TilesIn(height, width) is var inImage ? Math.Max(1, 12 / inImage) * inImage : 12;

    private static double[][] G(int taps) => taps == 3 ? OfThree : OfFive;

    private static KernelBody Stored(Access bias, Access output) => new(new[] { output }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });

    private static double[] Weights(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 2) - 1))];
    }

    /// <summary>G·w·Gᵀ for each of the pairs of channels, which lie side by side behind the taps.</summary>
    private static double[] Transformed(int taps, double[] weights, int pairs)
        => [.. from i in Enumerable.Range(0, 6)
               from j in Enumerable.Range(0, 6)
               from pair in Enumerable.Range(0, pairs)
               select (double)(float)Enumerable.Range(0, taps * taps).Sum(t => G(taps)[i][t / taps] * G(taps)[j][t % taps] * weights[(t * pairs) + pair])];
}
