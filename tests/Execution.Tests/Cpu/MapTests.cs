using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class MapTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    private static readonly int[] Widths = [1, 2, 3, 4, 7, 8, 9, 15, 16, 17, 31, 33, 64, 100];

    [Theory, MemberData(nameof(ElementTypes))]
    public void Rows_without_gaps_become_one_axis(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Contiguous(width), 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void A_bias_along_the_row_and_a_scalar_per_row(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Broadcasts(width), 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Another_axis_than_the_last_may_run_along_the_lanes(bool float64) => KernelChecks.CheckAll(float64, [Swapped(5, 19)], 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Transpositions(bool float64)
        => KernelChecks.CheckAll(float64, from height in new[] { 1, 2, 4, 5, 8, 33 } from width in new[] { 1, 3, 4, 7, 16, 21, 36 } select Transposition(height, width), 4, [1, 3]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Panels_become_rows(bool float64)
        => KernelChecks.CheckAll(float64, from height in new[] { 2, 7, 32, 33, 70 } from width in new[] { 2, 3, 16, 21, 40 } select PanelsToRows(height, width, ContractionTests.PanelWidth(float64)), 4, [1]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Indices_count_along_lanes_and_rows(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Indexed(width), 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Bytes_become_numbers(bool float64)
        => KernelChecks.CheckAll(float64, [.. from isExact in new[] { false, true } from width in Widths select Bytes(width, isExact), ByteOfRow(21)], 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Several_stores_see_what_was_there_before_the_first(bool float64) => KernelChecks.CheckAll(float64, [Exchange(37)], 4);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Every_scalar_function(bool float64)
        => KernelChecks.CheckAll(float64, from op in Enum.GetValues<ScalarOp>() where op > ScalarOp.Index select Function(op), 40);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Not_a_number_goes_through_relu_and_extrema(bool float64)
    {
        KernelCase[] cases = [Function(ScalarOp.Relu), Function(ScalarOp.Maximum), Function(ScalarOp.Minimum)];
        var printed = PrintedKernels.Of(float64, [.. cases.Select(c => c.Kernel)]);
        for (int i = 0; i < cases.Length; i++)
        {
            foreach (var form in Enum.GetValues<Form>())
            {
                var run = new KernelRun(cases[i].Kernel, float64, 40, 40, cases[i].Lengths(40)).With(0, (at, value) => at % 5 == 3 ? double.NaN : value);
                double[] result = run.Actual(printed.Call(i, form))[3];
                for (int e = 0; e < result.Length; e++) Assert.Equal(e % 5 == 3, double.IsNaN(result[e]));
            }
        }
    }

    internal static KernelCase Contiguous(int width)
    {
        var access = new Access(0, new[] { width, 1 });
        var body = new KernelBody(new[] { access, access with { Buffer = 1 } },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Apply(ScalarOp.Tanh, 0), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(1, 2) });
        return new KernelCase(new MapKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [rows * width, rows * width]);
    }

    private static KernelCase Broadcasts(int width)
    {
        Access[] accesses = [new(0, new[] { width + 1, 1 }), new(1, new[] { 0, 1 }), new(2, new[] { 1, 0 }), new(3, new[] { width + 2, 1 })];
        var body = new KernelBody(accesses,
            new[]
            {
                new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Load, A: 2), ContractionTests.Apply(ScalarOp.Exp, 2),
                ContractionTests.Apply(ScalarOp.Add, 0, 1), ContractionTests.Apply(ScalarOp.Multiply, 4, 3), ContractionTests.Apply(ScalarOp.Less, 5, 1), ContractionTests.Apply(ScalarOp.Select, 6, 0, 5),
            },
            new[] { new BodyStore(3, 7) });
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(true, true, false), new KernelBuffer(false, true, true) };
        bool hasTemplate = width > 1;
        return new KernelCase(new MapKernel(buffers, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [(rows * (width + 1)) - 1, width, rows, (rows * (width + 2)) - 2], HasTemplate: hasTemplate);
    }

    private static KernelCase Swapped(int height, int width)
    {
        Access[] accesses = [new(0, new[] { height * width, 1, height }), new(1, new[] { height * width, 1, height })];
        var body = new KernelBody(accesses, new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Apply(ScalarOp.Abs, 0) }, new[] { new BodyStore(1, 1) });
        var map = new MapKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(height), Extent.Of(width) }, body);
        return new KernelCase(map, rows => [rows * height * width, rows * height * width]);
    }

    private static KernelCase Transposition(int height, int width)
    {
        Access[] accesses = [new(0, new[] { height * width, width, 1 }), new(1, new[] { height * width, 1, height })];
        var body = new KernelBody(accesses, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) });
        var map = new MapKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(height), Extent.Of(width) }, body);
        return new KernelCase(map, rows => [rows * height * width, rows * height * width], HasTemplate: height == 1 || width == 1);
    }

    private static KernelCase PanelsToRows(int height, int width, int panel)
    {
        Access[] accesses = [new(0, new[] { 0, panel }, 0, panel, width * panel), new(1, new[] { width, 1 })];
        var body = new KernelBody(accesses, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) });
        var map = new MapKernel(new[] { new KernelBuffer(false, false, false), new KernelBuffer(false, true, true) }, new[] { Extent.Of(height), Extent.Of(width) }, body);
        return new KernelCase(map, _ => [(height + panel - 1) / panel * panel * width, height * width], HasTemplate: false);
    }

    private static KernelCase Indexed(int width)
    {
        var body = new KernelBody(new[] { new Access(0, new[] { width, 1 }) },
            new[] { new BodyInstruction(BodyOp.Scalar, ScalarOp.Index, 0), new(BodyOp.Scalar, ScalarOp.Index, 1), ContractionTests.Number(100), ContractionTests.Apply(ScalarOp.Multiply, 0, 2), ContractionTests.Apply(ScalarOp.Add, 1, 3) },
            new[] { new BodyStore(0, 4) });
        return new KernelCase(new MapKernel(new[] { new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [rows * width], HasTemplate: true);
    }

    /// <summary>Rows that do not follow each other, so that each has a tail.</summary>
    private static KernelCase Bytes(int width, bool isExact)
    {
        var body = new KernelBody(new[] { new Access(0, new[] { width + 1, 1 }), new Access(1, new[] { width + 2, 1 }) },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Number(0.25), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, new[] { new BodyStore(1, 2) });
        var buffers = new[] { new KernelBuffer(false, isExact, false, IsBytes: true), new KernelBuffer(false, true, true) };
        return new KernelCase(new MapKernel(buffers, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [(rows * (width + 1)) - 1, (rows * (width + 2)) - 2], HasTemplate: width > 1);
    }

    /// <summary>One byte for all elements of a row.</summary>
    private static KernelCase ByteOfRow(int width)
    {
        var body = new KernelBody(new[] { new Access(0, new[] { 1, 0 }), new Access(1, new[] { width, 1 }) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, new[] { new BodyStore(1, 0) });
        var buffers = new[] { new KernelBuffer(false, true, false, IsBytes: true), new KernelBuffer(false, true, true) };
        return new KernelCase(new MapKernel(buffers, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [rows, rows * width]);
    }

    private static KernelCase Exchange(int width)
    {
        Access[] accesses = [new(0, new[] { width, 1 }), new(1, new[] { width, 1 })];
        var body = new KernelBody(accesses, new[] { new BodyInstruction(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), ContractionTests.Apply(ScalarOp.Negate, 0) }, new[] { new BodyStore(0, 1), new BodyStore(1, 2) });
        return new KernelCase(new MapKernel(new[] { new KernelBuffer(false, true, true), new KernelBuffer(false, true, true) }, new[] { Extent.Rows, Extent.Of(width) }, body), rows => [rows * width, rows * width]);
    }

    /// <summary>One function of three operands, made positive where it is not defined for negative ones.</summary>
    private static KernelCase Function(ScalarOp op)
    {
        bool isPositive = op is ScalarOp.Sqrt or ScalarOp.Log or ScalarOp.Log1p or ScalarOp.Power;
        var code = new List<BodyInstruction> { new(BodyOp.Load, A: 0), new(BodyOp.Load, A: 1), new(BodyOp.Load, A: 2) };
        if (isPositive)
        {
            code.AddRange([ContractionTests.Apply(ScalarOp.Abs, 0), ContractionTests.Number(0.125), ContractionTests.Apply(ScalarOp.Add, 3, 4)]);
        }
        // Divided by something in [2, 4], so that the error is the function's own.
        if (op == ScalarOp.Divide) code.AddRange([ContractionTests.Number(3), ContractionTests.Apply(ScalarOp.Add, 1, 3)]);
        int arity = ScalarFunction.Of(op).Arity;
        code.Add(ContractionTests.Apply(op, isPositive ? 5 : 0, arity > 1 ? op == ScalarOp.Divide ? 4 : 1 : -1, arity > 2 ? 2 : -1));
        Access[] accesses = [.. Enumerable.Range(0, 4).Select(b => new Access(b, new[] { 1 }))];
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, false), new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) };
        return new KernelCase(new MapKernel(buffers, new[] { Extent.Rows }, new KernelBody(accesses, code.ToArray(), new[] { new BodyStore(3, code.Count - 1) })), rows => [rows, rows, rows, rows]);
    }
}
