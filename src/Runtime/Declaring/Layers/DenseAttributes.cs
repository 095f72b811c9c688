namespace DlGen;

/// <summary>Fully connected: y = x·Wᵀ + b over the last axis, (…, inputs) → (…, outputs); PyTorch's <c>nn.Linear</c>, parameters <c>weight</c>
/// (outputs, inputs) and <c>bias</c> (outputs).</summary>
/// <param name="outputs">The extent of the last axis of the result.</param>
public sealed class LinearAttribute(int outputs) : LayerAttribute
{
    /// <summary>The extent of the last axis of the result.</summary>
    public int Outputs => outputs;

    /// <summary>Whether a bias is added; true unless stated.</summary>
    public bool Bias { get; set; } = true;
}

/// <summary>All axes of a row in one, (a, b, c) → (a·b·c); PyTorch's <c>nn.Flatten</c>.</summary>
public sealed class FlattenAttribute : LayerAttribute;

/// <summary>The same numbers in another shape (without the batch), one extent may be -1; PyTorch's <c>nn.Unflatten</c> and <c>view</c>.</summary>
/// <param name="shape">The new extents of one row.</param>
public sealed class ReshapeAttribute(params int[] shape) : LayerAttribute
{
    /// <summary>The new extents of one row.</summary>
    public int[] Shape => shape;
}

/// <summary>Fixed scaling inside the model, (x - mean) / std, so that Predict takes raw data; torchvision's <c>transforms.Normalize</c>. The shape stays.</summary>
/// <param name="mean">The mean of the raw data.</param>
/// <param name="std">Its standard deviation, above 0.</param>
public sealed class NormalizeAttribute(double mean, double std) : LayerAttribute
{
    /// <summary>The mean of the raw data.</summary>
    public double Mean => mean;

    /// <summary>The standard deviation of the raw data.</summary>
    public double Std => std;
}

/// <summary>In training each value is 0 with probability p, else divided by 1 - p; nothing otherwise. PyTorch's <c>nn.Dropout</c>. The shape stays.</summary>
/// <param name="p">The probability of 0, from 0 up to but not including 1.</param>
public sealed class DropoutAttribute(double p) : LayerAttribute
{
    /// <summary>The probability of 0.</summary>
    public double P => p;
}

/// <summary>In training x + sigma·N(0, 1), drawn anew for every element, row and step; else x. Keras' <c>GaussianNoise</c>. The shape stays.</summary>
/// <param name="sigma">The standard deviation of the noise, at least 0.</param>
public sealed class GaussianNoiseAttribute(double sigma) : LayerAttribute
{
    /// <summary>The standard deviation of the noise.</summary>
    public double Sigma => sigma;
}

/// <summary>(x - mean) / std per channel with mean and deviation of the training data: <c>Train</c> fits them when they never were, <c>FitScaling</c> at any time. Stands
/// right after the input; both numbers are in the model's file. scikit-learn's <c>StandardScaler</c>. Channels are the features of (features) and (time, features), and the
/// first axis of (channels, height, width). The shape stays.</summary>
public sealed class StandardizeAttribute : LayerAttribute;

/// <summary>(x - min) / (max - min) per channel with the smallest and the largest value in the training data, which become 0 and 1; as <see cref="StandardizeAttribute"/>
/// otherwise. scikit-learn's <c>MinMaxScaler</c>. The shape stays.</summary>
public sealed class MinMaxScaleAttribute : LayerAttribute;
