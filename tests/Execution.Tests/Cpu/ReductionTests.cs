using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class ReductionTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    private static readonly int[] Widths = [1, 2, 5, 10, 16, 17, 32, 33, 64, 65, 100, 130];

    [Theory, MemberData(nameof(ElementTypes))]
    public void Bias_gradients_over_shards(bool float64)
        => KernelChecks.CheckAll(float64, from width in Widths from kind in new[] { ReduceKind.Sum, ReduceKind.Max } select Columns(width, 1, kind, sharded: true), 16, [1, 4, 5, 7, 12]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Several_reduced_axes_and_a_kept_axis_outside(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Columns(width, 3, ReduceKind.Sum, sharded: false), 64);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Everything_into_one_number(bool float64) => KernelChecks.CheckAll(float64, [Total(7)], 256);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Places_of_maxima(bool float64)
    {
        KernelCase[] cases = [.. from width in new[] { 1, 5, 16, 33, 70 } from height in new[] { 2, 5 } select Places(width, height)];
        KernelChecks.CheckAll(float64, cases, 0);
        // The first of equals, and what is not a number before everything.
        foreach (var test in cases)
        {
            int column = test.Lengths(1)[0];
            var run = new KernelRun(test.Kernel, float64, rows: 2, shardRows: 5, test.Lengths(2), null).With(0, (at, value) => at % column < column / 2 ? 1 : at % 6 == 2 ? double.NaN : value);
            var printed = PrintedKernels.Of(float64, test.Kernel);
            foreach (var form in Enum.GetValues<Form>()) Assert.Equal(run.Expected()[1], run.Actual(printed.Call(0, form))[1]);
        }
    }

    /// <summary>Windows of two or three along the lanes, two apart: vectors of every second element. Memory that may not be read beyond its end is read element by element.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Windows_along_the_lanes(bool float64)
        => KernelChecks.CheckAll(float64, from width in new[] { 2, 5, 8, 9, 14, 17, 40 } from taps in new[] { 2, 3 } from kind in new[] { ReduceKind.Max, ReduceKind.ArgMax }
            select Pool(width, taps, kind, isExact: false), 8, [1, 3]);

    [Fact]
    public void Memory_without_slack_is_never_read_two_vectors_at_a_time() => KernelChecks.CheckAll(false, [Pool(9, 2, ReduceKind.Max, isExact: true)], 8, [2]);

    /// <summary>The windows of two rows of an image, whose positions lie two apart.</summary>
    private static KernelCase Pool(int width, int taps, ReduceKind kind, bool isExact)
    {
        int row = (2 * (width - 1)) + taps;
        var body = new KernelBody(new[] { new Access(0, new[] { 2 * row, 2, row, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(1, new[] { width, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var kernel = new ReductionKernel(new[] { new KernelBuffer(false, isExact, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(width) },
            new[] { Extent.Of(2), Extent.Of(taps) }, kind, false, body, epilogue);
        return new KernelCase(kernel, rows => [rows * 2 * row, rows * width], HasTemplate: !isExact);
    }

    /// <summary>Where the largest of the height · 3 values of each column stands.</summary>
    private static KernelCase Places(int width, int height)
    {
        int row = height * 3 * width;
        var body = new KernelBody(new[] { new Access(0, new[] { row, 1, 3 * width, width }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(new[] { new Access(1, new[] { width, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var kernel = new ReductionKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(width) },
            new[] { Extent.Of(height), Extent.Of(3) }, ReduceKind.ArgMax, false, body, epilogue);
        return new KernelCase(kernel, rows => [rows * row, rows * width], HasTemplate: width > 1);
    }

    private static KernelCase Columns(int width, int outer, ReduceKind kind, bool sharded)
    {
        const int time = 2;
        Access[] source = [new(0, new[] { width, 1, outer * width * time, outer * width }), new(1, new[] { 0, 1, 0, 0 })];
        Access[] result = [new(2, new[] { width + 1, 1 })];
        var body = new KernelBody(source, new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, EquatableArray<BodyStore>.Empty);
        var epilogue = new KernelBody(result, new[] { new BodyInstruction(BodyOp.Accumulator), ContractionTests.Number(0.5), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(0, 2) });
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(false, true, true) };
        var kernel = new ReductionKernel(buffers, new[] { Extent.Of(outer), Extent.Of(width) }, new[] { Extent.Rows, Extent.Of(time) }, kind, sharded, body, epilogue);
        return new KernelCase(kernel, rows => [(sharded ? 5 : rows) * outer * width * time, width, (outer * (width + 1)) - 1], sharded ? [true, false, false] : null, HasTemplate: width > 1);
    }

    private static KernelCase Total(int width)
    {
        var body = new KernelBody(new[] { new Access(0, new[] { width, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(-1, 0) });
        var epilogue = new KernelBody(new[] { new Access(1, EquatableArray<int>.Empty) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var kernel = new ReductionKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, EquatableArray<Extent>.Empty, new[] { Extent.Rows, Extent.Of(width) }, ReduceKind.Sum, false, body, epilogue);
        return new KernelCase(kernel, rows => [rows * width, 1], HasTemplate: false);
    }
}
