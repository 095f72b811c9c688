namespace DlGen;

/// <summary>Windows of kernel × kernel pixels over all channels of a group times a weight per output channel, (channels, height, width) → (outputs,
/// height, width); PyTorch's <c>nn.Conv2d</c>, parameters <c>weight</c> (outputs, channels / groups, kernel, kernel) and <c>bias</c> (outputs).
/// Height and width become (extent + 2·padding - dilation·(kernel - 1) - 1) / stride + 1, rounded down.</summary>
/// <param name="channels">The channels of the result.</param>
public sealed class Conv2dAttribute(int channels) : LayerAttribute
{
    /// <summary>The channels of the result.</summary>
    public int Channels => channels;

    /// <summary>Height and width of a window; must be stated.</summary>
    public int Kernel { get; set; }

    /// <summary>Pixels from one window to the next; 1 unless stated.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Pixels of 0 around the image; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Pixels from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Groups of channels, each convolved by itself; 1 unless stated, as many as channels for a depthwise convolution.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>Whether a bias is added; true unless stated.</summary>
    public bool Bias { get; set; } = true;
}

/// <summary>Every pixel times a window of kernel × kernel weights, summed where windows overlap: the gradient of a convolution by its image;
/// (channels, height, width) → (outputs, height, width). PyTorch's <c>nn.ConvTranspose2d</c>, parameters <c>weight</c> (channels, outputs / groups,
/// kernel, kernel) and <c>bias</c> (outputs). Height and width become
/// (extent - 1)·stride - 2·padding + dilation·(kernel - 1) + outputPadding + 1.</summary>
/// <param name="channels">The channels of the result.</param>
public sealed class ConvTranspose2dAttribute(int channels) : LayerAttribute
{
    /// <summary>The channels of the result.</summary>
    public int Channels => channels;

    /// <summary>Height and width of a window; must be stated.</summary>
    public int Kernel { get; set; }

    /// <summary>Pixels of the result from one window to the next; 1 unless stated.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Pixels of the result left out at each side; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Pixels added below and to the right, less than the stride or the dilation; 0 unless stated.</summary>
    public int OutputPadding { get; set; }

    /// <summary>Groups of channels, each by itself; 1 unless stated.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>Whether a bias is added; true unless stated.</summary>
    public bool Bias { get; set; } = true;

    /// <summary>Pixels from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;
}

/// <summary>The largest pixel of each window of size × size, channel by channel, (channels, height, width) → (channels, height, width); PyTorch's
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
}

/// <summary>The mean of each window of size × size pixels, channel by channel, (channels, height, width) → (channels, height, width); PyTorch's
/// <c>nn.AvgPool2d</c>, whose mean counts the padding.</summary>
/// <param name="size">Height and width of a window.</param>
public sealed class AvgPool2dAttribute(int size) : LayerAttribute
{
    /// <summary>Height and width of a window.</summary>
    public int Size => size;

    /// <summary>Pixels from one window to the next; 0, the default, for the size.</summary>
    public int Stride { get; set; }

    /// <summary>Pixels of 0 around the image, at most half of the size; 0 unless stated.</summary>
    public int Padding { get; set; }
}
