namespace DlGen;

/// <summary>The largest time step of each window of size time steps, feature by feature, (time, features) → (times, features); PyTorch's
/// <c>nn.MaxPool1d</c>. Of equal time steps the first gets the gradient.</summary>
/// <param name="size">Time steps of a window.</param>
public sealed class MaxPool1dAttribute(int size) : LayerAttribute
{
    /// <summary>Time steps of a window.</summary>
    public int Size => size;

    /// <summary>Time steps from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Time steps of -∞ around the sequence, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Time steps from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }
}

/// <summary>The largest pixel of each window of size × size pixels, channel by channel, (channels, height, width) → (channels, height, width); PyTorch's
/// <c>nn.MaxPool2d</c>. Of equal pixels the first gets the gradient.</summary>
/// <param name="size">Height and width of a window.</param>
public sealed class MaxPool2dAttribute(int size) : LayerAttribute
{
    /// <summary>Height and width of a window.</summary>
    public int Size => size;

    /// <summary>Pixels from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Pixels of -∞ around the image, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Pixels from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }
}

/// <summary>The largest voxel of each window of size × size × size voxels, channel by channel, (channels, depth, height, width) → (channels, depth, height, width); PyTorch's
/// <c>nn.MaxPool3d</c>. Of equal voxels the first gets the gradient.</summary>
/// <param name="size">Depth, height and width of a window.</param>
public sealed class MaxPool3dAttribute(int size) : LayerAttribute
{
    /// <summary>Depth, height and width of a window.</summary>
    public int Size => size;

    /// <summary>Voxels from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Voxels of -∞ around the volume, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Voxels from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }
}

/// <summary>The mean of each window of size time steps, feature by feature, (time, features) → (times, features); PyTorch's
/// <c>nn.AvgPool1d</c>.</summary>
/// <param name="size">Time steps of a window.</param>
public sealed class AvgPool1dAttribute(int size) : LayerAttribute
{
    /// <summary>Time steps of a window.</summary>
    public int Size => size;

    /// <summary>Time steps from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Time steps of 0 around the sequence, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }

    /// <summary>Whether the padding counts among a window's time steps; true unless stated. PyTorch's <c>count_include_pad</c>.</summary>
    public bool CountPadding { get; set; } = true;
}

/// <summary>The mean of each window of size × size pixels, channel by channel, (channels, height, width) → (channels, height, width); PyTorch's
/// <c>nn.AvgPool2d</c>.</summary>
/// <param name="size">Height and width of a window.</param>
public sealed class AvgPool2dAttribute(int size) : LayerAttribute
{
    /// <summary>Height and width of a window.</summary>
    public int Size => size;

    /// <summary>Pixels from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Pixels of 0 around the image, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }

    /// <summary>Whether the padding counts among a window's pixels; true unless stated. PyTorch's <c>count_include_pad</c>.</summary>
    public bool CountPadding { get; set; } = true;
}

/// <summary>The mean of each window of size × size × size voxels, channel by channel, (channels, depth, height, width) → (channels, depth, height, width); PyTorch's
/// <c>nn.AvgPool3d</c>.</summary>
/// <param name="size">Depth, height and width of a window.</param>
public sealed class AvgPool3dAttribute(int size) : LayerAttribute
{
    /// <summary>Depth, height and width of a window.</summary>
    public int Size => size;

    /// <summary>Voxels from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Voxels of 0 around the volume, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Whether a last window may begin before the end and reach beyond it; false unless stated: what is left over is dropped.</summary>
    public bool CeilMode { get; set; }

    /// <summary>Whether the padding counts among a window's voxels; true unless stated. PyTorch's <c>count_include_pad</c>.</summary>
    public bool CountPadding { get; set; } = true;
}

/// <summary>The largest value over time of each feature, (time, features) → (features); PyTorch's <c>nn.AdaptiveMaxPool1d(1)</c>. Of equal ones the first gets the gradient.</summary>
public sealed class GlobalMaxPool1dAttribute : LayerAttribute;

/// <summary>The largest pixel of each channel, (channels, height, width) → (channels); PyTorch's <c>nn.AdaptiveMaxPool2d(1)</c>. Of equal ones the first gets the gradient.</summary>
public sealed class GlobalMaxPool2dAttribute : LayerAttribute;

/// <summary>The mean over time of each feature, (time, features) → (features); PyTorch's <c>nn.AdaptiveAvgPool1d(1)</c>.</summary>
public sealed class GlobalAvgPool1dAttribute : LayerAttribute;

/// <summary>The mean of each channel, (channels, height, width) → (channels); PyTorch's <c>nn.AdaptiveAvgPool2d(1)</c>.</summary>
public sealed class GlobalAvgPool2dAttribute : LayerAttribute;
