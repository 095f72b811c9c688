namespace DlGen;

/// <summary>-log softmax(logits)[label], from logits (classes) and one integer label per row; PyTorch's <c>nn.CrossEntropyLoss</c>.
/// Predict gives the probabilities.</summary>
public sealed class SoftmaxCrossEntropyAttribute : LossAttribute
{
    /// <summary>The share of the target that is spread evenly over all classes, from 0 up to but not including 1; 0 unless stated.</summary>
    public double LabelSmoothing { get; set; }

    /// <summary>A label of what does not count, outside or inside of the classes: the loss, its mean and the accuracy leave it out. Without it every label must be
    /// a class; PyTorch's <c>ignore_index</c>, which is -100 even unstated.</summary>
    public int Ignore { get; set; } = -1;
}

/// <summary>-t·log σ(x) - (1 - t)·log(1 - σ(x)) from logits and float targets between 0 and 1 of the same shape, averaged over the row;
/// PyTorch's <c>nn.BCEWithLogitsLoss</c>. Predict gives the probabilities.</summary>
public sealed class SigmoidCrossEntropyAttribute : LossAttribute;

/// <summary>(x - t)², averaged over the row, with float targets of the output's shape; PyTorch's <c>nn.MSELoss</c>.</summary>
public sealed class MeanSquaredErrorAttribute : LossAttribute;
