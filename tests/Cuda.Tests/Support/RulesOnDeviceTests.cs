using DlGen.Tests.Execution;

namespace DlGen.Tests.Support;

/// <summary>Every optimizer on a device, and what beside the network itself differs from model to model: fitted scalings, steps of recurrences.</summary>
public class RulesOnDeviceTests
{
    /// <summary>By the name of its factory.</summary>
    internal static readonly Dictionary<string, Func<Optimizer>[]> Rules = new()
    {
        [nameof(Optimizer.Sgd)] = [() => Optimizer.Sgd(0.1), () => Optimizer.Sgd(0.1, momentum: 0.8, nesterov: true, weightDecay: 0.05, l1: 0.01)],
        [nameof(Optimizer.Adam)] = [() => Optimizer.Adam(0.01), () => Optimizer.Adam(0.01, beta1: 0.8, weightDecay: 0.1)],
        [nameof(Optimizer.AdamW)] = [() => Optimizer.AdamW(0.01), () => Optimizer.AdamW(0.01).Group("*.bias", learningRateFactor: 0.1)],
        [nameof(Optimizer.Nadam)] = [() => Optimizer.Nadam(0.01, weightDecay: 0.1)],
        [nameof(Optimizer.AdaGrad)] = [() => Optimizer.AdaGrad(0.1, rateDecay: 0.1)],
        [nameof(Optimizer.RmsProp)] = [() => Optimizer.RmsProp(0.01), () => Optimizer.RmsProp(0.005, alpha: 0.9, momentum: 0.5, centered: true)],
        [nameof(Optimizer.Lion)] = [() => Optimizer.Lion(0.01, weightDecay: 0.1)],
    };

    public static TheoryData<string> Names => [.. typeof(Optimizer).GetMethods().Where(m => m.IsStatic && m.ReturnType == typeof(Optimizer)).Select(m => m.Name)];

    [Theory, MemberData(nameof(Names))]
    public void An_optimizer_steps_as_on_the_processor(string name)
    {
        var random = new Random(6);
        double[] x = [.. StepTests.Floats(random, 5 * 4)], y = [.. StepTests.Floats(random, 5 * 2)];
        foreach (var rule in Rules[name])
        {
            using var pair = new Pair<DoublesOnDevice>(new DoublesOnDevice(3), new DoublesOnDevice(3));
            using var gpu = pair.Other.OnCuda();
            Optimizer here = rule(), there = rule();
            pair.Compare(1e-11, gpu.Synchronize, () => pair.Model.TrainBatch(x, y, here), () => gpu.TrainBatch(x, y, there));
        }
    }

    [Fact]
    public void A_recurrence_writes_as_on_the_processor()
    {
        using var pair = new Pair<RecurrentWriterOnDevice>(new RecurrentWriterOnDevice(3), new RecurrentWriterOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        foreach (int seed in new[] { 1, 2 })
            Assert.Equal([.. pair.Model.Generate([1, 5, 2], 9, new Sampling { Seed = seed })], [.. gpu.Generate([1, 5, 2], 9, new Sampling { Seed = seed })]);
    }

    /// <summary>By Train, on the processor, before the first step.</summary>
    [Fact]
    public void Scalings_are_fitted_before_a_training_on_a_device()
    {
        var random = new Random(7);
        float[] x = [.. StepTests.Floats(random, 9 * 4).Select(value => 5 + (3 * value))], y = StepTests.Floats(random, 9 * 2);
        using var pair = new Pair<ScaledOnDevice>(new ScaledOnDevice(3), new ScaledOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        pair.Model.Train(ScaledOnDevice.Data(x, y), Options());
        gpu.Train(ScaledOnDevice.Data(x, y), Options());
        Assert.NotEqual(0, pair.Model.Parameters["standardize_1.mean"][0]);
        pair.CompareParameters(1e-5);

        static TrainingOptions Options() => new() { Optimizer = Optimizer.Sgd(5e-2), Epochs = 2, BatchSize = 4 };
    }
}
