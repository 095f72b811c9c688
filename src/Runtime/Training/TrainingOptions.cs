namespace DlGen;

/// <summary>How <c>Train</c> goes over a dataset.</summary>
public sealed class TrainingOptions
{
    /// <summary>What updates the parameters. It may be used again: its state goes on.</summary>
    public required Optimizer Optimizer { get; init; }

    /// <summary>How often every row is seen; 10 unless stated.</summary>
    public int Epochs { get; init; } = 10;

    /// <summary>Rows per step; 64 unless stated. The last batch of an epoch may be smaller.</summary>
    public int BatchSize { get; init; } = 64;

    /// <summary>The seed of the order of rows. Each epoch has its own order, equal for equal seeds on every platform.</summary>
    public long Seed { get; init; }

    /// <summary>Evaluated after every epoch, if given.</summary>
    public Dataset? Validation { get; init; }

    /// <summary>Told after every epoch, if given: <see cref="ConsoleProgress"/> prints a line.</summary>
    public IProgress<EpochReport>? Progress { get; init; }
}

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Loss">The mean training loss over its rows, each taken before the step it belongs to.</param>
/// <param name="Validation">The evaluation after it, if a validation set was given.</param>
/// <param name="Elapsed">The time since training began.</param>
public sealed record EpochReport(int Epoch, int Epochs, double Loss, Evaluation? Validation, TimeSpan Elapsed);

/// <summary>What happened in training.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<EpochReport> epochs, bool canceled)
    {
        Epochs = epochs;
        Canceled = canceled;
    }

    /// <summary>The finished epochs, in order.</summary>
    public IReadOnlyList<EpochReport> Epochs { get; }

    /// <summary>Whether it was cancelled before the last epoch ended. The parameters are those of the last finished step.</summary>
    public bool Canceled { get; }
}
