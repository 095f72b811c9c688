using DlGen.Cpu;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

/// <summary>A kernel record, and how many elements its buffers have for a number of rows.</summary>
internal sealed record KernelCase(Kernel Kernel, Func<int, int[]> Lengths, bool[]? Shards = null, bool HasTemplate = true)
{
    /// <summary>Sets what must not be just any number.</summary>
    public Func<KernelRun, KernelRun> Prepare { get; init; } = run => run;
}

/// <summary>Holds every printing of kernels to the definition: all written buffers, within a bound, and nothing beside them.</summary>
internal static class KernelChecks
{
    public static readonly int[] Rows = [1, 2, 3, 7, 16, 31];

    /// <param name="bound">Of the error, in units of the element type's precision, for values about 1.</param>
    public static void CheckAll(bool float64, IEnumerable<KernelCase> cases, double bound, int[]? rowCounts = null)
    {
        KernelCase[] all = [.. cases];
        var printed = PrintedKernels.Of(float64, [.. all.Select(c => c.Kernel)]);
        for (int i = 0; i < all.Length; i++)
        {
            Assert.True(all[i].HasTemplate == printed.HasTemplate(i), $"{(all[i].HasTemplate ? "no" : "a")} template fits {all[i].Kernel}");
            foreach (int rows in rowCounts ?? Rows)
            {
                foreach (var form in all[i].HasTemplate ? Enum.GetValues<Form>() : [Form.Plain, Form.Entry]) Check(printed, i, all[i], form, float64, rows, bound * (float64 ? 2e-16 : 1.2e-7));
            }
        }
    }

    private static void Check(PrintedKernels printed, int kernel, KernelCase test, Form form, bool float64, int rows, double bound)
    {
        var run = test.Prepare(new KernelRun(test.Kernel, float64, rows, 5, test.Lengths(rows), test.Shards, seed: rows));
        double[][] expected = run.Expected(), actual = run.Actual(printed.Call(kernel, form));
        // Shares are whole tiles, so their bits are those of the whole.
        foreach (int parts in Signature.IsDivided(test.Kernel) ? new[] { 2, 3, 5 } : []) Assert.True(actual.Zip(run.Actual(printed.Call(kernel, form), parts)).All(pair => pair.First.AsSpan().SequenceEqual(pair.Second)), $"{form}, {rows} rows: {parts} shares have other bits\n{test.Kernel}");
        for (int b = 0; b < expected.Length; b++)
        {
            // Scratch is nobody's result.
            if (test.Kernel is RowKernel { Kept.Count: > 0 } && b == expected.Length - 1) continue;
            if (test.Kernel is AttentionKernel attention && b == attention.Scratch) continue;
            if (test.Kernel is OneQueryAttentionKernel oneQuery && b == oneQuery.Scores) continue;
            if (test.Kernel is ScatterKernel scatter && (b == scatter.List || b == scatter.Ends)) continue;
            for (int e = 0; e < expected[b].Length; e++)
            {
                double error = Math.Abs(expected[b][e] - actual[b][e]);
                if (error <= bound * Math.Max(1, Math.Abs(expected[b][e])) || (double.IsNaN(expected[b][e]) && double.IsNaN(actual[b][e])) || expected[b][e].Equals(actual[b][e])) continue;
                Assert.Fail($"{form}, {rows} rows, buffer {b}, element {e}: {actual[b][e]} instead of {expected[b][e]}\n{test.Kernel}\n{printed.Text}");
            }
        }
    }
}
