using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>Contractions over windows that reach beyond an image leave out what is beyond: whatever stands there, their sums are those with zeros.</summary>
public class BorderTests
{
    /// <summary>A convolution of two channels, by tiles of the pixels of a line: no line of the border is read.</summary>
    [Theory, MemberData(nameof(ContractionTests.ElementTypes), MemberType = typeof(ContractionTests))]
    public void Lines_beyond_an_image_are_not_read(bool float64)
        => Check(float64, [.. from taps in new[] { 2, 3, 5 } from stride in new[] { 1, 2 } from before in new[] { 0, 1, taps - 1 } select Convolution(6, taps, stride, before, after: 2)]);

    /// <summary>Its gradient by the taps: the axis of the taps is the outer one, that of the lines is summed.</summary>
    [Theory, MemberData(nameof(ContractionTests.ElementTypes), MemberType = typeof(ContractionTests))]
    public void Gradients_by_the_taps_do_not_read_them_either(bool float64)
        => Check(float64, [.. from taps in new[] { 3, 5 } from before in new[] { 1, 2 } select TapGradient(6, taps, before, after: 2)]);

    /// <summary>Of several lines of results in a tile, a term counts if it does for one of them: the border must be zero then.</summary>
    [Theory, MemberData(nameof(ContractionTests.ElementTypes), MemberType = typeof(ContractionTests))]
    public void Lines_of_results_side_by_side_add_what_counts_for_one(bool float64)
        => ContractionTests.CheckAll(float64, from height in new[] { 5, 14 } from outputs in new[] { 1, 6 } select SideBySide(height, outputs), [1, 3]);

    /// <summary>A kernel, and its lengths of buffers, the first of which is an image in lines of so many elements.</summary>
    private sealed record Case(ContractionKernel Kernel, int Line, Func<int, int[]> Lengths, bool[]? Shards = null)
    {
        public bool IsBorder(int element, int lines) => element / Line % lines is var line && (line < -Border.Start || line >= Border.Lines - Border.Start);

        public Border Border => Kernel.Borders[0];
    }

    private static void Check(bool float64, Case[] cases)
    {
        var printed = PrintedKernels.Of(float64, [.. cases.Select(c => c.Kernel)]);
        for (int i = 0; i < cases.Length; i++)
        {
            var test = cases[i];
            int lines = test.Lengths(1)[0] / test.Line, output = test.Kernel.Buffers.Count - 1;
            KernelRun Run(double border) => new KernelRun(test.Kernel, float64, 3, 3, test.Lengths(3), test.Shards).With(0, (e, value) => test.IsBorder(e, lines) ? border : value);
            double[] expected = Run(0).Expected()[output];
            foreach (var form in new[] { Form.Vector512, Form.Vector256, Form.Vector128 })
                Comparison.Close($"{form} {test.Kernel}", expected, Run(double.NaN).Actual(printed.Call(i, form))[output], float64 ? 1e-13 : 1e-5);
        }
    }

    private const int Channels = 2, Outputs = 5, Width = 9, Across = 3;

    private static Case Convolution(int lines, int taps, int stride, int before, int after)
    {
        int all = before + lines + after, line = (Width + Across - 1) * Channels, height = ((all - taps) / stride) + 1, terms = Across * Channels;
        var image = new Access(0, new[] { all * line, stride * line, Channels, 0, line, 1 });
        var weights = new Access(1, new[] { 0, 0, 0, 1, terms * Outputs, Outputs });
        var body = ContractionTests.Relu(new Access(2, new[] { 0, 0, 0, 1 }), new Access(3, new[] { height * Width * Outputs, Width * Outputs, Outputs, 1 }));
        var kernel = new ContractionKernel(ContractionTests.Buffers(true), new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(Width), Extent.Of(Outputs), new[] { Extent.Of(taps), Extent.Of(terms) }, false, image, weights, body)
        {
            Borders = new[] { new Border(Outer: 1, Sum: 0, stride, Step: 1, -before, lines) },
        };
        return new Case(kernel, line, rows => [rows * all * line, taps * terms * Outputs, Outputs, rows * height * Width * Outputs]);
    }

    private static Case TapGradient(int lines, int taps, int before, int after)
    {
        int all = before + lines + after, line = (Width + Across - 1) * Channels, height = all - taps + 1, terms = Across * Channels;
        var image = new Access(0, new[] { line, 1, 0, all * line, line, Channels });
        var gradient = new Access(1, new[] { 0, 0, 1, height * Width * Outputs, Width * Outputs, Outputs });
        var body = new KernelBody(new[] { new Access(2, new[] { terms * Outputs, Outputs, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var buffers = new[] { new KernelBuffer(false, false, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(taps) }, Extent.Of(terms), Extent.Of(Outputs), new[] { Extent.Rows, Extent.Of(height), Extent.Of(Width) }, true, image, gradient, body)
        {
            Borders = new[] { new Border(Outer: 0, Sum: 1, Stride: 1, Step: 1, -before, lines) },
        };
        return new Case(kernel, line, rows => [rows * all * line, rows * height * Width * Outputs, taps * terms * Outputs], [true, true, false]);
    }

    /// <summary>Along the width, as <see cref="ContractionTests.Rows_of_an_image_side_by_side"/>, with two lines of zeros before and one behind.</summary>
    private static ContractionTests.Case SideBySide(int height, int outputs)
    {
        const int taps = 4, before = 2;
        int line = Width + Across - 1, all = height + taps - 1, results = height * Width, terms = taps * Across;
        var weights = new Access(0, new[] { 0, 0, Channels * terms, 0, terms, Across, 1 });
        var image = new Access(1, new[] { Channels * all * line, line, 0, 1, all * line, line, 1 });
        var body = ContractionTests.Relu(new Access(2, new[] { 0, 0, 1, 0 }), new Access(3, new[] { outputs * results, Width, results, 1 }));
        var extents = new[] { Extent.Of(Channels), Extent.Of(taps), Extent.Of(Across) };
        var kernel = new ContractionKernel(ContractionTests.Buffers(true), new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(outputs), Extent.Of(Width), extents, false, weights, image, body)
        {
            Borders = new[] { new Border(Outer: 1, Sum: 1, Stride: 1, Step: 1, -before, height) },
        };
        var random = new Random(3);
        double[] pixels = [.. Enumerable.Range(0, 3 * Channels * all * line).Select(e => e / line % all is >= before and var y && y < before + height ? (float)random.NextDouble() : 0)];
        return new ContractionTests.Case(kernel, rows => [Channels * terms * outputs, rows * Channels * all * line, outputs, rows * outputs * results], K: Channels * terms) { Values = { [1] = pixels } };
    }
}
