using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>The contraction template and the plain printer against the definition, over the shapes at which tiles, panels and shards end.</summary>
public class ContractionTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Row_major_operands_with_bias_and_relu(bool float64) => CheckAll(float64, from n in Columns select Dense(n, 7, panels: 0, float64, Relu));

    [Theory, MemberData(nameof(ElementTypes))]
    public void Weights_in_panels(bool float64) => CheckAll(float64, from n in Columns select Dense(n, 19, PanelWidth(float64), float64, Relu));

    /// <summary>More weights than stay in the cache: columns go in groups, the last of which is smaller.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Columns_in_groups(bool float64) => CheckAll(float64, from n in new[] { 96, 165 } select Dense(n, 1024, PanelWidth(float64), float64, Relu), [9, 17]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void An_expensive_epilogue_runs_in_a_loop(bool float64) => CheckAll(float64, from n in Columns select Dense(n, 5, PanelWidth(float64), float64, Gelu));

    [Theory, MemberData(nameof(ElementTypes))]
    public void A_masked_epilogue_sees_its_indices(bool float64) => CheckAll(float64, from n in Columns select Dense(n, 3, 0, float64, Causal));

    [Theory, MemberData(nameof(ElementTypes))]
    public void Outer_axes_and_two_axes_of_k(bool float64) => CheckAll(float64, from n in Columns select Batched(n));

    [Theory, MemberData(nameof(ElementTypes))]
    public void Weight_gradients_over_shards_into_panels(bool float64)
    {
        int[] heights = [1, 2, 3, 4, 5, 6, 7, 8, 9, 13, 16, 23];
        CheckAll(float64, from n in new[] { 1, 10, 16, 33, 65 } from m in heights select WeightGradient(m, n, PanelWidth(float64)), [1, 4, 7, 12]);
    }

    /// <summary>Operands so large that both are copied, block by block of the batch, group by group of tiles, the last of each smaller; few rows are read where they are.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Large_weight_gradients_are_summed_from_copies(bool float64)
        => CheckAll(float64, [WeightGradient(602, 272, PanelWidth(float64)), WeightGradient(130, 528, PanelWidth(float64), time: 3), WeightGradient(131, 144, PanelWidth(float64), time: 7), GroupedGradient(3, 130, 272)], [1, 11, 46, 150]);

    /// <summary>Each lane has its own operands: channels with weights of their own, and the gradient of those weights.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Lanes_that_share_nothing(bool float64)
    {
        CheckAll(float64, from lanes in new[] { 2, 5, 16, 33, 70 } from m in new[] { 1, 4, 15, 29 } select Lanes(lanes, m, Gelu), [1, 3]);
        CheckAll(float64, from lanes in new[] { 2, 16, 33, 70 } select LaneGradient(lanes), [1, 5, 12]);
    }

    [Theory, MemberData(nameof(ElementTypes))]
    public void Rows_and_columns_are_exchanged_where_only_rows_are_contiguous(bool float64)
        => CheckAll(float64, from m in new[] { 1, 5, 16, 33 } from n in new[] { 2, 9, 18 } select Exchanged(m, n), [1, 6]);

    /// <summary>Few outputs and a small width: several rows of the image in a tile, each with a vector or two of its own, the last of which is not full.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Rows_of_an_image_side_by_side(bool float64)
    {
        CheckAll(float64, from m in new[] { 1, 6 } from width in new[] { 3, 10, 14, 17, 28 } from height in new[] { 2, 5 } select ImageRows(m, height, width, Relu), [1, 3]);
        CheckAll(float64, from width in new[] { 5, 21 } select ImageRows(5, 7, width, Gelu), [2]);
    }

    /// <summary>The same with one output and few taps, whose rows of the image are shared by the rows of results: of every height of a tile, and with too many taps for that.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Rows_of_an_image_that_results_share(bool float64)
    {
        CheckAll(float64, from taps in new[] { (3, 3), (2, 5), (1, 2), (4, 4) } from width in new[] { 14, 17, 56 } from height in new[] { 2, 3, 7 } select SharedRows(height, width, taps.Item1, taps.Item2), [1, 3]);
        string Text(int down, int across)
        {
            var writer = new DlGen.Emission.SourceWriter();
            KernelPrinter.Print(writer, SharedRows(7, 28, down, across).Kernel, "K", new CpuOptions(float64, Plain: false));
            return writer.ToString();
        }
        Assert.Contains("tap2_2", Text(3, 3));
        Assert.DoesNotContain("tap0_0", Text(4, 4));
    }

    private static Case SharedRows(int height, int width, int down, int across)
    {
        int line = width + across - 1, results = height * width;
        var left = new Access(0, new[] { 0, 0, 0, 0, across, 1 });
        var right = new Access(1, new[] { (height + down - 1) * line, line, 0, 1, line, 1 });
        var body = Relu(new Access(2, new[] { 0, 0, 0, 0 }), new Access(3, new[] { results, width, 0, 1 }));
        var kernel = new ContractionKernel(Buffers(true), new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(1), Extent.Of(width), new[] { Extent.Of(down), Extent.Of(across) }, false, left, right, body);
        return new Case(kernel, rows => [down * across, rows * (height + down - 1) * line, 1, rows * results], K: down * across);
    }

    internal sealed record Case(ContractionKernel Kernel, Func<int, int[]> Lengths, bool[]? Shards = null, int PaddedBuffer = -1, int PanelWidth = 0, int K = 1)
    {
        /// <summary>Terms of a sum for each row of the batch.</summary>
        public int TermsOfRow { get; init; } = 1;

        /// <summary>What stands in some of the buffers, instead of random numbers.</summary>
        public Dictionary<int, double[]> Values { get; init; } = [];
    }

    internal static readonly int[] Columns = [1, 2, 9, 10, 16, 17, 31, 32, 33, 48, 65, 100, 130];
    internal static readonly int[] Rows = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 15, 16, 17, 23, 31];

    internal static int PanelWidth(bool float64) => float64 ? 8 : 16;

    internal static void CheckAll(bool float64, IEnumerable<Case> cases, int[]? rowCounts = null)
    {
        Case[] all = [.. cases];
        var printed = PrintedKernels.Of(float64, [.. all.Select(c => c.Kernel)]);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.True(printed.HasTemplate(i), "no template fits " + all[i].Kernel);
            foreach (int rows in rowCounts ?? Rows) Check(printed, i, all[i], float64, rows);
        }
    }

    private static void Check(PrintedKernels printed, int i, Case test, bool float64, int rows)
    {
        var run = new KernelRun(test.Kernel, float64, rows, 5, test.Lengths(rows), test.Shards, seed: rows);
        foreach (var (buffer, values) in test.Values) run.With(buffer, (i, _) => values[i]);
        int output = test.Kernel.Epilogue.Accesses[test.Kernel.Epilogue.Stores[0].Access].Buffer;
        double[] expected = run.Expected()[output];
        double bound = Math.Sqrt(test.K + (test.TermsOfRow * rows)) * (float64 ? 1e-15 : 5e-7) * 4;
        foreach (var form in Enum.GetValues<Form>())
        {
            double[] actual = run.Actual(printed.Call(i, form))[output];
            // Shares are whole tiles, so their bits are those of the whole.
            foreach (int parts in Signature.IsDivided(test.Kernel) ? new[] { 2, 3, 5 } : []) Assert.Equal(actual, run.Actual(printed.Call(i, form), parts)[output]);
            for (int e = 0; e < expected.Length; e++)
            {
                // Padding of a panelled result: as it was, or zero.
                if (test.PaddedBuffer == output && actual[e] == 0) continue;
                if (!(Math.Abs(expected[e] - actual[e]) <= bound)) Assert.Fail($"{form}, {rows} rows, element {e}: {actual[e]} instead of {expected[e]}\n{test.Kernel}");
            }
        }
    }

    internal static Case Dense(int n, int k, int panels, bool float64, Func<Access, Access, KernelBody> epilogue, Extent? m = null)
    {
        int strideK = panels > 0 ? panels : n + 3;
        var left = new Access(0, new[] { k, 0, 1 });
        var right = panels > 0 ? new Access(1, new[] { 0, 0, panels }, 1, panels, k * panels) : new Access(1, new[] { 0, 1, strideK });
        var body = epilogue(new Access(2, new[] { 0, 1 }), new Access(3, new[] { n, 1 }));
        var kernel = new ContractionKernel(Buffers(exactLeft: true), EquatableArray<Extent>.Empty, m ?? Extent.Rows, Extent.Of(n), new[] { Extent.Of(k) }, false, left, right, body);
        int padded = panels > 0 ? (n + panels - 1) / panels * panels : 0;
        return new Case(kernel, rows => [rows * k, panels > 0 ? padded * k : ((k - 1) * strideK) + n, n, rows * n], K: k);
    }

    private static Case Batched(int n)
    {
        const int heads = 3, k0 = 2, k1 = 4, time = 5;
        var left = new Access(0, new[] { time * k0 * k1, k0 * k1, 0, k1, 1 });
        var right = new Access(1, new[] { k0 * k1 * n, 0, 1, k1 * n, n });
        var body = Relu(new Access(2, new[] { n, 0, 1 }), new Access(3, new[] { time * n, n, 1 }));
        var kernel = new ContractionKernel(Buffers(false), new[] { new Extent(heads, true) }, Extent.Of(time), Extent.Of(n), new[] { Extent.Of(k0), Extent.Of(k1) }, false, left, right, body);
        return new Case(kernel, rows => [rows * heads * time * k0 * k1, rows * heads * k0 * k1 * n, rows * heads * n, rows * heads * time * n], K: k0 * k1);
    }

    internal static Case WeightGradient(int m, int n, int width, int time = 1)
    {
        var left = new Access(0, new[] { 1, 0, m });
        var right = new Access(1, new[] { 0, 1, n });
        var home = new Access(2, new[] { width, 0 }, 1, width, m * width);
        var body = new KernelBody(new[] { home }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, EquatableArray<Extent>.Empty, Extent.Of(m), Extent.Of(n), new[] { new Extent(time, true) }, true, left, right, body);
        return new Case(kernel, rows => [m * 5 * time, n * 5 * time, (n + width - 1) / width * width * m], [true, true, false], PaddedBuffer: 2, width) { TermsOfRow = time };
    }

    /// <summary>Three taps along m of each lane, a bias and an activation per lane.</summary>
    private static Case Lanes(int lanes, int m, Func<Access, Access, KernelBody> epilogue)
    {
        int row = (m + 2) * lanes;
        var left = new Access(0, new[] { row, 1, lanes, 0, lanes });
        var right = new Access(1, new[] { 0, 1, 0, 0, lanes });
        var body = epilogue(new Access(2, new[] { 0, 1, 0, 0 }), new Access(3, new[] { m * lanes, 1, lanes, 0 }));
        var kernel = new ContractionKernel(Buffers(true), new[] { Extent.Rows, Extent.Of(lanes) }, Extent.Of(m), Extent.Of(1), new[] { Extent.Of(3) }, false, left, right, body);
        return new Case(kernel, rows => [rows * row, 3 * lanes, lanes, rows * m * lanes], K: 3);
    }

    /// <summary>The sum over the batch and four positions of what each lane's weight of a tap is multiplied by.</summary>
    private static Case LaneGradient(int lanes)
    {
        const int positions = 4, taps = 3;
        var left = new Access(0, new[] { 1, lanes, 0, (positions + taps - 1) * lanes, lanes });
        var right = new Access(1, new[] { 1, 0, 0, positions * lanes, lanes });
        var body = new KernelBody(new[] { new Access(2, new[] { 1, lanes, 0 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(lanes) }, Extent.Of(taps), Extent.Of(1), new[] { Extent.Rows, Extent.Of(positions) }, true, left, right, body);
        return new Case(kernel, _ => [(positions + taps - 1) * lanes * 5, positions * lanes * 5, taps * lanes], [true, true, false], K: 12 * positions);
    }

    /// <summary>Products side by side of groups of columns.</summary>
    private static Case GroupedGradient(int groups, int m, int n)
    {
        var left = new Access(0, new[] { m, 1, 0, groups * m });
        var right = new Access(1, new[] { n, 0, 1, groups * n });
        var body = new KernelBody(new[] { new Access(2, new[] { m * n, n, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        var buffers = new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, false), new KernelBuffer(false, false, true) };
        var kernel = new ContractionKernel(buffers, new[] { Extent.Of(groups) }, Extent.Of(m), Extent.Of(n), new[] { Extent.Rows }, true, left, right, body);
        return new Case(kernel, _ => [groups * m * 5, groups * n * 5, groups * m * n], [true, true, false], K: 150);
    }

    /// <summary>A convolution of two channels with 2 × 3 taps, along the width.</summary>
    private static Case ImageRows(int m, int height, int width, Func<Access, Access, KernelBody> epilogue)
    {
        int down = width + 3, channel = (height + 1) * down, results = height * width;
        var left = new Access(0, new[] { 0, 0, 12, 0, 6, 3, 1 });
        var right = new Access(1, new[] { 2 * channel, down, 0, 1, channel, down, 1 });
        var body = epilogue(new Access(2, new[] { 0, 0, 1, 0 }), new Access(3, new[] { m * results, width, results, 1 }));
        var kernel = new ContractionKernel(Buffers(true), new[] { Extent.Rows, Extent.Of(height) }, Extent.Of(m), Extent.Of(width), new[] { Extent.Of(2), Extent.Of(2), Extent.Of(3) }, false, left, right, body);
        return new Case(kernel, rows => [12 * m, rows * 2 * channel, m, rows * m * results], K: 12);
    }

    private static Case Exchanged(int m, int n)
    {
        const int k = 6;
        var body = Relu(new Access(2, new[] { 1, 0 }), new Access(3, new[] { 1, m }));
        var kernel = new ContractionKernel(Buffers(true), EquatableArray<Extent>.Empty, Extent.Of(m), Extent.Of(n), new[] { Extent.Of(k) }, false, new Access(0, new[] { 1, 0, m }), new Access(1, new[] { 0, 1, n }), body);
        return new Case(kernel, _ => [m * k, n * k, m, m * n], K: k);
    }

    internal static KernelBuffer[] Buffers(bool exactLeft) => [new(false, exactLeft, false), new(false, false, false), new(false, true, false), new(false, true, true)];

    internal static KernelBody Relu(Access bias, Access output) => new(new[] { bias, output },
        new[] { new BodyInstruction(BodyOp.Accumulator), new(BodyOp.Load, A: 0), Apply(ScalarOp.Add, 0, 1), Apply(ScalarOp.Relu, 2) }, new[] { new BodyStore(1, 3) });

    internal static KernelBody Gelu(Access bias, Access output) => new(new[] { bias, output },
        new[]
        {
            new BodyInstruction(BodyOp.Accumulator), new(BodyOp.Load, A: 0), Apply(ScalarOp.Add, 0, 1), Number(0.70710678118654752), Apply(ScalarOp.Multiply, 2, 3),
            Apply(ScalarOp.Erf, 4), Number(1), Apply(ScalarOp.Add, 5, 6), Number(0.5), Apply(ScalarOp.Multiply, 2, 8), Apply(ScalarOp.Multiply, 9, 7),
        },
        new[] { new BodyStore(1, 10) });

    private static KernelBody Causal(Access bias, Access output) => new(new[] { bias, output },
        new[] { new BodyInstruction(BodyOp.Accumulator), new(BodyOp.Scalar, ScalarOp.Index, 0), new(BodyOp.Scalar, ScalarOp.Index, 1), Apply(ScalarOp.LessOrEqual, 2, 1), new(BodyOp.Load, A: 0), Apply(ScalarOp.Select, 3, 0, 4) },
        new[] { new BodyStore(1, 5) });

    internal static BodyInstruction Apply(ScalarOp op, int a, int b = -1, int c = -1) => new(BodyOp.Scalar, op, a, b, c);

    internal static BodyInstruction Number(double value) => new(BodyOp.Scalar, ScalarOp.Constant, Value: value);
}
