namespace DlGen.Tests;

[Model, Input(64)]
[Linear(256), Gelu, Dropout(0.2), LayerNorm, Linear(10)]
[SoftmaxCrossEntropy]
public partial class Wide;

[Model, SoftmaxCrossEntropy]
public partial class WideImages
{
    private static Tensor Forward([Input(4, 12, 14)] Tensor image)
    {
        var x = image.Conv2d(32, kernel: 1).Relu();
        return (x + x.Conv2d(32, kernel: 3, padding: 1, bias: false).BatchNorm()).Relu().GlobalAvgPool2d().Linear(10);
    }
}

/// <summary>Training, evaluation and prediction on several threads are those on one, bit for bit.</summary>
public class ThreadTests
{
    private const int Rows = 200;

    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    public void Train_gives_the_same_model_on_any_number_of_threads(int threads)
    {
        var (one, several) = (new Wide(seed: 1), new Wide(seed: 1));
        var expected = one.Train(Data(), Options(threads: 1));
        var history = several.Train(Data(), Options(threads));
        Assert.Equal(expected.Epochs.Select(e => (e.Loss, e.Validation!.Loss, e.Validation.Accuracy)), history.Epochs.Select(e => (e.Loss, e.Validation!.Loss, e.Validation.Accuracy)));
        Assert.Equal(Values(one), Values(several));
        Assert.Equal(one.Evaluate(Data()).Loss, several.Evaluate(Data(), threads).Loss);
    }

