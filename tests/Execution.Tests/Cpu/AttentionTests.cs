using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Tests.Cpu;

public class AttentionTests
{
    private const int Heads = 2;

    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Output_and_logarithm_of_the_sum(bool float64) => KernelChecks.CheckAll(float64, Cases(null), 32, [1, 3]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Gradient_by_the_query(bool float64) => KernelChecks.CheckAll(float64, Cases(AttentionGradient.Query), 64, [1, 3]);

    [Theory, MemberData(nameof(ElementTypes))]
    public void Gradient_by_key_and_value(bool float64) => KernelChecks.CheckAll(float64, Cases(AttentionGradient.KeyAndValue), 64, [1, 3]);

    /// <summary>Scores of ±10⁴ and ties of them: exponentials relative to anything but the largest would overflow or all be 0.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void Large_scores_neither_overflow_nor_vanish(bool float64)
    {
        AttentionGradient?[] kinds = [null, AttentionGradient.Query, AttentionGradient.KeyAndValue];
        var printed = PrintedKernels.Of(float64, [.. kinds.Select(by => Case(by, 3, 4, 1, 2, isCausal: false).Kernel)]);
        for (int kind = 0; kind < kinds.Length; kind++)
        {
            var test = Case(kinds[kind], 3, 4, 1, 2, isCausal: false);
            var run = new KernelRun(test.Kernel, float64, rows: 1, shardRows: 1, test.Lengths(1))
                .With(0, (i, _) => new[] { 100.0, -100, 1 }[i / Heads % 3])
                .With(1, (i, _) => new[] { 50.0, -200, 200, 200 }[i / Heads % 4]);
            // The logarithms that belong to these scores of 0.5 · query · key: 10⁴ twice, 10⁴ once, 100 twice.
            if (kinds[kind] is not null) run.With(3, (i, _) => new[] { 1e4 + Math.Log(2), 1e4, 100 + Math.Log(2) }[i % 3]);
            double[][] expected = run.Expected(), actual = run.Actual(printed.Call(kind, Form.Plain));
            Assert.All(actual[^1], value => Assert.True(double.IsFinite(value)));
            Assert.Contains(actual[^1], value => Math.Abs(value) > 0.1);
            // Beside a logarithm of 10⁴ a float has lost what is below 10⁻³, and a probability as much.
            for (int i = 0; i < actual[^1].Length; i++) Assert.Equal(expected[^1][i], actual[^1][i], float64 ? 1e-9 * Math.Max(1, Math.Abs(expected[^1][i])) : 2e-3 * Math.Max(1, Math.Abs(expected[^1][i])));
        }
    }

    private static IEnumerable<KernelCase> Cases(AttentionGradient? gradient)
        => from sizes in new int[][] { [4, 4, 3, 3], [1, 5, 2, 1], [2, 6, 1, 4], [6, 3, 5, 2], [3, 1, 2, 2] }
           from isCausal in new[] { false, true }
           from mask in Enum.GetValues<MaskOf>()
           select Case(gradient, queries: sizes[0], keys: sizes[1], width: sizes[2], valueWidth: sizes[3], isCausal, mask);

    private enum MaskOf { Nothing, Keys, Pairs }

    /// <summary>Query, key and value with their heads side by side in each position, as a projection leaves them; the rest head by head.</summary>
    private static KernelCase Case(AttentionGradient? by, int queries, int keys, int width, int valueWidth, bool isCausal, MaskOf mask = MaskOf.Nothing)
    {
        static Access SideBySide(int buffer, int positions, int features) => new(buffer, new[] { positions * Heads * features, features, Heads * features, 1 });
        static Access HeadByHead(int buffer, int positions, int features) => new(buffer, new[] { Heads * positions * features, positions * features, features, 1 });
        var (resultPositions, resultWidth) = by switch { null => (queries, valueWidth + 1), AttentionGradient.Query => (queries, width), _ => (keys, width + valueWidth) };
        int maskRows = mask switch { MaskOf.Nothing => 0, MaskOf.Keys => 1, _ => queries };
        int[] operands = [queries * width, keys * width, keys * valueWidth, .. by is null ? Array.Empty<int>() : [queries, queries * valueWidth, queries]];
        int[] lengths = [.. operands.Select(length => Heads * length), .. maskRows > 0 ? new[] { maskRows * keys } : [], Heads * resultPositions * resultWidth];
        var backward = by is { } gradient ? new AttentionBackward(gradient, HeadByHead(3, queries, 1), SideBySide(4, queries, valueWidth), HeadByHead(5, queries, 1)) : null;
        var seen = maskRows > 0 ? new Access(operands.Length, new[] { maskRows * keys, 0, maskRows > 1 ? keys : 0, 1 }) : null;
        var kernel = new AttentionKernel(lengths.Select((_, i) => new KernelBuffer(false, i == 0, i == lengths.Length - 1)).ToEquatableArray(), new[] { Extent.Rows, Extent.Of(Heads) },
            queries, keys, width, valueWidth, isCausal, 0.5, SideBySide(0, queries, width), SideBySide(1, keys, width), SideBySide(2, keys, valueWidth), seen, backward,
            HeadByHead(lengths.Length - 1, resultPositions, resultWidth));
        return new KernelCase(kernel, rows => [.. lengths.Select(length => rows * length)], HasTemplate: false)
        {
            // The second query of the first row sees nothing, where each has its own keys.
            Prepare = run => seen is null ? run : run.With(seen.Buffer, (i, value) => i % 3 == 1 || (maskRows > 1 && i / keys == 1) ? 0 : value),
        };
    }
}
