namespace DlGen.Tests.Execution;

/// <summary>The training loop on a device: what it reports, keeps and refuses.</summary>
public class LoopTests
{
    [Fact]
    public void A_training_reports_and_ends_as_on_the_processor()
    {
        var (x, labels) = Data(23);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        TrainingHistory Run(Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train) => train(DenseOnDevice.Data(x, labels), new TrainingOptions
        {
            Optimizer = Optimizer.Sgd(5e-2, momentum: 0.9), Epochs = 3, BatchSize = 7, MicroBatchSize = 4, ClipNorm = 0.5, ClipValue = 0.3, WeightAverage = 0.5,
            Schedule = LearningRateSchedule.Cosine(), Validation = DenseOnDevice.Data(x, labels), EarlyStopping = new EarlyStopping { Patience = 2 },
        }, CancellationToken.None);
        var expected = Run(pair.Model.Train);
        var actual = Run(gpu.Train);
        Assert.Equal(expected.Epochs.Select(e => e.Loss), actual.Epochs.Select(e => e.Loss), (e, a) => Math.Abs(e - a) < 1e-5);
        Assert.Equal(expected.Epochs.Select(e => e.Validation!.Loss), actual.Epochs.Select(e => e.Validation!.Loss), (e, a) => Math.Abs(e - a) < 1e-5);
        pair.CompareParameters(1e-5);
    }

    /// <summary>A step is captured once for each number of rows, and is one copy and one launch then.</summary>
    [Fact]
    public void Steps_are_graphs()
    {
        var (x, labels) = Data(20);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        var options = new TrainingOptions { Optimizer = Optimizer.Adam(1e-2), Epochs = 1, BatchSize = 8 };
        gpu.Train(DenseOnDevice.Data(x, labels), options);
        int captures = pair.Device.Captures, launches = pair.Device.GraphLaunches, copies = pair.Device.CopiesToDevice;
        gpu.Train(DenseOnDevice.Data(x, labels), options);
        Assert.Equal((captures, launches + 3), (pair.Device.Captures, pair.Device.GraphLaunches));

        // The parameters went there once more, as the first training's end brought them here.
        Assert.InRange(pair.Device.CopiesToDevice - copies, 3, 3 + 3);
    }

