using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>Sums are added in an order that depends on nothing but the model: not on the rows of a batch, not on where its shards end.</summary>
public class DeterminismTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void A_row_has_the_same_bits_whatever_rows_stand_beside_it(bool float64)
    {
        const int most = 23, k = 37;
        ContractionTests.Case[] cases = [.. new[] { 1, 10, 33, 100, 130 }.SelectMany(n => new[]
        {
            ContractionTests.Dense(n, k, ContractionTests.PanelWidth(float64), float64, ContractionTests.Relu), ContractionTests.Dense(n, k, 0, float64, ContractionTests.Gelu),
        })];
        var printed = PrintedKernels.Of(float64, [.. cases.Select(c => c.Kernel)]);
        for (int i = 0; i < cases.Length; i++)
        {
            int n = cases[i].Kernel.N.Constant;
            foreach (var form in Enum.GetValues<Form>())
            {
                double[] all = Output(i, form, most);
                for (int rows = 1; rows < most; rows++) Assert.Equal(all[..(rows * n)], Output(i, form, rows));
            }
        }

        double[] Output(int i, Form form, int rows)
        {
            // Numbers of a row depend on nothing but its place: the run draws anew for every number of rows.
            var run = new KernelRun(cases[i].Kernel, float64, rows, rows, cases[i].Lengths(rows));
            for (int b = 0; b < 3; b++) run.With(b, (at, _) => (float)Math.Sin((at * 0.7) + b));
            return run.Actual(printed.Call(i, form))[3];
        }
    }

    [Theory, MemberData(nameof(ElementTypes))]
    public void A_weight_gradient_has_the_same_bits_in_shards_of_any_size(bool float64)
    {
        const int rows = 14, m = 11, n = 18;
        var test = ContractionTests.WeightGradient(m, n, ContractionTests.PanelWidth(float64));
        var printed = PrintedKernels.Of(float64, test.Kernel);
        foreach (var form in Enum.GetValues<Form>())
        {
            double[]? expected = null;
            foreach (int shardRows in new[] { 1, 3, 5, 14, 20 })
            {
                int[] lengths = [m * shardRows, n * shardRows, test.Lengths(rows)[2]];
                var run = new KernelRun(test.Kernel, float64, rows, shardRows, lengths, test.Shards).With(2, (_, _) => 0);
                InShards(run, 0, m, shardRows);
                InShards(run, 1, n, shardRows);
                double[] actual = run.Actual(printed.Call(0, form))[2];
                Assert.Contains(actual, value => value != 0);
                Assert.Equal(expected ??= actual, actual);
            }
        }

        // Blocks stand 5 elements apart (KernelRun): the global row decides the number.
        static void InShards(KernelRun run, int buffer, int width, int shardRows) => run.With(buffer, (at, _) =>
        {
            int block = (width * shardRows) + 5, element = (at / block * shardRows * width) + (at % block);
            return (float)Math.Cos((element * 0.3) + buffer);
        });
    }
}
