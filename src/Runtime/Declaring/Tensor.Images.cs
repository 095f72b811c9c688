namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>The largest time step of each window, feature by feature; <c>nn.MaxPool1d</c>. Of equal time steps the first gets the gradient.</summary>
    /// <param name="size">Time steps of a window.</param>
    /// <param name="stride">Time steps from one window to the next; 0 for the size.</param>
    /// <param name="padding">Time steps of -∞ around the sequence, at most half of the size.</param>
    /// <param name="dilation">Time steps from one tap of a window to the next.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    public Tensor MaxPool1d(int size, int stride = 0, int padding = 0, int dilation = 1, bool ceilMode = false) => Symbolic;

    /// <summary>The largest pixel of each window, channel by channel; <c>nn.MaxPool2d</c>. Of equal pixels the first gets the gradient.</summary>
    /// <param name="size">Height and width of a window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Pixels of -∞ around the image, at most half of the size.</param>
    /// <param name="dilation">Pixels from one tap of a window to the next.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    public Tensor MaxPool2d(int size, int stride = 0, int padding = 0, int dilation = 1, bool ceilMode = false) => Symbolic;

    /// <summary>The largest voxel of each window, channel by channel; <c>nn.MaxPool3d</c>. Of equal voxels the first gets the gradient.</summary>
    /// <param name="size">Depth, height and width of a window.</param>
    /// <param name="stride">Voxels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Voxels of -∞ around the volume, at most half of the size.</param>
    /// <param name="dilation">Voxels from one tap of a window to the next.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    public Tensor MaxPool3d(int size, int stride = 0, int padding = 0, int dilation = 1, bool ceilMode = false) => Symbolic;

    /// <summary>The mean of each window, feature by feature; <c>nn.AvgPool1d</c>.</summary>
    /// <param name="size">Time steps of a window.</param>
    /// <param name="stride">Time steps from one window to the next; 0 for the size.</param>
    /// <param name="padding">Time steps of 0 around the sequence, at most half of the size.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    /// <param name="countPadding">Whether the padding counts among a window's time steps.</param>
    public Tensor AvgPool1d(int size, int stride = 0, int padding = 0, bool ceilMode = false, bool countPadding = true) => Symbolic;

    /// <summary>The mean of each window, channel by channel; <c>nn.AvgPool2d</c>.</summary>
    /// <param name="size">Height and width of a window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Pixels of 0 around the image, at most half of the size.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    /// <param name="countPadding">Whether the padding counts among a window's pixels.</param>
    public Tensor AvgPool2d(int size, int stride = 0, int padding = 0, bool ceilMode = false, bool countPadding = true) => Symbolic;

    /// <summary>The mean of each window, channel by channel; <c>nn.AvgPool3d</c>.</summary>
    /// <param name="size">Depth, height and width of a window.</param>
    /// <param name="stride">Voxels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Voxels of 0 around the volume, at most half of the size.</param>
    /// <param name="ceilMode">Whether a last window may begin before the end and reach beyond it.</param>
    /// <param name="countPadding">Whether the padding counts among a window's voxels.</param>
    public Tensor AvgPool3d(int size, int stride = 0, int padding = 0, bool ceilMode = false, bool countPadding = true) => Symbolic;

    /// <summary>The largest value over time of each feature, (time, features) → (features); <c>nn.AdaptiveMaxPool1d(1)</c>.</summary>
    public Tensor GlobalMaxPool1d() => Symbolic;

    /// <summary>The largest pixel of each channel, (channels, height, width) → (channels); <c>nn.AdaptiveMaxPool2d(1)</c>.</summary>
    public Tensor GlobalMaxPool2d() => Symbolic;

    /// <summary>The mean over time of each feature, (time, features) → (features); <c>nn.AdaptiveAvgPool1d(1)</c>.</summary>
    public Tensor GlobalAvgPool1d() => Symbolic;

    /// <summary>The mean of each channel, (channels, height, width) → (channels); <c>nn.AdaptiveAvgPool2d(1)</c>.</summary>
    public Tensor GlobalAvgPool2d() => Symbolic;

    /// <summary>scale × scale pixels for each, (channels, height, width) → (channels, scale·height, scale·width); <c>nn.Upsample</c>.</summary>
    /// <param name="scale">Pixels either way for each.</param>
    /// <param name="mode">How new pixels are made.</param>
    /// <param name="alignCorners">Whether the centres of the outermost pixels, not their edges, stay where they are; for Bilinear.</param>
    public Tensor Upsample2d(int scale, UpsampleMode mode = UpsampleMode.Nearest, bool alignCorners = false) => Symbolic;

    /// <summary>Positions around a sequence, image or volume; <c>F.pad</c>.</summary>
    /// <param name="sides">One number for all sides, or before and after for each axis of positions, the last axis first: [left, right, top, bottom] for an image.</param>
    /// <param name="mode">What is put around.</param>
    /// <param name="value">The number, where a number is put around.</param>
    public Tensor Pad(int[] sides, PadMode mode = PadMode.Constant, double value = 0) => Symbolic;

    /// <summary>In training each channel of an image is 0 as a whole with probability p, else divided by 1 - p; <c>nn.Dropout2d</c>. The shape stays.</summary>
    /// <param name="p">The probability of 0, from 0 up to but not including 1.</param>
    public Tensor Dropout2d(double p) => Symbolic;
}
