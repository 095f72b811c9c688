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
        pair.Step(Steps, () => Optimizer.Adam(1e-3), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void LeNet(Findings findings)
    {
        const int rows = 125;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new LeNet5(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Adam(1e-3), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void ResNet(Findings findings)
    {
        const int rows = 37;
        float[] x = Samples.Floats(1, rows * 3 * 32 * 32);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new ResNet(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Sgd(1e-2, momentum: 0.9), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Lstm(Findings findings)
    {
        const int rows = 65;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new LstmClassifier(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Gru(Findings findings)
    {
        const int rows = 65;
        float[] x = Samples.Floats(1, rows * 784);
        int[] labels = Samples.Ints(2, rows, 10);
        using var pair = Pair.Of(findings, () => new GruClassifier(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Gpt(Findings findings)
    {
        const int rows = 12;
        int[] tokens = Samples.Ints(1, rows * Models.Gpt.Context, Models.Gpt.Vocabulary), following = Samples.Ints(2, rows * Models.Gpt.Context, Models.Gpt.Vocabulary);
        using var pair = Pair.Of(findings, () => new Gpt(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Sgd(1e-1, momentum: 0.9), (model, by) => model.TrainBatch(tokens, following, by), (gpu, by) => gpu.TrainBatch(tokens, following, by));
        pair.Predict(model => model.Predict(tokens), gpu => gpu.Predict(tokens));
        findings.CompareIds("ids", [.. pair.Here.Generate([1, 2], 100, new Sampling { Seed = 4 })], [.. pair.Gpu.Generate([1, 2], 100, new Sampling { Seed = 4 })]);
    }

    private static void Attention(Findings findings)
    {
        const int rows = 3, numbers = rows * 777 * 96;
        float[] x = Samples.Floats(1, numbers), y = Samples.Floats(2, numbers);
        using var pair = Pair.Of(findings, () => new LongAttention(3), model => model.OnCuda());
        pair.Step(Steps, () => Optimizer.Sgd(1), (model, by) => model.TrainBatch(x, y, by), (gpu, by) => gpu.TrainBatch(x, y, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }
}
