namespace DlGen;

/// <summary>(x - mean) / √(variance + epsilon)·weight + bias over the last axis; PyTorch's <c>nn.LayerNorm</c> with the last extent. The shape stays.</summary>
public sealed class LayerNormAttribute : LayerAttribute
{
    /// <summary>What is added to the variance; 1e-5 unless stated.</summary>
    public double Epsilon { get; set; } = 1e-5;
}

/// <summary>(x - mean) / √(variance + epsilon) per row and group of neighbouring channels, then ·weight + bias per channel; PyTorch's <c>nn.GroupNorm</c>.
/// Channels are the features of (features) and (time, features), and the first axis of (channels, height, width) and (channels, depth, height, width). The shape stays.</summary>
/// <param name="groups">How many groups; they divide the channels.</param>
public sealed class GroupNormAttribute(int groups) : LayerAttribute
{
    /// <summary>How many groups; they divide the channels.</summary>
    public int Groups => groups;

    /// <summary>What is added to the variance; 1e-5 unless stated.</summary>
    public double Epsilon { get; set; } = 1e-5;
}

/// <summary>(x - mean) / √(variance + epsilon)·weight + bias per channel, in training with the statistics of the batch, else with running ones;
/// PyTorch's <c>nn.BatchNorm1d</c> to <c>nn.BatchNorm3d</c>. Channels are the features of (features) and (time, features), and the first axis of
/// (channels, height, width) and (channels, depth, height, width). Parameters <c>weight</c> and <c>bias</c>, running statistics <c>running_mean</c> and <c>running_var</c>. The shape stays.</summary>
public sealed class BatchNormAttribute : LayerAttribute
{
    /// <summary>The share of a batch in the running statistics, from 0 to 1; 0.1 unless stated.</summary>
    public double Momentum { get; set; } = 0.1;

    /// <summary>What is added to the variance; 1e-5 unless stated.</summary>
    public double Epsilon { get; set; } = 1e-5;
}

/// <summary>x / √(mean of x² + epsilon)·weight over the last axis; PyTorch's <c>nn.RMSNorm</c> with the last extent. The shape stays.</summary>
public sealed class RmsNormAttribute : LayerAttribute
{
    /// <summary>What is added to the mean square; the machine epsilon of float, 1.1920929e-7, unless stated.</summary>
    public double Epsilon { get; set; } = 1.1920928955078125e-7;
}

/// <summary>(x - mean) / √(variance + epsilon) per row and channel over all positions; PyTorch's <c>nn.InstanceNorm1d</c> to <c>nn.InstanceNorm3d</c>.
/// Channels are the features of (time, features), and the first axis of (channels, height, width) and (channels, depth, height, width). The shape stays.</summary>
public sealed class InstanceNormAttribute : LayerAttribute
{
    /// <summary>Whether ·weight + bias per channel follows; not unless stated.</summary>
    public bool Affine { get; set; }

    /// <summary>What is added to the variance; 1e-5 unless stated.</summary>
    public double Epsilon { get; set; } = 1e-5;
}
