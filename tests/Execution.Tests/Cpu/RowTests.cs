using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class RowTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    private static readonly int[] Widths = [1, 2, 3, 5, 8, 10, 16, 17, 31, 32, 33, 64, 100, 300];

    [Theory, MemberData(nameof(ElementTypes))]
    public void Softmax_keeping_exponentials(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Softmax(width, keeps: true), 8);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Softmax_computing_exponentials_again(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Softmax(width, keeps: false), 8);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Cross_entropy_with_its_gradient(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select CrossEntropy(width), 16);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Layer_norm_in_place(bool float64) => KernelChecks.CheckAll(float64, from width in Widths where width > 2 select LayerNorm(width), 64);

    [Theory, MemberData(nameof(ElementTypes))]
    public void A_reduction_stored_along_the_row_takes_another_pass(bool float64) => KernelChecks.CheckAll(float64, from width in Widths select Spread(width), 16);

    [Theory, MemberData(nameof(ElementTypes))]
    public void An_extremum_keeps_not_a_number(bool float64)
    {
        var test = Spread(21);
        var printed = PrintedKernels.Of(float64, test.Kernel);
        foreach (var form in Enum.GetValues<Form>())
        {
            double[] result = new KernelRun(test.Kernel, float64, 3, 3, test.Lengths(3)).With(0, (i, value) => i == 21 + 19 ? double.NaN : value).Actual(printed.Call(0, form))[1];
            for (int i = 0; i < result.Length; i++) Assert.Equal(i / 21 == 1, double.IsNaN(result[i]));
        }
    }

    private static BodyInstruction Apply(ScalarOp op, int a, int b = -1, int c = -1) => ContractionTests.Apply(op, a, b, c);

    private static BodyInstruction Reduce(ReduceKind kind, int a) => new(BodyOp.Reduce, A: a, B: (int)kind);

    internal static KernelCase Softmax(int width, bool keeps)
    {
        Access[] accesses = [new(0, new[] { width, 1 }), new(1, new[] { width + 1, 1 })];
        var body = new KernelBody(accesses,
            new[] { new BodyInstruction(BodyOp.Load, A: 0), Reduce(ReduceKind.Max, 0), Apply(ScalarOp.Subtract, 0, 1), Apply(ScalarOp.Exp, 2), Reduce(ReduceKind.Sum, 3), Apply(ScalarOp.Divide, 3, 4) },
            new[] { new BodyStore(1, 5) });
        KernelBuffer[] buffers = [new(false, true, false), new(false, true, true), .. keeps ? new KernelBuffer[] { new(false, false, true) } : []];
        var row = new RowKernel(buffers, new[] { Extent.Rows }, width, body, keeps ? new[] { 3 } : EquatableArray<int>.Empty);
        return new KernelCase(row, rows => [rows * width, (rows * (width + 1)) - 1, .. keeps ? new[] { width } : []], HasTemplate: width > 1);
    }

    /// <summary>Loss per row, and softmax − onehot(label), of ids.</summary>
    private static KernelCase CrossEntropy(int width)
    {
        Access[] accesses = [new(0, new[] { width, 1 }), new(1, new[] { 1, 0 }), new(2, new[] { 1, 0 }), new(3, new[] { width, 1 })];
        var body = new KernelBody(accesses,
            new[]
            {
                new BodyInstruction(BodyOp.Load, A: 0), Reduce(ReduceKind.Max, 0), Apply(ScalarOp.Subtract, 0, 1), Apply(ScalarOp.Exp, 2), Reduce(ReduceKind.Sum, 3),
                new(BodyOp.Load, A: 1), new(BodyOp.Scalar, ScalarOp.Index, 1), Apply(ScalarOp.Equal, 6, 5), Apply(ScalarOp.Multiply, 7, 2), Reduce(ReduceKind.Sum, 8),
                Apply(ScalarOp.Log, 4), Apply(ScalarOp.Subtract, 10, 9), Apply(ScalarOp.Divide, 3, 4), Apply(ScalarOp.Subtract, 12, 7),
            },
            new[] { new BodyStore(2, 11), new BodyStore(3, 13) });
        KernelBuffer[] buffers = [new(false, true, false), new(true, true, false), new(false, true, true), new(false, true, true), new(false, false, true)];
        return new KernelCase(new RowKernel(buffers, new[] { Extent.Rows }, width, body, new[] { 3, 7 }), rows => [rows * width, rows, rows, rows * width, 2 * width], HasTemplate: width > 1);
    }

    private static KernelCase LayerNorm(int width)
    {
        Access[] accesses = [new(0, new[] { 2 * width, width, 1 }), new(1, new[] { 0, 0, 1 }), new(0, new[] { 2 * width, width, 1 })];
        var body = new KernelBody(accesses,
            new[]
            {
                new BodyInstruction(BodyOp.Load, A: 0), Reduce(ReduceKind.Sum, 0), ContractionTests.Number(1.0 / width), Apply(ScalarOp.Multiply, 1, 2), Apply(ScalarOp.Subtract, 0, 3),
                Apply(ScalarOp.Multiply, 4, 4), Reduce(ReduceKind.Sum, 5), Apply(ScalarOp.Multiply, 6, 2), ContractionTests.Number(1e-3), Apply(ScalarOp.Add, 7, 8), Apply(ScalarOp.Sqrt, 9),
                Apply(ScalarOp.Divide, 4, 10), new(BodyOp.Load, A: 1), Apply(ScalarOp.Multiply, 11, 12),
            },
            new[] { new BodyStore(2, 13) });
        return new KernelCase(new RowKernel(new[] { new KernelBuffer(false, true, true), new KernelBuffer(false, false, false) }, new[] { Extent.Rows, Extent.Of(2) }, width, body, EquatableArray<int>.Empty), rows => [rows * 2 * width, width]);
    }

    private static KernelCase Spread(int width)
    {
        Access[] accesses = [new(0, new[] { width, 1 }), new(1, new[] { width, 1 })];
        var body = new KernelBody(accesses, new[] { new BodyInstruction(BodyOp.Load, A: 0), Reduce(ReduceKind.Max, 0), Reduce(ReduceKind.Min, 0), Apply(ScalarOp.Add, 1, 2) }, new[] { new BodyStore(1, 3) });
        return new KernelCase(new RowKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, true, true) }, new[] { Extent.Rows }, width, body, EquatableArray<int>.Empty), rows => [rows * width, rows * width], HasTemplate: width > 1);
    }
}
