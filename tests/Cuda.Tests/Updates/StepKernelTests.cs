using System.Numerics;
using DlGen.Devices;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Updates;

/// <summary>Sums, limits and copies of a training step, against the runtime's and against the order that they promise.</summary>
public class StepKernelTests
{
    [Theory, InlineData(false), InlineData(true)]
    public void Losses_are_summed_in_doubles_in_an_order_of_their_own(bool float64) => StepKernelChecks.Losses(float64, programs: null);

    [Theory, InlineData(false), InlineData(true)]
    public void A_loss_that_is_not_finite_ends_everything_until_the_host_says_otherwise(bool float64) => StepKernelChecks.Failure(float64, programs: null);

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_are_clipped_to_a_norm_as_the_runtime_does_it(bool float64) => StepKernelChecks.Norm(float64, programs: null);

    [Theory, InlineData(false), InlineData(true)]
    public void A_norm_that_is_not_finite_leaves_gradients_and_parameters_as_they_are(bool float64)
    {
        var run = new UpdateModuleRun(status: 0);
        double[] values = [3, double.PositiveInfinity, 4];
        var gradients = run.Numbers("gradients", values, float64);
        double norm = StepKernelChecks.ClipNorm(run, [gradients], [3], limit: 1, float64);
        Assert.Equal((double.PositiveInfinity, UpdateKernels.GradientNotFinite), (norm, run.Status));
        Assert.Equal(values, gradients.Read());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Elements_are_limited_to_the_bits_of_the_runtime(bool float64)
    {
        double[] values = [-3, -0.5, -0.0, 0, 0.25, 0.5, 7, double.NegativeInfinity, double.PositiveInfinity, double.NaN, 0.1];
        var run = new UpdateModuleRun(status: 0);
        DeviceBuffer gradients = run.Numbers("gradients", values, float64), limit = run.Numbers("limit", [0.5], float64);
        run.Launch(UpdateKernels.Limit(float64), UpdateKernels.BlocksFor(values.Length, float64), [gradients, limit], values.Length);
        double[] expected = float64 ? Limited<double>(values, 0.5) : Limited<float>(values, 0.5);
        Assert.Equal(expected.Select(BitConverter.DoubleToInt64Bits), gradients.Read().Select(BitConverter.DoubleToInt64Bits));
    }

    [Theory, InlineData(false, 0), InlineData(false, 1), InlineData(true, 0), InlineData(true, 1)]
    public void What_is_copied_is_copied_as_long_as_nothing_failed(bool float64, int status)
    {
        double[] values = [.. Enumerable.Range(0, 300).Select(i => i - 0.5)];
        var run = new UpdateModuleRun(status);
        DeviceBuffer source = run.Numbers("source", values, float64), destination = run.Unwritten("destination", values.Length, float64);
        run.Launch(UpdateKernels.Copy(float64), UpdateKernels.BlocksFor(values.Length, float64), [source, destination], values.Length);
        Assert.Equal(status == 0 ? values : [.. values.Select(_ => DeviceBuffer.Unwritten)], destination.Read());
    }

    [Theory, InlineData(false), InlineData(true)]
    public void Gradients_of_parts_are_added_once(bool float64)
    {
        double[] values = [.. Enumerable.Range(0, 300).Select(i => i - 0.5)], others = [.. values.Select(value => value * 0.25)];
        var run = new UpdateModuleRun(status: 0);
        DeviceBuffer gradients = run.Numbers("gradients", values, float64), kept = run.Numbers("kept", others, float64);
        run.Launch(UpdateKernels.Add(float64), UpdateKernels.BlocksFor(values.Length, float64) + 1, [gradients, kept], values.Length);
        Assert.Equal(values.Select(value => value * 1.25), gradients.Read());
        Assert.Equal(others, kept.Read());
    }

    private static double[] Limited<T>(double[] values, double limit)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var core = StepKernelChecks.Core<T>(values.Length);
        for (int i = 0; i < values.Length; i++) core.Gradients[i] = T.CreateTruncating(values[i]);
        core.Parameters.ClipGradientValues(limit);
        return Array.ConvertAll(core.Gradients.ToArray(), double.CreateTruncating);
    }
}
