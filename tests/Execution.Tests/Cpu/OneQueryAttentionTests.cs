using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>Attention of one query per head to the keys so far. The positions drawn are 0 to 4, or what a test sets.</summary>
public class OneQueryAttentionTests
{
    private const int Heads = 2;

    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    /// <summary>Features of query and key fewer and more than the sums in turn, values of one vector, of parts of several, and of more than are added up at once.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void By_definition(bool float64)
        => KernelChecks.CheckAll(float64, from sizes in new int[][] { [5, 1, 1], [6, 3, 7], [9, 4, 16], [16, 6, 32], [5, 33, 75] } select Case(sizes[0], sizes[1], sizes[2], keysInLanes: true), 64, [1, 3]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Keys_that_lie_as_they_come_are_printed_plainly(bool float64) => KernelChecks.CheckAll(float64, [Case(6, 3, 5, keysInLanes: false)], 64, [1, 3]);

    /// <summary>Every number of keys up to several vectors of them; what is behind the last is no number.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Whatever_number_of_keys_it_sees(bool float64)
    {
        const int Keys = 40;
        var test = Case(Keys, 5, 20, keysInLanes: true);
        var printed = PrintedKernels.Of(float64, test.Kernel);
        for (int position = 0; position < Keys; position++)
        {
            int last = position;
            var run = new KernelRun(test.Kernel, float64, rows: 1, shardRows: 1, test.Lengths(1)).With(3, (_, _) => last)
                .With(1, (i, value) => i % Keys > last ? double.NaN : value).With(2, (i, value) => i / (Heads * 20) > last ? double.NaN : value);
            double[][] expected = run.Expected();
            foreach (var form in Enum.GetValues<Form>())
            {
                double[] actual = run.Actual(printed.Call(0, form))[4];
                for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[4][i], actual[i], float64 ? 1e-14 : 1e-5);
            }
        }
    }

    /// <summary>Scores of ±10⁴: exponentials relative to anything but the largest would overflow or all be 0.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Large_scores_neither_overflow_nor_vanish(bool float64)
    {
        var test = Case(4, 1, 2, keysInLanes: true);
        var printed = PrintedKernels.Of(float64, test.Kernel);
        foreach (double query in new[] { 100.0, -100 })
        {
            var run = new KernelRun(test.Kernel, float64, rows: 1, shardRows: 1, test.Lengths(1)).With(0, (_, _) => query).With(3, (_, _) => 3).With(1, (i, _) => new[] { 50.0, -200, 200, 200 }[i % 4]);
            double[] expected = run.Expected()[4];
            foreach (var form in Enum.GetValues<Form>())
            {
                double[] actual = run.Actual(printed.Call(0, form))[4];
                for (int i = 0; i < actual.Length; i++) Assert.Equal(expected[i], actual[i], float64 ? 1e-12 : 1e-5);
            }
        }
    }

    /// <summary>Query and result as a projection leaves them, keys feature by feature of a head or key by key, values with the heads side by side.</summary>
    private static KernelCase Case(int keys, int width, int valueWidth, bool keysInLanes)
    {
        Access query = new(0, new[] { Heads * width, width, 0, 1 }), value = new(2, new[] { keys * Heads * valueWidth, valueWidth, Heads * valueWidth, 1 });
        Access key = new(1, keysInLanes ? new[] { Heads * width * keys, width * keys, 1, keys } : new[] { Heads * width * keys, width * keys, width, 1 });
        Access position = new(3, new[] { 1, 0, 0, 0 }), result = new(4, new[] { Heads * valueWidth, valueWidth, 0, 1 });
        var buffers = Enumerable.Range(0, 6).Select(b => new KernelBuffer(b == 3, b is 0 or 3, b >= 4)).ToEquatableArray();
        var kernel = new OneQueryAttentionKernel(buffers, new[] { Extent.Rows, Extent.Of(Heads) }, keys, width, valueWidth, 0.5, query, key, value, position, result, Scores: 5);
        return new KernelCase(kernel, rows => [rows * Heads * width, rows * Heads * width * keys, rows * keys * Heads * valueWidth, rows, rows * Heads * valueWidth, (keys + 15) / 16 * 16], HasTemplate: keysInLanes);
    }
}
