using DlGen.Gpu.Models;

namespace DlGen.Gpu.Checks;

/// <summary>What must not be computed: it is told as the processor tells it, changes nothing, and the next step is as if it had not been.</summary>
internal static class FailureChecks
{
    private const double Bound = 1e-4;

    public static IEnumerable<Check> All()
    {
        yield return new Check("NaN in a batch", CheckSize.Small, Bound, NotANumber);
        yield return new Check("losses that overflow", CheckSize.Small, Bound, Overflow);
        yield return new Check("wrong arguments", CheckSize.Small, Bound, Arguments);
        yield return new Check("too little memory", CheckSize.Small, Bound, OutOfMemory);
    }

    private static void NotANumber(Findings findings)
    {
        float[] x = Samples.Floats(1, 6 * 6), bad = [.. x];
        int[] labels = Samples.Ints(2, 6, 3);
        bad[9] = float.NaN;
        using var pair = Pair.Of(findings, () => new SmallMlp(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1e-2, momentum: 0.9), there = Optimizer.Sgd(1e-2, momentum: 0.9);
        pair.Step(1, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        var expected = findings.Throws<NonFiniteLossException>("the processor", () => pair.Here.TrainBatch(bad, labels, here));
        var actual = findings.Throws<NonFiniteLossException>("the device", () => pair.Gpu.TrainBatch(bad, labels, there));
        findings.Expect(expected?.Message == actual?.Message, $"the device says \"{actual?.Message}\", and the processor \"{expected?.Message}\"");
        pair.Step(2, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
    }

    /// <summary>In one of five batches: steps behind it may be on their way when it is found.</summary>
    private static void Overflow(Findings findings)
    {
        float[] x = Samples.Floats(1, 40 * 10);
        x.AsSpan(16 * 10, 10).Fill(float.MaxValue);
        using var pair = Pair.Of(findings, () => new SmallAutoencoder(3), model => model.OnCuda());
        Dataset data = SmallAutoencoder.Data(x, x);
        TrainingOptions Options() => new() { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = 8 };
        var expected = findings.Throws<NonFiniteLossException>("the processor", () => pair.Here.Train(data, Options()));
        var actual = findings.Throws<NonFiniteLossException>("the device", () => pair.Gpu.Train(data, Options()));
        findings.Expect(expected?.Layer == actual?.Layer, $"the device finds it in {actual?.Layer}, and the processor in {expected?.Layer}");
        pair.CompareParameters();
    }

    private static void Arguments(Findings findings)
    {
        float[] x = Samples.Floats(1, 4 * 6);
        int[] labels = [0, 1, 3, 2];
        using var pair = Pair.Of(findings, () => new SmallMlp(3), model => model.OnCuda());
        findings.Throws<TargetRangeException>("a label that is no class", () => pair.Gpu.TrainBatch(x, labels, Optimizer.Sgd(0.1)));
        findings.Throws<BatchShapeException>("half a row", () => pair.Gpu.Predict(x.AsSpan(1)));
        pair.CompareParameters();
    }

    /// <summary>A batch whose activations are a quarter larger than the device, then one that fits.</summary>
    private static void OutOfMemory(Findings findings)
    {
        using var pair = Pair.Of(findings, () => new Wide(3), model => model.OnCuda());
        int rows = (int)(pair.Gpu.Device.Memory / (16384 * sizeof(float)) * 5 / 4);
        float[] many = Samples.Floats(1, rows), few = Samples.Floats(1, 2);
        Optimizer here = Optimizer.Sgd(1e-4), there = Optimizer.Sgd(1e-4);
        if (findings.Throws<CudaOutOfMemoryException>("a batch larger than the device", () => pair.Gpu.TrainBatch(many, many, there)) is { } error)
        {
            findings.Expect(error.Requested > pair.Gpu.Device.Memory, $"{error.Requested} bytes are said to have been asked for, of {pair.Gpu.Device.Memory}: {error.Message}");
            findings.Expect(error.Message.Contains("smaller batch", StringComparison.Ordinal), $"it is not said what to do: {error.Message}");
        }

        pair.Step(1, () => pair.Here.TrainBatch(few, few, here), () => pair.Gpu.TrainBatch(few, few, there));
    }
}
