using DlGen.Compiled;
using DlGen.Gpu.Models;

namespace DlGen.Gpu.Checks;

/// <summary>Networks that tensor cores multiply, beside the processor, which computes with all digits.</summary>
internal static class PrecisionChecks
{
    /// <summary>What rounding the operands may cost.</summary>
    private const double Tf32 = 2e-3, Bf16 = 2e-2;

    /// <summary>How many times that it may cost of what a step changes.</summary>
    private const double OfChanges = 5;

    /// <summary>No multiple of a tile's.</summary>
    private const int Rows = 133;

    /// <summary>The compute capability that they need, times ten.</summary>
    public const int ComputeCapability = 80;

    /// <param name="steps">How many steps are taken.</param>
    public static IEnumerable<Check> All(int steps)
    {
        Check Of(string name, double bound, Action<Findings, int> run) => new(name, CheckSize.Small, bound, findings => run(findings, steps));
        yield return Of("Tf32, MLP", Tf32, Tf32Mlp);
        yield return Of("Tf32, LeNet", Tf32, Tf32LeNet);
        yield return Of("Tf32, LSTM", Tf32, Tf32Lstm);
        yield return Of("Tf32, transformer block", Tf32, Tf32Transformer);
        yield return Of("Bf16, MLP", Bf16, Bf16Mlp);
        yield return Of("Bf16, LeNet", Bf16, Bf16LeNet);
        yield return Of("Bf16, LSTM", Bf16, Bf16Lstm);
        yield return Of("Bf16, transformer block", Bf16, Bf16Transformer);
    }

    /// <summary>Steps as long as the gradients: Adam would make whole ones of what is 0 but for rounding.</summary>
    private static Optimizer Descent() => Optimizer.Sgd(5e-2, momentum: 0.9);

    /// <summary>Beside what steps leave, what they changed is compared, which is small: gradients are sums in which rounding does not cancel as their terms do.</summary>
    private static void Step<TModel, TGpu>(Findings findings, Pair<TModel, TGpu> pair, int steps, Func<float> here, Func<float> there)
        where TModel : IModel, ITrainable
        where TGpu : ITrainable, IDisposable
    {
        ParameterSet expected = ((IModel)pair.Here).Parameters, actual = ((IModel)pair.There).Parameters;
        var before = Findings.Snapshot(expected);
        double[] losses = new double[steps], others = new double[steps];
        for (int step = 0; step < steps; step++) (losses[step], others[step]) = (here(), there());
        findings.CompareLosses(losses, others);
        pair.CompareParameters();
        findings.CompareChanges(before, expected, actual, OfChanges);
    }

    private static void Tf32Mlp(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, Rows * 256);
        int[] labels = Samples.Ints(2, Rows, 10);
        using var pair = Pair.Of(findings, () => new Tf32Mlp(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Tf32LeNet(Findings findings, int steps)
    {
        const int rows = 17;
        float[] images = Samples.Floats(1, rows * 256);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new Tf32LeNet(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(images, labels, here), () => pair.Gpu.TrainBatch(images, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(images), pair.Gpu.Predict(images));
    }

    private static void Tf32Lstm(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, Rows * 3 * 64), y = Samples.Floats(2, Rows * 16);
        using var pair = Pair.Of(findings, () => new Tf32Lstm(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, y, here), () => pair.Gpu.TrainBatch(x, y, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Tf32Transformer(Findings findings, int steps)
    {
        const int rows = 9;
        float[] x = Samples.Floats(1, rows * 32 * 128), y = Samples.Floats(2, rows * 32 * 16);
        using var pair = Pair.Of(findings, () => new Tf32Transformer(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, y, here), () => pair.Gpu.TrainBatch(x, y, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Bf16Mlp(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, Rows * 256);
        int[] labels = Samples.Ints(2, Rows, 10);
        using var pair = Pair.Of(findings, () => new Bf16Mlp(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Bf16LeNet(Findings findings, int steps)
    {
        const int rows = 17;
        float[] images = Samples.Floats(1, rows * 256);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new Bf16LeNet(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(images, labels, here), () => pair.Gpu.TrainBatch(images, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(images), pair.Gpu.Predict(images));
    }

    private static void Bf16Lstm(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, Rows * 3 * 64), y = Samples.Floats(2, Rows * 16);
        using var pair = Pair.Of(findings, () => new Bf16Lstm(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, y, here), () => pair.Gpu.TrainBatch(x, y, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Bf16Transformer(Findings findings, int steps)
    {
        const int rows = 9;
        float[] x = Samples.Floats(1, rows * 32 * 128), y = Samples.Floats(2, rows * 32 * 16);
        using var pair = Pair.Of(findings, () => new Bf16Transformer(3), model => model.OnCuda());
        Optimizer here = Descent(), there = Descent();
        Step(findings, pair, steps, () => pair.Here.TrainBatch(x, y, here), () => pair.Gpu.TrainBatch(x, y, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }
}
