using DlGen.Gpu.Models;

namespace DlGen.Gpu.Checks;

/// <summary>Networks of every kind, so small that an emulated device runs them too.</summary>
internal static class SmallChecks
{
    private const double Float32 = 1e-4, Float64 = 1e-11;

    /// <param name="steps">How many steps are taken, or epochs of few steps.</param>
    public static IEnumerable<Check> All(int steps)
    {
        yield return Small("MLP, Adam", findings => Mlp(findings, steps));
        foreach (var (name, optimizer) in Optimizers) yield return Small($"MLP, {name}", findings => Optimize(findings, steps, optimizer));
        yield return Small("MLP, micro-batches", findings => Mlp(findings, Options(steps, batch: 9, micro: 5)));
        yield return Small("MLP, clipped", findings => Mlp(findings, Options(steps, batch: 7, clips: true)));
        yield return Small("convolutions, bytes", findings => LeNet(findings, steps));
        yield return Small("residual block", findings => ResNet(findings, steps));
        yield return Small("LSTM", findings => Lstm(findings, steps));
        yield return Small("GRU, both directions", findings => Gru(findings, steps));
        yield return Small("GPT, generating", findings => Gpt(findings, steps));
        yield return Small("autoencoder", findings => Autoencoder(findings, steps));
        yield return new Check("Float64", CheckSize.Small, Float64, findings => Doubles(findings, steps));
        yield return Small("dropout", findings => Dropout(findings, steps));
        yield return Small("weights of the loss", findings => Tagger(findings, steps));
    }

    private static readonly (string Name, Func<Optimizer> Create)[] Optimizers =
    [
        ("AdamW, groups", () => Optimizer.AdamW(1e-2).Group("*.bias", learningRateFactor: 0.1)),
        ("SGD", () => Optimizer.Sgd(5e-2)),
        ("SGD, Nesterov, L1", () => Optimizer.Sgd(5e-2, momentum: 0.9, nesterov: true, l1: 1e-4)),
        ("NAdam", () => Optimizer.Nadam(1e-2)),
        ("AdaGrad", () => Optimizer.AdaGrad()),
        ("RMSprop", () => Optimizer.RmsProp(1e-2)),
        ("Lion", () => Optimizer.Lion(1e-3)),
    ];

    private static Check Small(string name, Action<Findings> run) => new(name, CheckSize.Small, Float32, run);

    private static Func<TrainingOptions> Options(int steps, int batch, int? micro = null, bool clips = false) => () => new TrainingOptions
    {
        Optimizer = Optimizer.Sgd(5e-2, momentum: 0.9), Epochs = steps, BatchSize = batch, MicroBatchSize = micro, ClipNorm = clips ? 0.5 : null, ClipValue = clips ? 0.3 : null,
    };