    public static TheoryData<string> Optimizers => ["sgd", "momentum", "adam", "adamw", "nadam", "adagrad", "rmsprop", "lion", "l1"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Every_optimizer_updates_the_same_on_several_threads(string kind)
    {
        // The first layer alone has 16,384 weights: enough for each thread to take a share of the update.
        var (one, several) = (new Wide(seed: 1), new Wide(seed: 1));
        var optimizer = Create(kind);
        var loop = several.StartTraining(Create(kind), threads: 3);
        var (inputs, labels) = Batch();
        for (int step = 0; step < 8; step++) Assert.Equal(one.TrainBatch(inputs, labels, optimizer), loop.TrainBatch(inputs, labels));
        Assert.Equal(Values(one), Values(several));
        Assert.All(Values(several), value => Assert.True(float.IsFinite(value)));
    }

    /// <summary>Its convolution's weight gradient has two blocks, which two of the threads compute, each with sums and transforms of its own.</summary>
    [Theory]
    [InlineData(2)]
    [InlineData(3)]
    public void A_convolution_by_fewer_products_trains_the_same_on_several_threads(int threads)
    {
        var (one, several) = (new WideImages(seed: 1), new WideImages(seed: 1));
        var random = new Random(6);
        float[] images = [.. Enumerable.Range(0, 48 * 4 * 12 * 14).Select(_ => random.NextSingle())];
        int[] labels = [.. Enumerable.Range(0, 48).Select(i => i % 10)];
        var optimizer = Optimizer.Adam(0.01);
        var loop = several.StartTraining(Optimizer.Adam(0.01), threads);
        for (int step = 0; step < 8; step++) Assert.Equal(one.TrainBatch(images, labels, optimizer), loop.TrainBatch(images, labels));
        Assert.Equal(one.Parameters.SelectMany(p => Enumerable.Range(0, p.Length).Select(i => p[i])), several.Parameters.SelectMany(p => Enumerable.Range(0, p.Length).Select(i => p[i])));
    }

    private static Optimizer Create(string kind) => kind switch
    {
        "sgd" => Optimizer.Sgd(0.05),
        "momentum" => Optimizer.Sgd(0.05, momentum: 0.9),
        "adam" => Optimizer.Adam(0.01),
        "adamw" => Optimizer.AdamW(0.01),
        "nadam" => Optimizer.Nadam(0.01),
        "adagrad" => Optimizer.AdaGrad(0.01),
        "rmsprop" => Optimizer.RmsProp(0.01, momentum: 0.5, centered: true),
        "lion" => Optimizer.Lion(0.001),
        _ => Optimizer.Adam(0.01, l1: 0.01),
    };

    [Fact]
    public void A_training_may_go_on_with_another_number_of_threads()
    {
        string folder = Directory.CreateTempSubdirectory("threads").FullName;
        try
        {
            var whole = new Wide(seed: 1);
            whole.Train(Data(), Options(threads: 1));
            string file = Path.Combine(folder, "training.safetensors");
            using var cancellation = new CancellationTokenSource();
            new Wide(seed: 1).Train(Data(), Options(threads: 3, new Checkpoint(file) { EverySteps = 1 }, new Canceller(cancellation)), cancellation.Token);
            var resumed = new Wide(seed: 1);
            resumed.Train(Data(), Options(threads: 2, new Checkpoint(file)));
            Assert.Equal(Values(whole), Values(resumed));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public void A_loop_of_ones_own_takes_the_same_steps()
    {
        var (one, several) = (new Wide(seed: 1), new Wide(seed: 1));
        var adam = Optimizer.Adam(0.01);
        var loop = several.StartTraining(Optimizer.Adam(0.01), threads: 4);
        var (inputs, labels) = Batch();
        for (int step = 0; step < 5; step++) Assert.Equal(one.TrainBatch(inputs, labels, adam), loop.TrainBatch(inputs, labels));
        Assert.Equal(Values(one), Values(several));
        Assert.Equal(one.Predict(inputs), several.Predict(inputs, threads: 3));
    }

    [Fact]
    public void A_bad_batch_changes_nothing_on_several_threads_either()
    {
        var model = new Wide(seed: 1);
        var loop = model.StartTraining(Optimizer.Adam(0.01), threads: 3);
        var (inputs, labels) = Batch();
        loop.TrainBatch(inputs, labels);
        float[] before = Values(model);

        labels[150] = 10;
        Assert.Throws<TargetRangeException>(() => loop.TrainBatch(inputs, labels));
        labels[150] = 0;
        inputs[(177 * 64) + 5] = float.NaN;
        Assert.Contains("row 177 at position 5", Assert.Throws<NonFiniteLossException>(() => loop.TrainBatch(inputs, labels)).Message);
        Assert.Equal(before, Values(model));
        inputs[(177 * 64) + 5] = 0;
        loop.TrainBatch(inputs, labels);
        Assert.NotEqual(before, Values(model));
    }

    [Fact]
    public void Callers_with_threads_of_their_own_do_not_disturb_each_other()
    {
        var model = new Wide(seed: 1);
        var (inputs, _) = Batch();
        float[] expected = model.Predict(inputs);
        Parallel.For(0, 40, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => Assert.Equal(expected, model.Predict(inputs, threads: 1 + (i % 4))));
    }

    private static TrainingOptions Options(int threads, Checkpoint? checkpoint = null, IProgress<EpochReport>? progress = null) => new()
    {
        Optimizer = Optimizer.AdamW(0.003), Epochs = 3, BatchSize = 90, MicroBatchSize = 50, Threads = threads, Validation = Data(), Checkpoint = checkpoint, Progress = progress, WeightAverage = 0.9,
    };

    private static Dataset Data()
    {
        var (inputs, labels) = Batch();
        return Wide.Data(inputs, labels);
    }

    private static (float[] Inputs, int[] Labels) Batch()
    {
        var random = new Random(3);
        int[] labels = [.. Enumerable.Range(0, Rows).Select(_ => random.Next(10))];
        return ([.. labels.SelectMany(label => Enumerable.Range(0, 64).Select(i => random.NextSingle() + (i % 10 == label ? 1 : 0)))], labels);
    }

    private static float[] Values(Wide model) => [.. model.Parameters.SelectMany(parameter =>
    {
        float[] values = new float[parameter.Length];
        parameter.CopyTo(values);
        return values;
    })];

    /// <summary>Cancels after the first epoch.</summary>
    private sealed class Canceller(CancellationTokenSource cancellation) : IProgress<EpochReport>
    {
        public void Report(EpochReport value) => cancellation.Cancel();
    }
}
