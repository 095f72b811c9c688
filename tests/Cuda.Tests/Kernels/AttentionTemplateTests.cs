using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Assembly;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>Attention by blocks of queries and keys, around the borders of blocks, tiles, groups and lanes.</summary>
public class AttentionTemplateTests
{
    private static readonly string[] Machines = ["sm_70", "sm_80"];

    public static TheoryData<bool> Precisions { get; } = new() { false, true };

    [Theory, MemberData(nameof(Precisions))]
    public void Blocks_tiles_and_lanes(bool float64)
    {
        Assert.All(Borders, kernel => Assert.True(AttentionTemplate.Fits(kernel, float64), kernel.ToString()));
        CheckBorders(float64, PtxPrinter.Print);
    }

    internal static void CheckBorders(bool float64, Printing print) => KernelChecks.Definition(Borders, float64, ModelKernelTests.Bound(float64), print, [0, 1]);

    /// <summary>Scores of ±10⁴ and ties of them, the largest in a later tile: exponentials relative to anything but the largest would overflow or all be 0.</summary>
    [Theory, MemberData(nameof(Precisions))]
    public void Large_scores_neither_overflow_nor_vanish(bool float64)
    {
        const int Queries = 3, Keys = 140;
        double[] keys = [.. Enumerable.Range(0, Keys).Select(j => j switch { 0 => 50.0, 1 => -200, 100 or 130 => 200, _ => j % 7 })];
        foreach (bool isBackward in new[] { false, true })
        {
            var kernel = HandMadeKernels.Attention(isBackward, Queries, Keys, 2, 2, isCausal: false, HandMadeKernels.Mask.None);
            var trial = new KernelTrial(kernel, float64, rows: 1, seed: 3);
            Fill(trial.Initial[0], i => i % 2 == 1 ? 0 : new[] { 100.0, -100, 1 }[i / 4 % Queries]);
            Fill(trial.Initial[1], i => i % 2 == 1 ? 0 : keys[i / 4 % Keys]);
            // The logarithms that belong to these scores of 0.5 · query · key: 10⁴ twice, 10⁴ once, 100 twice.
            if (isBackward) Fill(trial.Initial[3], i => new[] { 1e4 + Math.Log(2), 1e4, 100 + Math.Log(2) }[i % Queries]);
            var printed = PtxPrinter.Print([kernel], float64);
            // Beside a logarithm of 10⁴ a float has lost what is below 10⁻³, and a probability as much.
            string? difference = trial.Difference(PtxParser.Parse(printed.Text), printed.Kernels[0], float64 ? 1e-9 : 2e-3);
            Assert.True(difference is null, difference);
        }
    }

    /// <summary>Rows that no block can hold are computed all the same.</summary>
    [Fact]
    public void Too_wide_a_row_is_printed_plainly()
    {
        var kernel = HandMadeKernels.Attention(isBackward: false, 2, 3, 5000, 1, isCausal: false, HandMadeKernels.Mask.None);
        Assert.False(AttentionTemplate.Fits(kernel, float64: false));
        KernelChecks.Definition([kernel], float64: false, 1e-4, PtxPrinter.Print, [1]);
    }

    /// <summary>In the shapes of networks: all that a lane holds stays in registers, of which a multiprocessor has enough for three blocks.</summary>
    [AssembledTheory, MemberData(nameof(Precisions))]
    public void Nothing_spills(bool float64)
    {
        Kernel[] kernels =
        [
            .. from backward in new[] { false, true }
               from kernel in new[] { Shape(backward, 256, 16, false), Shape(backward, 128, 64, true), Shape(backward, 40, 80, true), Shape(backward, 512, 128, false), Shape(backward, 64, 256, false) }
               select kernel,
        ];
        string text = PtxPrinter.Print(kernels, float64).Text;
        foreach (string machine in Machines)
            Assert.All(Ptxas.Usage(text, machine), used => Assert.True(used.SpilledBytes == 0 && used.Registers <= 168, $"{used} for {machine}"));
    }

    private static AttentionKernel Shape(bool isBackward, int length, int width, bool isCausal)
        => HandMadeKernels.Attention(isBackward, length, length, width, width, isCausal, isCausal ? HandMadeKernels.Mask.OfKeys : HandMadeKernels.Mask.None);

    private static AttentionKernel[] Borders { get; } = [.. BordersOf(false), .. BordersOf(true)];

    private static IEnumerable<AttentionKernel> BordersOf(bool isBackward) =>
    [
        // More queries than a block and more keys than a tile has, none a multiple; then as many as they have.
        HandMadeKernels.Attention(isBackward, queries: 131, keys: 67, width: 3, valueWidth: 5, isCausal: true, HandMadeKernels.Mask.None),
        HandMadeKernels.Attention(isBackward, 33, 130, 4, 17, isCausal: false, HandMadeKernels.Mask.OfPairs),
        HandMadeKernels.Attention(isBackward, 32, 64, 4, 4, isCausal: true, HandMadeKernels.Mask.OfPairs),
        // Two lanes a row and more, wider keys than values and the other way round.
        HandMadeKernels.Attention(isBackward, 9, 13, 90, 6, isCausal: true, HandMadeKernels.Mask.OfKeys),
        HandMadeKernels.Attention(isBackward, 5, 6, 2, 260, isCausal: false, HandMadeKernels.Mask.None),
    ];

    private static void Fill(double[] buffer, Func<int, double> value)
    {
        for (int i = 0; i < buffer.Length; i++) buffer[i] = value(i);
    }
}
