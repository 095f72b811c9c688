namespace DlGen;

/// <summary>One finished epoch.</summary>
/// <param name="Epoch">Its number, from 1.</param>
/// <param name="Epochs">How many there will be.</param>
/// <param name="Loss">The mean training loss over its rows, each taken before the step it belongs to.</param>
/// <param name="Validation">The evaluation after it, if a validation set was given.</param>
/// <param name="Elapsed">The time since training began.</param>
/// <param name="LearningRate">The learning rate of its last step.</param>
public sealed record EpochReport(int Epoch, int Epochs, double Loss, Evaluation? Validation, TimeSpan Elapsed, double LearningRate);

/// <summary>Why a training ended.</summary>
public enum TrainingEnd
{
    /// <summary>All epochs are done.</summary>
    Finished,

    /// <summary>Validation no longer improved.</summary>
    StoppedEarly,

    /// <summary>It was cancelled. The parameters are those of the last finished step, or of the best epoch if that was asked for.</summary>
    Canceled,
}

/// <summary>What happened in training.</summary>
public sealed class TrainingHistory
{
    internal TrainingHistory(IReadOnlyList<EpochReport> epochs, TrainingEnd end, int bestEpoch)
    {
        Epochs = epochs;
        End = end;
        Best = bestEpoch == 0 ? null : epochs[bestEpoch - 1];
    }

    /// <summary>The finished epochs, in order.</summary>
    public IReadOnlyList<EpochReport> Epochs { get; }

    /// <summary>Why it ended.</summary>
    public TrainingEnd End { get; }

    /// <summary>The best epoch by <see cref="EarlyStopping"/>'s measure; null without it.</summary>
    public EpochReport? Best { get; }
}
