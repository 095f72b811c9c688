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
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        Optimizer here = Optimizer.Adam(1e-2), there = Optimizer.Adam(1e-2);
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

    /// <summary>Steps behind a failed one are on their way when it is found: none of them may count.</summary>
    [Fact]
    public void Steps_behind_a_failed_one_do_not_count()
    {
        var (x, labels) = Data(40);
        x.AsSpan(16 * 6, 6).Fill(float.MaxValue);
        using var pair = new Pair<DenseOnDevice>(new DenseOnDevice(3), new DenseOnDevice(3));
        using var gpu = pair.Other.OnCuda();
        void Run(Func<Dataset, TrainingOptions, CancellationToken, TrainingHistory> train)
            => Assert.Throws<NonFiniteLossException>(() => train(DenseOnDevice.Data(x, labels), new TrainingOptions { Optimizer = Optimizer.Sgd(1e-2), Epochs = 1, BatchSize = 8 }, CancellationToken.None));
        Run(pair.Model.Train);
        Run(gpu.Train);
        pair.CompareParameters(1e-5);
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

    private static (float[] X, int[] Labels) Data(int rows)
    {
        var random = new Random(rows);
        return (StepTests.Floats(random, rows * 6), StepTests.Ints(random, rows, 3));
    }
}
