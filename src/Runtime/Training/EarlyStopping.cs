namespace DlGen;

/// <summary>Ends a training when the validation set says that it no longer helps, and takes the best epoch's parameters (Prechelt 1998). Needs
/// <see cref="TrainingOptions.Validation"/>.</summary>
public sealed class EarlyStopping
{
    /// <summary>How many epochs without improvement in a row end the training; 10 unless stated.</summary>
    public int Patience { get; init; } = 10;

    /// <summary>How much less than the best an evaluation must be to count as better; 0 unless stated.</summary>
    public double MinimalImprovement { get; init; }

    /// <summary>Whether the model ends with the parameters of its best epoch, however the training ends; true unless stated.</summary>
    public bool RestoreBest { get; init; } = true;

    /// <summary>What is to become small: the loss unless stated. For accuracy: <c>evaluation => -evaluation.Accuracy!.Value</c>.</summary>
    public Func<Evaluation, double> Monitor { get; init; } = evaluation => evaluation.Loss;
}