    [Fact]
    public void What_is_not_finite_updates_nothing_and_is_explained_as_on_the_processor()
    {
        var (x, labels) = Data(6);
        using var pair = new Pair<DenseOnDevice>(Enlarged(), Enlarged());
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Sgd(1e-2, momentum: 0.9), there = Optimizer.Sgd(1e-2, momentum: 0.9);
        pair.Model.TrainBatch(x, labels, here);
        gpu.TrainBatch(x, labels, there);
        float[] bad = [.. x];
        bad[9] = float.NaN;
        var expected = Assert.Throws<NonFiniteLossException>(() => pair.Model.TrainBatch(bad, labels, here));
        Assert.Equal(expected.Message, Assert.Throws<NonFiniteLossException>(() => gpu.TrainBatch(bad, labels, there)).Message);
        bad.AsSpan(6, 6).Fill(float.MaxValue);
        expected = Assert.Throws<NonFiniteLossException>(() => pair.Model.TrainBatch(bad, labels, here));
        Assert.Equal(expected.Layer, Assert.Throws<NonFiniteLossException>(() => gpu.TrainBatch(bad, labels, there)).Layer);

        // And it goes on as if nothing had been.
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, labels, here), () => gpu.TrainBatch(x, labels, there));
    }

    /// <summary>Steps behind a failed one are on their way when it is found: none of them may count, in the optimizer neither.</summary>
    [Fact]
    public void Steps_behind_a_failed_one_do_not_count()
    {
        var (x, labels) = Data(40);
        float[] bad = [.. x];
        bad.AsSpan(16 * 6, 6).Fill(float.MaxValue);
        using var pair = new Pair<DenseOnDevice>(Enlarged(), Enlarged());
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Adam(1e-2), there = Optimizer.Adam(1e-2);
        void Run(Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train, Optimizer optimizer)
            => Assert.Throws<NonFiniteLossException>(() => train(DenseOnDevice.Data(bad, labels), new TrainingOptions { Optimizer = optimizer, Epochs = 1, BatchSize = 8 }, CancellationToken.None));
        Run(pair.Model.Train, here);
        Run(gpu.Train, there);
        pair.CompareParameters(1e-5);
        pair.Compare(2e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, labels, here), () => gpu.TrainBatch(x, labels, there));
    }

    /// <summary>The second part of a batch fails, when the first has gone through the norm already.</summary>
    [Theory, InlineData(true), InlineData(false)]
    public void A_failed_part_takes_running_statistics_back(bool isFoundBefore)
    {
        var (x, labels) = Data(16);
        float wrong = isFoundBefore ? float.NaN : float.MaxValue;
        using var pair = new Pair<DenseOnDevice>(Enlarged(), Enlarged());
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Sgd(1e-2), there = Optimizer.Sgd(1e-2);
        pair.Model.TrainBatch(x, labels, here);
        gpu.TrainBatch(x, labels, there);
        for (int row = 0; row < 16; row++)
        {
            float[] bad = [.. x];
            bad.AsSpan(row * 6, 6).Fill(wrong);
            void Run(Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train, Optimizer optimizer)
                => Assert.Throws<NonFiniteLossException>(() => train(DenseOnDevice.Data(bad, labels), new TrainingOptions { Optimizer = optimizer, Epochs = 1, BatchSize = 16, MicroBatchSize = 4 }, CancellationToken.None));
            Run(pair.Model.Train, here);
            Run(gpu.Train, there);
            pair.CompareParameters(1e-5);
        }
    }

    /// <summary>The loss is finite, and statistics have been taken when the norm of the gradients is looked at.</summary>
    [Fact]
    public void A_norm_that_is_not_finite_is_explained_as_on_the_processor()
    {
        float[] x = StepTests.Floats(new Random(1), 5 * 4), y = new float[5];
        using var pair = new Pair<RootOnDevice>(Flat(), Flat());
        using var gpu = pair.Other.OnCuda();
        string Run(Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train)
            => Assert.Throws<DlGenException>(() => train(RootOnDevice.Data(x, y), new TrainingOptions { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = 5, ClipNorm = 1 }, CancellationToken.None)).Message;
        Assert.Equal(Run(pair.Model.Train), Run(gpu.Train));
        pair.CompareParameters(1e-6);

        // The statistics are those of a model that was never trained.
        Assert.All(pair.Other.Parameters.Where(parameter => parameter.Name.EndsWith("running_mean", StringComparison.Ordinal)), mean => Assert.All(Values(mean), value => Assert.Equal(0, value)));
    }

    [Fact]
    public void Parameters_that_were_changed_on_both_sides_are_refused()
    {
        var (x, labels) = Data(6);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Sgd(1e-1), there = Optimizer.Sgd(1e-1);
        pair.Model.TrainBatch(x, labels, here);
        gpu.TrainBatch(x, labels, there);
        var bias = pair.Other.Parameters["linear_2.bias"];
        bias.CopyFrom(new float[bias.Length]);
        Assert.Contains("Synchronize", Assert.Throws<InvalidOperationException>(() => gpu.TrainBatch(x, labels, there)).Message, StringComparison.Ordinal);
        gpu.Synchronize();
        pair.CompareParameters(1e-5);

        // After that a change goes there.
        bias.CopyFrom([1f, 2, 3, 4, 5]);
        pair.Model.Parameters["linear_2.bias"].CopyFrom([1f, 2, 3, 4, 5]);
        pair.Compare(1e-5, gpu.Synchronize, () => pair.Model.TrainBatch(x, labels, here), () => gpu.TrainBatch(x, labels, there));
    }

    /// <summary>A training whose first step fails has fitted nothing.</summary>
    [Fact]
    public void The_first_step_is_waited_for()
    {
        var (x, labels) = Data(40);
        x.AsSpan(0, x.Length).Fill(float.MaxValue);
        using var pair = new Pair<DenseOnDevice>(Enlarged(), Enlarged());
        using var gpu = pair.Other.OnCuda();
        int read = 0;
        var data = new Counted(DenseOnDevice.Data(x, labels), () => read++);
        Assert.Throws<NonFiniteLossException>(() => gpu.Train(data, new TrainingOptions { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = 8, Prefetch = false }));
        Assert.Equal(1, read);
    }

    [Fact]
    public void Wrong_arguments_are_refused_as_on_the_processor()
    {
        var (x, labels) = Data(4);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        labels[2] = 3;
        Assert.Throws<TargetRangeException>(() => gpu.TrainBatch(x, labels, Optimizer.Sgd(0.1)));
        Assert.Throws<BatchShapeException>(() => gpu.Predict(x.AsSpan(1)));
        Assert.Throws<BatchShapeException>(() => gpu.TrainBatch(x.AsSpan(0, 6), labels.AsSpan(0, 1), Optimizer.Sgd(0.1)));
    }

    /// <summary>A checkpoint of a training on a device is one that the processor goes on from, and the other way round.</summary>
    [Fact]
    public void Checkpoints_go_from_one_to_the_other()
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-cuda").FullName;
        try
        {
            var (x, labels) = Data(23);
            using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
            TrainingOptions Options(int epochs, string? file) => new()
            {
                Optimizer = Optimizer.Sgd(5e-2, momentum: 0.9), Epochs = epochs, BatchSize = 7,
                Checkpoint = file is null ? null : new Checkpoint(Path.Combine(folder, file)),
            };
            pair.Model.Train(DenseOnDevice.Data(x, labels), Options(4, null));
            var begun = new DenseOnDevice(3);
            begun.Train(DenseOnDevice.Data(x, labels), Options(1, "training"));
            using (var gpu = pair.Other.OnCuda()) gpu.Train(DenseOnDevice.Data(x, labels), Options(3, "training"));
            pair.Other.Train(DenseOnDevice.Data(x, labels), Options(4, "training"));
            pair.CompareParameters(1e-5);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>A dataset that says when it is read.</summary>
    private sealed class Counted(Dataset source, Action read) : Dataset
    {
        public override int Count => source.Count;

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            read();
            source.Read(rows, batch);
        }
    }

    private static double[] Values(Parameter parameter)
    {
        var values = new double[parameter.Length];
        parameter.CopyTo(values);
        return values;
    }

    /// <summary>Its output is 0, which is its target.</summary>
    private static RootOnDevice Flat()
    {
        var model = new RootOnDevice(3);
        foreach (var parameter in model.Parameters.Where(parameter => parameter.Name.StartsWith("linear_2", StringComparison.Ordinal))) parameter.CopyFrom(new float[parameter.Length]);
        return model;
    }

    /// <summary>With weights that make infinities of the largest numbers.</summary>
    private static DenseOnDevice Enlarged()
    {
        var model = new DenseOnDevice(3);
        var weight = model.Parameters["linear_1.weight"];
        var values = new float[weight.Length];
        weight.CopyTo(values);
        weight.CopyFrom(values.Select(value => 100 * value).ToArray());
        return model;
    }

    private static (float[] X, int[] Labels) Data(int rows)
    {
        var random = new Random(rows);
        return (StepTests.Floats(random, rows * 6), StepTests.Ints(random, rows, 3));
    }
}
