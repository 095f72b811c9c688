using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Tests.Cpu.ContractionTests;

namespace DlGen.Tests.Cpu;

/// <summary>Convolutions by Winograd's products against the sums that they stand for: images that tiles divide and that they don't, blocks of channels, shares, all widths.</summary>
public class WinogradTests
{
    private const int Taps = 3;

    /// <summary>Winograd's rounding errors are about ten times those of the sum.</summary>
    private const int Rounding = 100;

    private static readonly double[][] G = [[0.25, 0, 0], [-1 / 6.0, -1 / 6.0, -1 / 6.0], [-1 / 6.0, 1 / 6.0, -1 / 6.0], [1 / 24.0, 1 / 12.0, 1 / 6.0], [1 / 24.0, -1 / 12.0, 1 / 6.0], [0, 0, 1]];

    [Fact]
    public void Results_with_bias_and_activation() => CheckAll(float64: false, from s in Shapes select Convolution(s.Height, s.Width, s.Channels, s.Outputs, Relu), [1, 4]);

    [Fact]
    public void An_expensive_epilogue() => CheckAll(float64: false, [Convolution(6, 9, 16, 32, Gelu), Convolution(6, 6, 16, 32, Gelu)], [1, 3]);

    [Fact]
    public void Results_that_nothing_is_done_with() => CheckAll(float64: false, [Convolution(4, 8, 16, 16, Stored), Convolution(7, 5, 32, 16, Stored), Convolution(6, 6, 16, 16, Stored)], [1, 3]);

    [Fact]
    public void Gradients_by_the_taps()
        => CheckAll(float64: false, from s in Shapes from outputs in new[] { true, false } select Gradient(s.Height, s.Width, s.Channels, s.Outputs, outputs), [1, 7]);

    private static (int Height, int Width, int Channels, int Outputs)[] Shapes => [(4, 8, 32, 16), (5, 9, 16, 16), (6, 4, 48, 80), (6, 10, 16, 32), (4, 6, 32, 16), (14, 8, 16, 16)];

    private static Case Convolution(int height, int width, int channels, int outputs, Func<Access, Access, KernelBody> epilogue)
    {
        int column = channels, row = (width + 2) * column, image = (height + 2) * row, result = height * width * outputs;
        var body = epilogue(new Access(2, new[] { 0, 0, 0, 1 }), new Access(3, new[] { result, width * outputs, outputs, 1 }));
        var winograd = new Winograd(height, width, channels, outputs, Tiles(height, width), new Access(0, new[] { image, row, column, 1 }), row, column,
            new Access(4, new[] { channels * outputs, outputs, 1 }), body, 5);
        var kernel = new ContractionKernel(
            Buffers(false).Concat([new KernelBuffer(false, false, false), new KernelBuffer(false, false, true)]).ToEquatableArray(),
            new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(width), Extent.Of(outputs), new[] { Extent.Of(Taps), Extent.Of(Taps), Extent.Of(channels) }, false,
            new Access(0, new[] { image, row, column, 0, row, column, 1 }), new Access(1, new[] { 0, 0, 0, 1, Taps * channels * outputs, channels * outputs, outputs }), body)
        { Winograd = winograd };
        double[] weights = Weights(Taps * Taps * channels * outputs);
        return new Case(kernel, rows => [rows * image, weights.Length, outputs, rows * result, Winograd.Frequencies * channels * outputs, winograd.ScratchLength], K: Rounding * Taps * Taps * channels)
        {
            Values = new() { [1] = weights, [4] = Transformed(weights, channels * outputs) },
        };
    }

    /// <param name="ofOutputs">Whether outputs lie side by side in the gradient, as (height, width, channels, outputs); else it is (outputs, height, width, channels).</param>
    private static Case Gradient(int height, int width, int channels, int outputs, bool ofOutputs)
    {
        int column = channels, row = (width + 2) * column, image = (height + 2) * row, result = height * width * outputs;
        int[] home = ofOutputs ? [Taps * channels * outputs, channels * outputs, outputs, 1] : [Taps * channels, channels, 1, Taps * Taps * channels];
        KernelBody Body(params int[] strides) => new(new[] { new Access(2, strides) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var winograd = new WinogradGradient(height, width, channels, outputs, Tiles(height, width), new Access(0, new[] { image, row, column, 1 }), row, column,
            new Access(1, new[] { result, width * outputs, outputs, 1 }), new Access(3, new[] { Taps * Taps, Taps, 1 }), Body(home), 4);
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(Taps), Extent.Of(Taps) }, Extent.Of(channels), Extent.Of(outputs), new[] { Extent.Rows, Extent.Of(height), Extent.Of(width) }, true,
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
        var matrix = from i in Enumerable.Range(0, 6) from j in Enumerable.Range(0, 6) from y in Enumerable.Range(0, Taps) from x in Enumerable.Range(0, Taps) select G[i][y] * G[j][x];
        return new Case(kernel, _ => [5 * image, 5 * result, Taps * Taps * channels * outputs, 36 * Taps * Taps, winograd.ScratchLength], [true, true, false, false, false], K: Rounding * 12 * height * width)
        {
            Values = new() { [3] = [.. matrix] },
        };
    }

    /// <summary>About twelve; images that have shorter tiles at their edges go whole.</summary>
    private static int Tiles(int height, int width)
        => Winograd.HasEdges(height, width) && Winograd.TilesIn(height, width) is var inImage ? Math.Max(1, 12 / inImage) * inImage : 12;

    private static KernelBody Stored(Access bias, Access output) => new(new[] { output }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });

    private static double[] Weights(int count)
    {
        var random = new Random(count);
        return [.. Enumerable.Range(0, count).Select(_ => (double)(float)((random.NextDouble() * 2) - 1))];
    }

    /// <summary>G·w·Gᵀ for each of the pairs of channels, which lie side by side behind the taps.</summary>
    private static double[] Transformed(double[] weights, int pairs)
        => [.. from i in Enumerable.Range(0, 6)
               from j in Enumerable.Range(0, 6)
               from pair in Enumerable.Range(0, pairs)
               select (double)(float)Enumerable.Range(0, Taps * Taps).Sum(t => G[i][t / Taps] * G[j][t % Taps] * weights[(t * pairs) + pair])];
}
