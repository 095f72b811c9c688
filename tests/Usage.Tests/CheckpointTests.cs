namespace DlGen.Tests;

/// <summary>A training that is interrupted anywhere and goes on ends with the bits of one that was not.</summary>
public class CheckpointTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("checkpoints").FullName;

    private string File => Path.Combine(folder, "training.safetensors");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    public static TheoryData<string> Optimizers => ["adamw", "momentum", "sgd", "rmsprop", "nadam"];

    [Theory]
    [MemberData(nameof(Optimizers))]
    public void Fifty_crashes_change_nothing(string kind)
    {
        var whole = new Dropped(seed: 4);
        var expected = whole.Train(TrainingOptionsTests.Data(), Options(kind, null));

        var random = new Random(kind.Length);
        Dropped model;
        TrainingHistory? history = null;
        int crashes = 0;
        do
        {
            // What a crash leaves is the file: another model, another optimizer, the same declaration of both.
            model = new Dropped(seed: 4);
            try
            {
                int reads = crashes < 10 ? random.Next(1, 8) : int.MaxValue;
                history = model.Train(new Crashing(TrainingOptionsTests.Data(), reads), Options(kind, new Checkpoint(File) { EverySteps = random.Next(1, 4) }));
            }
            catch (IOException)
            {
                crashes++;
            }
        }
        while (history is null);

        Assert.Equal(10, crashes);
        Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(model));
        Assert.Equal(expected.Epochs.Select(e => (e.Loss, e.LearningRate, e.Validation!.Loss, e.Validation.Accuracy)), history.Epochs.Select(e => (e.Loss, e.LearningRate, e.Validation!.Loss, e.Validation.Accuracy)));
        Assert.Equal((expected.Best!.Epoch, expected.End), (history.Best!.Epoch, history.End));
    }

    [Fact]
    public void Cancelling_saves_and_the_next_call_goes_on()
    {
        var whole = new Dropped(seed: 4);
        whole.Train(TrainingOptionsTests.Data(), Options("adamw", null));
        var model = new Dropped(seed: 4);
        using (var cancel = new CancellationTokenSource())
        {
            var data = new Crashing(TrainingOptionsTests.Data(), reads: 7, then: cancel.Cancel);
            Assert.Equal(TrainingEnd.Canceled, model.Train(data, Options("adamw", new Checkpoint(File)), cancel.Token).End);
        }
        var resumed = new Dropped(seed: 4);
        var history = resumed.Train(TrainingOptionsTests.Data(), Options("adamw", new Checkpoint(File)));
        Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(resumed));

        // What is finished stays so: no epoch more, the same result.
        var again = new Dropped(seed: 4);
        Assert.Equal(history.Epochs.Count, again.Train(new Crashing(TrainingOptionsTests.Data(), 0), Options("adamw", new Checkpoint(File))).Epochs.Count);
        Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(again));
    }

    [Fact]
    public void A_checkpoint_of_another_training_is_refused_and_changes_nothing()
    {
        new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), Options("adamw", new Checkpoint(File)));
        void Refused(string words, Dropped model, TrainingOptions options)
        {
            double[] before = TrainingOptionsTests.Values(model);
            Assert.Contains(words, Assert.Throws<ModelFileException>(() => model.Train(TrainingOptionsTests.Data(), options)).Message);
            Assert.Equal(before, TrainingOptionsTests.Values(model));
        }
        Refused("model with the seed 4, this one has 5", new Dropped(seed: 5), Options("adamw", new Checkpoint(File)));
        Refused("another optimizer: AdamW, beta1 0.9", new Dropped(seed: 4), Options("momentum", new Checkpoint(File)));
        Refused("BatchSize 20, this one has 30", new Dropped(seed: 4), new() { Optimizer = Optimizer.AdamW(), Seed = 3, BatchSize = 30, Checkpoint = new Checkpoint(File) });
        System.IO.File.WriteAllBytes(File, System.IO.File.ReadAllBytes(File)[..^7]);
        Refused("The tensors take", new Dropped(seed: 4), Options("adamw", new Checkpoint(File)));
    }

    [Fact]
    public void Other_data_other_numbers_and_no_folder_are_refused()
    {
        TrainingOptions For(Optimizer optimizer, string? file = null) => new() { Optimizer = optimizer, Epochs = 1, BatchSize = 20, Checkpoint = new Checkpoint(file ?? File) };
        new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), For(Optimizer.Adam(0.01)));
        void Refused(string words, Dataset data, Optimizer optimizer)
            => Assert.Contains(words, Assert.Throws<ModelFileException>(() => new Dropped(seed: 4).Train(data, For(optimizer))).Message);
        Refused("other data", TrainingOptionsTests.Data(5), Optimizer.Adam(0.01));
        Refused("another optimizer: Adam, beta1 0.9", TrainingOptionsTests.Data(), Optimizer.AdamW(0.01));
        Refused("This one is Sgd, momentum 0", TrainingOptionsTests.Data(), Optimizer.Sgd(0.01));
        Refused("learning rate 0.01. This one is", TrainingOptionsTests.Data(), Optimizer.Adam(0.02));
        Refused("linear_1.weight: rate ·0.5", TrainingOptionsTests.Data(), Optimizer.Adam(0.01).Group("linear_1.*", 0.5));
        Assert.Contains("there is no folder", Assert.Throws<DirectoryNotFoundException>(
            () => new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), For(Optimizer.Adam(0.01), Path.Combine(folder, "none", "file")))).Message);
    }

    [Fact]
    public void What_a_killed_process_left_behind_is_removed()
    {
        string left = $"{File}.{Guid.NewGuid():N}.tmp", others = File + ".mine.tmp";
        foreach (string path in new[] { left, others }) System.IO.File.WriteAllText(path, "half");
        new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), new() { Optimizer = Optimizer.Adam(0.01), Epochs = 1, Checkpoint = new Checkpoint(File) });
        Assert.Equal((false, true), (System.IO.File.Exists(left), System.IO.File.Exists(others)));
    }

    [Fact]
    public void A_crash_in_validation_loses_no_report()
    {
        var options = Options("adamw", new Checkpoint(File) { EverySteps = 5 });
        var whole = new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), Options("adamw", null));
        Assert.Throws<IOException>(() => new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), new()
        {
            Optimizer = options.Optimizer, Epochs = 12, BatchSize = 20, Seed = 3, Schedule = options.Schedule, ReduceOnPlateau = options.ReduceOnPlateau, WeightAverage = 0.8,
            Validation = new Crashing(TrainingOptionsTests.Data(8), 2), EarlyStopping = options.EarlyStopping, ClipNorm = 1, Checkpoint = options.Checkpoint,
        }));
        var resumed = new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), Options("adamw", new Checkpoint(File)));
        Assert.Equal(whole.Epochs.Select(e => (e.Loss, e.LearningRate)), resumed.Epochs.Select(e => (e.Loss, e.LearningRate)));
    }

    [Fact]
    public void A_training_may_go_on_for_more_epochs()
    {
        TrainingOptions For(int epochs) => new() { Optimizer = Optimizer.Adam(0.01), Epochs = epochs, BatchSize = 20, Checkpoint = new Checkpoint(File) };
        new Dropped(seed: 4).Train(TrainingOptionsTests.Data(), For(2));
        var model = new Dropped(seed: 4);
        Assert.Equal(5, model.Train(TrainingOptionsTests.Data(), For(5)).Epochs.Count);
        var whole = new Dropped(seed: 4);
        whole.Train(TrainingOptionsTests.Data(), new() { Optimizer = Optimizer.Adam(0.01), Epochs = 5, BatchSize = 20 });
        Assert.Equal(TrainingOptionsTests.Values(whole), TrainingOptionsTests.Values(model));
    }

    /// <summary>Everything that has a state: schedule, plateau, average, best epoch, moments, dropout's numbers, running statistics.</summary>
    private static TrainingOptions Options(string kind, Checkpoint? checkpoint) => new()
    {
        Optimizer = kind switch
        {
            "adamw" => Optimizer.AdamW(0.02).Group("*.bias", weightDecay: 0),
            "momentum" => Optimizer.Sgd(0.05, 0.9),
            "sgd" => Optimizer.Sgd(0.05),
            "rmsprop" => Optimizer.RmsProp(0.01, momentum: 0.5, centered: true),
            _ => Optimizer.Nadam(0.01),
        },
        Epochs = 12, BatchSize = 20, Seed = 3, Schedule = LearningRateSchedule.OneCycle(), ReduceOnPlateau = new() { Patience = 0, Factor = 0.7 }, WeightAverage = 0.8,
        Validation = TrainingOptionsTests.Data(8), EarlyStopping = new() { Patience = 9 }, ClipNorm = 1, Checkpoint = checkpoint,
    };

    /// <summary>Data whose reading fails after some batches, or calls back.</summary>
    private sealed class Crashing(Dataset data, int reads, Action? then = null) : Dataset
    {
        // The first read is the checkpoint's look at the data.
        private int left = reads + 1;

        public override int Count => data.Count;

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            if (left-- == 0)
            {
                if (then is null) throw new IOException("the power is gone");
                then();
            }
            data.Read(rows, batch);
        }
    }
}
