using DlGen.Gpu.Models;

namespace DlGen.Gpu.Checks;

/// <summary>Networks as they are trained, ten steps each: errors of one step are in the next ones.</summary>
internal static class LargeChecks
{
    private const double Bound = 1e-3;
    private const int Steps = 10;

    public static IEnumerable<Check> All()
    {
        yield return new Check("MLP 784-256-128-10", CheckSize.Large, Bound, Mlp);
        yield return new Check("LeNet-5", CheckSize.Large, Bound, LeNet);
        yield return new Check("ResNet", CheckSize.Large, Bound, ResNet);
        yield return new Check("LSTM of 64", CheckSize.Large, Bound, Lstm);
        yield return new Check("GRU of 64", CheckSize.Large, Bound, Gru);
        yield return new Check("GPT, four layers", CheckSize.Large, Bound, Gpt);
        yield return new Check("attention, 777 steps", CheckSize.Large, Bound, Attention);
    }

    private static void Mlp(Findings findings)
    {
        const int rows = 250;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new Mlp(3), model => model.OnCuda());
        Optimizer here = Optimizer.Adam(1e-3), there = Optimizer.Adam(1e-3);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void LeNet(Findings findings)
    {
        const int rows = 125;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new LeNet5(3), model => model.OnCuda());
        Optimizer here = Optimizer.Adam(1e-3), there = Optimizer.Adam(1e-3);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void ResNet(Findings findings)
    {
        const int rows = 37;
        float[] x = Samples.Floats(1, rows * 3 * 32 * 32);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new ResNet(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1e-2, momentum: 0.9), there = Optimizer.Sgd(1e-2, momentum: 0.9);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Lstm(Findings findings)
    {
        const int rows = 65;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new LstmClassifier(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1e-1), there = Optimizer.Sgd(1e-1);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Gru(Findings findings)
    {
        const int rows = 65;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new GruClassifier(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1e-1), there = Optimizer.Sgd(1e-1);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, labels, here), () => pair.Gpu.TrainBatch(x, labels, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }

    private static void Gpt(Findings findings)
    {
        const int rows = 12;
        int[] tokens = Samples.Ints(1, rows * Models.Gpt.Context, Models.Gpt.Vocabulary), following = Samples.Ints(2, rows * Models.Gpt.Context, Models.Gpt.Vocabulary);
        using var pair = Pair.Of(findings, () => new Gpt(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1e-1, momentum: 0.9), there = Optimizer.Sgd(1e-1, momentum: 0.9);
        pair.Step(Steps, () => pair.Here.TrainBatch(tokens, following, here), () => pair.Gpu.TrainBatch(tokens, following, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(tokens), pair.Gpu.Predict(tokens));
        findings.CompareIds("ids", [.. pair.Here.Generate([1, 2], 100, new Sampling { Seed = 4 })], [.. pair.Gpu.Generate([1, 2], 100, new Sampling { Seed = 4 })]);
    }

    private static void Attention(Findings findings)
    {
        const int rows = 3, numbers = rows * 777 * 96;
        float[] x = Samples.Floats(1, numbers), y = Samples.Floats(2, numbers);
        using var pair = Pair.Of(findings, () => new LongAttention(3), model => model.OnCuda());
        Optimizer here = Optimizer.Sgd(1), there = Optimizer.Sgd(1);
        pair.Step(Steps, () => pair.Here.TrainBatch(x, y, here), () => pair.Gpu.TrainBatch(x, y, there));
        findings.CompareOutputs<float>("predictions", pair.Here.Predict(x), pair.Gpu.Predict(x));
    }
}
