using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Tests.Cpu;

public class MomentsTests
{
    public static TheoryData<bool> ElementTypes { get; } = new() { false, true };

    [Theory, MemberData(nameof(ElementTypes))]
    public void Statistics_of_channels_over_shards(bool float64)
        => KernelChecks.CheckAll(float64, [Channels(1, 1), Channels(7, 1), Channels(16, 3), Channels(33, 2), Channels(150, 2)], 32, [1, 4, 5, 7, 12]);

    /// <summary>Values of 1e4 ± 1 in Float32: the mean square and the squared mean agree in all digits that a float has.</summary>
    [Fact]
    public void A_large_mean_leaves_the_variance_its_digits()
    {
        var test = Channels(3, 5);
        var run = new KernelRun(test.Kernel, float64: false, rows: 12, shardRows: 5, test.Lengths(12), test.Shards).With(0, (_, value) => (float)(1e4 + value));
        var printed = PrintedKernels.Of(float64: false, test.Kernel);
        double[] expected = run.Expected()[1];
        foreach (var form in Enum.GetValues<Form>())
        {
            double[] actual = run.Actual(printed.Call(0, form))[1];
            for (int channel = 0; channel < 3; channel++) Assert.Equal(expected[6 + channel], actual[6 + channel], 1e-3 * expected[6 + channel]);
        }
    }

    private static KernelCase Channels(int channels, int positions)
    {
        // The square of a value, channels innermost: what a map computes on the way.
        var source = new KernelBody(new[] { new Access(0, new[] { 1, channels * positions, channels }) },
            new[] { new BodyInstruction(BodyOp.Load, A: 0), ContractionTests.Number(1), ContractionTests.Apply(ScalarOp.Multiply, 0, 1) }, EquatableArray<BodyStore>.Empty);
        var kernel = new MomentsKernel(new[] { new KernelBuffer(false, true, false), new KernelBuffer(false, false, true) }, new[] { Extent.Of(channels) },
            new[] { Extent.Rows, Extent.Of(positions) }, source, new Access(1, new[] { 1 }), channels);
        return new KernelCase(kernel, rows => [Math.Min(rows, 5) * channels * positions, 3 * channels], [true, false], HasTemplate: channels > 1);
    }
}
