using DlGen.Devices;
using DlGen.Tests.Compiling;
using DlGen.Tests.Execution;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Support;

/// <summary>One model on an emulated device against its code for the processor: predictions, two training steps, what they leave, an evaluation.</summary>
internal static class DeviceTrial
{
    private const int Steps = 2;

    /// <summary>Plain descent: a gradient that is zero but for rounding stays so, where Adam would make whole steps of it.</summary>
    private static Optimizer Descent => Optimizer.Sgd(5e-2, momentum: 0.9);

    public static void Run(CompiledModel model, int rows, int seed)
    {
        var values = ModelValues.Draw(model, rows, seed);
        IModelDriver here = model.Create(seed), there = model.Create(seed);
        values.Into(here);
        values.Into(there);
        using var device = new EmulatedDevice();
        DeviceSource.Override = () => device;
        try
        {
            using (var gpu = there.OnDevice()) Compare(here, there, gpu, values, model.Declaration.Float64);
        }
        finally
        {
            DeviceSource.Override = null;
        }
        Assert.Equal(0, device.Held);
    }

    private static void Compare(IModelDriver here, IModelDriver there, IDeviceDriver gpu, ModelValues values, bool float64)
    {
        double bound = float64 ? 1e-11 : 1e-5;
        Close("the first prediction", here.Predict(), gpu.Predict(), bound);
        if (!here.HasLoss) return;
        Optimizer ours = Descent, theirs = Descent;
        for (int step = 0; step < Steps; step++) Close($"the loss of step {step}", [here.TrainBatch(ours)], [gpu.TrainBatch(theirs)], bound);
        gpu.Synchronize();

        // Of a step the change is compared, which may be far smaller than the parameter; beside it the parameter's own rounding.
        double rounding = float64 ? 4e-15 : 2e-6;
        foreach (var parameter in here.Model.Parameters)
        {
            double[] start = values.Parameters[parameter.Name], expected = parameter.Values(), actual = there.Model.Parameters[parameter.Name].Values();
            double allowed = (20 * bound * expected.Zip(start, (e, s) => Math.Abs(e - s)).Max()) + (rounding * Math.Max(1, expected.Max(Math.Abs)));
            Close(parameter.Name, expected, actual, allowed, ofLargest: false);
        }
        Close("the prediction after training", here.Predict(), gpu.Predict(), 10 * bound);
        Close("the loss of an evaluation", [here.Evaluate()], [gpu.Evaluate()], 10 * bound);
    }

    private static void Close(string what, IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> actual, double bound)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (output, numbers) in expected) Close(what + " " + output, numbers, actual[output], bound);
    }

    private static void Close(string what, double[] expected, double[] actual, double bound, bool ofLargest = true)
    {
        Assert.Equal(expected.Length, actual.Length);
        double allowed = ofLargest ? bound * Math.Max(1, expected.Max(Math.Abs)) : bound;
        for (int i = 0; i < expected.Length; i++)
            Assert.True(Math.Abs(expected[i] - actual[i]) <= allowed, $"{what}: element {i} is {actual[i]:r} instead of {expected[i]:r}, {Math.Abs(expected[i] - actual[i]):g2} off where {allowed:g2} is allowed");
    }
}