    private static void Mlp(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, 5 * 6);
        int[] labels = Samples.Ints(2, 5, 3);
        using var pair = Pair.Of(findings, () => new SmallMlp(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Adam(1e-2), (model, by) => model.TrainBatch(x, labels, by), (gpu, by) => gpu.TrainBatch(x, labels, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
        findings.CompareIds("classes", pair.Here.Classify(x), pair.Gpu.Classify(x));
        double expected = pair.Here.Evaluate(SmallMlp.Data(x, labels)).Loss, actual = pair.Gpu.Evaluate(SmallMlp.Data(x, labels)).Loss;
        findings.CompareLosses([expected], [actual]);
    }

    private static void Mlp(Findings findings, Func<TrainingOptions> options)
    {
        using var pair = Pair.Of(findings, () => new SmallMlp(3), model => model.OnCuda());
        pair.Train(SmallMlp.Data(Samples.Floats(1, 17 * 6), Samples.Ints(2, 17, 3)), options);
    }

    private static void Optimize(Findings findings, int steps, Func<Optimizer> create)
    {
        float[] x = Samples.Floats(3, 5 * 10);
        using var pair = Pair.Of(findings, () => new SmallAutoencoder(3), model => model.OnCuda());
        pair.Step(steps, create, (model, by) => model.TrainBatch(x, x, by), (gpu, by) => gpu.TrainBatch(x, x, by));
    }

    private static void LeNet(Findings findings, int steps)
    {
        byte[] images = Samples.Bytes(1, 3 * 144);
        int[] labels = Samples.Ints(2, 3, 10);
        using var pair = Pair.Of(findings, () => new SmallLeNet(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(images, labels, by), (gpu, by) => gpu.TrainBatch(images, labels, by));
        pair.Predict(model => model.Predict(images), gpu => gpu.Predict(images));
    }

    private static void ResNet(Findings findings, int steps)
    {
        float[] images = Samples.Floats(1, 3 * 72);
        int[] labels = Samples.Ints(2, 3, 3);
        using var pair = Pair.Of(findings, () => new SmallResNet(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(images, labels, by), (gpu, by) => gpu.TrainBatch(images, labels, by));
        pair.Predict(model => model.Predict(images), gpu => gpu.Predict(images));
    }

    private static void Lstm(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, 5 * 15), y = Samples.Floats(2, 5 * 2);
        using var pair = Pair.Of(findings, () => new SmallLstm(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(x, y, by), (gpu, by) => gpu.TrainBatch(x, y, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Gru(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, 5 * 15), y = Samples.Floats(2, 5 * 2);
        using var pair = Pair.Of(findings, () => new SmallGru(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(x, y, by), (gpu, by) => gpu.TrainBatch(x, y, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    /// <summary>The gradient by the keys' bias is 0 but for rounding, of which Adam would make whole steps: so not by Adam.</summary>
    private static void Gpt(Findings findings, int steps)
    {
        int[] tokens = Samples.Ints(1, 3 * SmallGpt.Context, SmallGpt.Vocabulary), following = Samples.Ints(2, 3 * SmallGpt.Context, SmallGpt.Vocabulary);
        using var pair = Pair.Of(findings, () => new SmallGpt(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1, momentum: 0.9), (model, by) => model.TrainBatch(tokens, following, by), (gpu, by) => gpu.TrainBatch(tokens, following, by));
        pair.Predict(model => model.Predict(tokens), gpu => gpu.Predict(tokens));
        findings.CompareIds("ids", [.. pair.Here.Generate([1, 2], 9, new Sampling { Seed = 4 })], [.. pair.Gpu.Generate([1, 2], 9, new Sampling { Seed = 4 })]);
    }

    private static void Autoencoder(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, 9 * 10);
        using var pair = Pair.Of(findings, () => new SmallAutoencoder(3), model => model.OnCuda());
        pair.Train(SmallAutoencoder.Data(x, x), Options(steps, batch: 4));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Doubles(Findings findings, int steps)
    {
        double[] x = Samples.Doubles(1, 5 * 4), y = Samples.Doubles(2, 5 * 2);
        using var pair = Pair.Of(findings, () => new SmallDoubles(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.AdamW(1e-2), (model, by) => model.TrainBatch(x, y, by), (gpu, by) => gpu.TrainBatch(x, y, by));
        pair.Predict(model => model.Predict(x), gpu => gpu.Predict(x));
    }

    private static void Dropout(Findings findings, int steps)
    {
        float[] x = Samples.Floats(1, 5 * 6), y = Samples.Floats(2, 5 * 2);
        using var pair = Pair.Of(findings, () => new SmallDropout(3), model => model.OnCuda());
        pair.Step(steps, () => Optimizer.Sgd(1e-1), (model, by) => model.TrainBatch(x, y, by), (gpu, by) => gpu.TrainBatch(x, y, by));
    }

    private static void Tagger(Findings findings, int steps)
    {
        const int words = 5 * SmallTagger.Steps;
        float[] x = Samples.Floats(1, words * 3), confidence = Array.ConvertAll(Samples.Floats(2, 5), value => 1.5f + value);
        int[] tags = Array.ConvertAll(Samples.Ints(3, words, SmallTagger.Tags + 1), tag => tag - 1);
        using var pair = Pair.Of(findings, () => new SmallTagger(3), model => model.OnCuda());
        pair.Train(SmallTagger.Data(x, tags, confidence), Options(steps, batch: 4, micro: 3));
    }
}
