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

    /// <summary>Of all keys or of those so far, by a mask for all heads or one for each; where nothing is seen, the result is 0.</summary>
    [Theory, MemberData(nameof(ElementTypes))]
    public void All_keys_or_those_that_a_mask_shows(bool float64) => KernelChecks.CheckAll(float64,
        from keysInLanes in new[] { true, false }
        from seen in new[] { Seen.All, Seen.AllOfMask, Seen.AllOfMaskOfHeads, Seen.UpToPositionOfMask }
        select Case(19, 5, 9, keysInLanes, seen), 64, [1, 3]);

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

    /// <summary>Which keys a query sees.</summary>
    public enum Seen { UpToPosition, All, AllOfMask, AllOfMaskOfHeads, UpToPositionOfMask }

    /// <summary>
    /// Query and result as a projection leaves them, keys feature by feature of a head or key by key, values with the heads side by side. Behind these the position or the mask, the result, the scores; of position
    /// and mask the mask comes last.
    /// </summary>
    private static KernelCase Case(int keys, int width, int valueWidth, bool keysInLanes, Seen seen = Seen.UpToPosition)
    {
        bool hasPosition = seen is Seen.UpToPosition or Seen.UpToPositionOfMask, hasMask = seen is not (Seen.UpToPosition or Seen.All), ofHeads = seen == Seen.AllOfMaskOfHeads;
        int results = hasPosition ? 4 : 3, scores = results + 1, masks = scores + 1;
        Access query = new(0, new[] { Heads * width, width, 0, 1 }), value = new(2, new[] { keys * Heads * valueWidth, valueWidth, Heads * valueWidth, 1 });
        Access key = new(1, keysInLanes ? new[] { Heads * width * keys, width * keys, 1, keys } : new[] { Heads * width * keys, width * keys, width, 1 });
        var position = hasPosition ? new Access(3, new[] { 1, 0, 0, 0 }) : null;
        var mask = hasMask ? new Access(masks, ofHeads ? new[] { Heads * keys, keys, 1, 0 } : new[] { keys, 0, 1, 0 }) : null;
        var result = new Access(results, new[] { Heads * valueWidth, valueWidth, 0, 1 });
        var buffers = Enumerable.Range(0, hasMask ? masks + 1 : masks).Select(b => new KernelBuffer(hasPosition && b == 3, b == 0 || (hasPosition && b == 3), b == results || b == scores)).ToEquatableArray();
        var kernel = new OneQueryAttentionKernel(buffers, new[] { Extent.Rows, Extent.Of(Heads) }, keys, width, valueWidth, 0.5, query, key, value, position, mask, result, scores);
        int[] Lengths(int rows) =>
        [
            rows * Heads * width, rows * Heads * width * keys, rows * keys * Heads * valueWidth, .. hasPosition ? [rows] : Array.Empty<int>(), rows * Heads * valueWidth, (keys + 15) / 16 * 16,
            .. hasMask ? [rows * keys * (ofHeads ? Heads : 1)] : Array.Empty<int>(),
        ];
        // A third of the keys is hidden, and of the second row all.
        return new KernelCase(kernel, Lengths, HasTemplate: keysInLanes)
        {
            Prepare = run => hasMask ? run.With(masks, (i, drawn) => i / (keys * (ofHeads ? Heads : 1)) == 1 || i % 3 == 1 ? 0 : drawn) : run,
        };
    }
}
