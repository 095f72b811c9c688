using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class AttentionTests
{
    private const int Heads = 2;

    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Output_and_logarithm_of_the_sum(bool float64) => KernelChecks.CheckAll(float64, Cases(isBackward: false), 64, [1, 3]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Gradients(bool float64) => KernelChecks.CheckAll(float64, Cases(isBackward: true), 128, [1, 3]);

    /// <summary>Scores of ±10⁴ and ties of them, in blocks whose largest grow: exponentials relative to anything but the largest would overflow or all be 0.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Large_scores_neither_overflow_nor_vanish(bool float64)
    {
        const int Queries = 3, Keys = 140;
        double[] keys = [.. Enumerable.Range(0, Keys).Select(j => j switch { 0 => 50.0, 1 => -200, 100 or 130 => 200, _ => j % 7 })];
        KernelCase[] tests = [Case(false, Queries, Keys, 2, 2, isCausal: false), Case(true, Queries, Keys, 2, 2, isCausal: false)];
        var printed = PrintedKernels.Of(float64, [.. tests.Select(t => t.Kernel)]);
        for (int kind = 0; kind < tests.Length; kind++)
        {
            var run = new KernelRun(tests[kind].Kernel, float64, rows: 1, shardRows: 1, tests[kind].Lengths(1))
                .With(0, (i, _) => i % 2 == 1 ? 0 : new[] { 100.0, -100, 1 }[i / (2 * Heads) % Queries])
                .With(1, (i, _) => i % 2 == 1 ? 0 : keys[i / (2 * Heads) % Keys]);
            // The logarithms that belong to these scores of 0.5 · query · key: 10⁴ twice, 10⁴ once, 100 twice.
            if (kind == 1) run.With(3, (i, _) => new[] { 1e4 + Math.Log(2), 1e4, 100 + Math.Log(2) }[i % Queries]);
            double[][] expected = run.Expected();
            foreach (var form in Enum.GetValues<Form>())
            {
                double[][] actual = run.Actual(printed.Call(kind, form));
                int scratch = ((AttentionKernel)tests[kind].Kernel).Scratch;
                for (int b = 0; b < actual.Length; b++)
                {
                    if (b == scratch) continue;
                    Assert.All(actual[b], value => Assert.True(double.IsFinite(value)));
                    Assert.Contains(actual[b], value => Math.Abs(value) > 0.1);
                    // Beside a logarithm of 10⁴ a float has lost what is below 10⁻³, and a probability as much.
                    for (int i = 0; i < actual[b].Length; i++) Assert.Equal(expected[b][i], actual[b][i], (float64 ? 1e-9 : 2e-3) * Math.Max(1, Math.Abs(expected[b][i])));
                }
            }
        }
    }

    /// <summary>Around the borders of blocks of 32 queries and 64 keys, and of vectors.</summary>
    private static IEnumerable<KernelCase> Cases(bool isBackward) =>
    [
        Case(isBackward, queries: 4, keys: 4, width: 3, valueWidth: 3, isCausal: false),
        Case(isBackward, 4, 4, 3, 3, isCausal: true, MaskOf.Pairs),
        Case(isBackward, 6, 3, 5, 2, isCausal: true, MaskOf.Keys),
        Case(isBackward, 33, 70, 4, 17, isCausal: false),
        Case(isBackward, 33, 70, 4, 17, isCausal: true, MaskOf.Pairs),
        Case(isBackward, 64, 64, 16, 16, isCausal: true),
        Case(isBackward, 40, 130, 8, 5, isCausal: false, MaskOf.Keys),
        Case(isBackward, 70, 31, 3, 4, isCausal: true),
        Case(isBackward, 1, 5, 2, 1, isCausal: false, MaskOf.Keys),
        Case(isBackward, 2, 6, 1, 4, isCausal: true),
        Case(isBackward, 3, 1, 2, 2, isCausal: false, MaskOf.Pairs),
    ];

    internal enum MaskOf { Nothing, Keys, Pairs }

    /// <summary>Query, key and value with their heads side by side in each position, as a projection leaves them; the rest head by head.</summary>
    internal static KernelCase Case(bool isBackward, int queries, int keys, int width, int valueWidth, bool isCausal, MaskOf mask = MaskOf.Nothing)
    {
        static Access SideBySide(int buffer, int positions, int features) => new(buffer, new[] { positions * Heads * features, features, Heads * features, 1 });
        static Access HeadByHead(int buffer, int positions, int features) => new(buffer, new[] { Heads * positions * features, positions * features, features, 1 });
        int maskRows = mask switch { MaskOf.Nothing => 0, MaskOf.Keys => 1, _ => queries };
        int[] operands = [queries * width, keys * width, keys * valueWidth, .. isBackward ? [queries, queries * valueWidth, queries] : Array.Empty<int>()];
        int[] results = isBackward ? [queries * width, keys * width, keys * valueWidth] : [queries * (valueWidth + 1)];
        int[] read = [.. operands.Select(length => Heads * length), .. maskRows > 0 ? new[] { maskRows * keys } : []];
        int[] lengths = [.. read, .. results.Select(length => Heads * length)];
        int first = read.Length;
        var backward = isBackward
            ? new AttentionBackward(HeadByHead(3, queries, 1), SideBySide(4, queries, valueWidth), HeadByHead(5, queries, 1), HeadByHead(first + 1, keys, width), HeadByHead(first + 2, keys, valueWidth)) : null;
        var seen = maskRows > 0 ? new Access(operands.Length, new[] { maskRows * keys, 0, maskRows > 1 ? keys : 0, 1 }) : null;
        var kernel = new AttentionKernel(lengths.Select((_, i) => new KernelBuffer(false, i == 0, i >= first)).Append(new KernelBuffer(false, false, true)).ToEquatableArray(), new[] { Extent.Rows, Extent.Of(Heads) },
            queries, keys, width, valueWidth, isCausal, 0.5, SideBySide(0, queries, width), SideBySide(1, keys, width), SideBySide(2, keys, valueWidth), seen, backward,
            HeadByHead(first, queries, isBackward ? width : valueWidth + 1), lengths.Length);
        return new KernelCase(kernel, rows => [.. lengths.Select(length => rows * length), kernel.ScratchLength])
        {
            // The second query of the first row sees nothing, where each has its own keys.
            Prepare = run => seen is null ? run : run.With(seen.Buffer, (i, value) => i % 3 == 1 || (maskRows > 1 && i / keys == 1) ? 0 : value),
        };
    }
}
