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

/// <summary>|x - t|, averaged over the row, with float targets of the output's shape; PyTorch's <c>nn.L1Loss</c>. Its gradient at equality is 0.</summary>
public sealed class MeanAbsoluteErrorAttribute : LossAttribute;

/// <summary>½·d² of d = x - t where |d| is at most delta, else delta·(|d| - ½·delta), averaged over the row; PyTorch's <c>nn.HuberLoss</c>.</summary>
/// <param name="delta">From where on it is straight, above 0.</param>
public sealed class HuberAttribute(double delta = 1) : LossAttribute
{
    /// <summary>From where on it is straight.</summary>
    public double Delta => delta;
}

/// <summary>max(0, 1 - t·x) with targets 1 and -1 of the output's shape, averaged over the row: the loss of a support vector machine.</summary>
public sealed class HingeAttribute : LossAttribute;

/// <summary>-x[label] from log-probabilities (LogSoftmax) and integer labels; PyTorch's <c>nn.NLLLoss</c>. Shapes as SoftmaxCrossEntropy.</summary>
public sealed class NegativeLogLikelihoodAttribute : LossAttribute
{
    /// <summary>A label of what does not count: the loss and its mean leave it out. Without it every label must be a class.</summary>
    public int Ignore { get; set; } = -1;
}

/// <summary>Σ t·(log t - x) over the last axis from log-probabilities x (LogSoftmax) and target probabilities t, averaged over further axes;
/// PyTorch's <c>nn.KLDivLoss(reduction="batchmean")</c>.</summary>
public sealed class KullbackLeiblerAttribute : LossAttribute;
