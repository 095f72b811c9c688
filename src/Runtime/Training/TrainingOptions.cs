namespace DlGen;

/// <summary>How <c>Train</c> goes over a dataset.</summary>
public sealed class TrainingOptions
{
    /// <summary>What updates the parameters. It may be used again: its state goes on.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>How often every row, or <see cref="RowsPerEpoch"/>, is seen; 10 unless stated.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows per step; 64 unless stated. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>How many rows make an epoch, if not all: so many drawn at random without repetition, others in every epoch (<c>RandomSampler(num_samples=…)</c>). For data of which one look at all
    /// is too long a time between two validations, such as all windows of a text.</summary>
    public int? RowsPerEpoch { get; init; }

    /// <summary>The most rows that go through the network at once, if less than a batch: their gradients add up to the batch's (up to rounding; BatchNorm takes its
    /// statistics from each part). Needs so much less memory.</summary>
    public int? MicroBatchSize { get; init; }

    /// <summary>Threads that share each step and each validation, with the caller's; 1 unless stated. The model is the same bit for bit at any number. As many as the machine has processors
    /// (<see cref="Environment.ProcessorCount"/>) is a good choice where nobody else keeps them busy; more only wait for each other.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Whether the next batch is read on a thread of its own while a step runs: for data that takes time to read. The batches and their order are the same; the dataset
    /// must allow it.</summary>
    public bool Prefetch { get; init; }

    /// <summary>Changes the pictures of training batches, if given: <c>new ImageAugmentation { FlipHorizontal = 0.5, Shift = 2 }</c>. The next batch is then read, and changed, on a thread
    /// of its own while a step runs, as with <see cref="Prefetch"/>.</summary>
    public ImageAugmentation? Augmentation { get; init; }

    /// <summary>The seed of the order of rows. Each epoch has its own order, equal for equal seeds on every platform.</summary>
    public long Seed { get; init; }

    /// <summary>How the learning rate changes; constant unless given. The optimizer's own rate is back when the training ends.</summary>
    public LearningRateSchedule? Schedule { get; init; }

    /// <summary>Lowers the learning rate when the loss stops falling, if given.</summary>
    public ReduceOnPlateau? ReduceOnPlateau { get; init; }

    /// <summary>The largest norm of all gradients together: longer ones are scaled down to it (<c>clip_grad_norm_</c>).</summary>
    public double? ClipNorm { get; init; }

    /// <summary>The largest magnitude of any gradient element: larger ones become it (<c>clip_grad_value_</c>). Before <see cref="ClipNorm"/>.</summary>
    public double? ClipValue { get; init; }

    /// <summary>The decay of an exponential moving average of the parameters, from 0 to 1, such as 0.999: average = decay·average + (1 - decay)·parameter after every step
    /// (<c>torch.optim.swa_utils</c>). Validation sees the average, and the model ends with it; running statistics are those of training. While it is validated the model holds the average,
    /// so another thread's Predict beside the training sees one or the other.</summary>
    public double? WeightAverage { get; init; }

    /// <summary>Evaluated after every epoch, if given.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>Ends the training when validation no longer improves, if given.</summary>
    public EarlyStopping? EarlyStopping { get; init; }

    /// <summary>Where the training is saved and goes on from, if given.</summary>
    public Checkpoint? Checkpoint { get; init; }

    /// <summary>Told after every epoch, if given: <see cref="ConsoleProgress"/> prints a line.</summary>
    public IProgress<EpochReport>? Progress { get; init; }

    internal void Check()
    {
        ArgumentNullException.ThrowIfNull(Optimizer);
        AtLeast(Epochs, 1, nameof(Epochs));
        AtLeast(BatchSize, 1, nameof(BatchSize));
        AtLeast(RowsPerEpoch ?? 1, 1, nameof(RowsPerEpoch));
        AtLeast(MicroBatchSize ?? 1, 1, nameof(MicroBatchSize));
        AtLeast(Threads, 1, nameof(Threads));
        Above(ClipNorm ?? 1, nameof(ClipNorm));
        Above(ClipValue ?? 1, nameof(ClipValue));
        if (!((WeightAverage ?? 0) is >= 0 and < 1))
            throw Invalid(WeightAverage, nameof(WeightAverage), "is the share of the average that stays, from 0 up to but not including 1");
        if (EarlyStopping is not null)
        {
            AtLeast(EarlyStopping.Patience, 1, "EarlyStopping.Patience");
            ArgumentNullException.ThrowIfNull(EarlyStopping.Monitor, "options.EarlyStopping.Monitor");
            if (!(EarlyStopping.MinimalImprovement >= 0))
                throw Invalid(EarlyStopping.MinimalImprovement, "EarlyStopping.MinimalImprovement", "must be at least 0");
            if (Validation is null)
                throw new ArgumentException("EarlyStopping needs a Validation dataset to judge by; give one, or train for fewer Epochs.", "options");
        }

        if (ReduceOnPlateau is not null)
        {
            AtLeast(ReduceOnPlateau.Patience, 0, "ReduceOnPlateau.Patience");
            AtLeast(ReduceOnPlateau.Cooldown, 0, "ReduceOnPlateau.Cooldown");
            if (!(ReduceOnPlateau.Factor is >= 0 and < 1))
                throw Invalid(ReduceOnPlateau.Factor, "ReduceOnPlateau.Factor", "must lower the rate: from 0 up to but not including 1");
            if (!(ReduceOnPlateau.Minimum is >= 0 and <= 1))
                throw Invalid(ReduceOnPlateau.Minimum, "ReduceOnPlateau.Minimum", "is a factor of the rate, from 0 to 1");
            if (!(ReduceOnPlateau.Threshold is >= 0 and <= 1))
                throw Invalid(ReduceOnPlateau.Threshold, "ReduceOnPlateau.Threshold", "is a share of the loss, from 0 to 1");
        }

        AtLeast(Checkpoint?.EverySteps ?? 1, 1, "Checkpoint.EverySteps");
        Augmentation?.Check();
    }

    private static void AtLeast(int value, int least, string name)
    {
        if (value < least)
            throw Invalid(value, name, $"must be at least {least}");
    }

    private static void Above(double value, string name)
    {
        if (!(value > 0))
            throw Invalid(value, name, "must be above 0");
    }

    private static ArgumentOutOfRangeException Invalid(object? value, string name, string rule) => new("options." + name, value, $"{name} {rule}.");
}
