namespace DlGen;

/// <summary>Windows of kernel time steps over all channels of a group times a weight per output channel, (time, features) → (times, channels);
/// PyTorch's <c>nn.Conv1d</c>, parameters <c>weight</c> (outputs, channels / groups, kernel) and <c>bias</c> (outputs).
/// Sequences are (time, features); files keep PyTorch's order of the weight.
/// The number of times becomes (time + 2·padding - dilation·(kernel - 1) - 1) / stride + 1, rounded down.</summary>
/// <param name="channels">The features of the result.</param>
public sealed class Conv1dAttribute(int channels) : LayerAttribute
{
    /// <summary>The features of the result.</summary>
    public int Channels => channels;

    /// <summary>Time steps of a window; must be stated.</summary>
    public int Kernel { get; set; }

    /// <summary>Time steps from one window to the next; 1 unless stated.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Time steps of 0 around the sequence; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Time steps from one tap of a window to the next; 1 unless stated.</summary>
    public int Dilation { get; set; } = 1;

    /// <summary>Groups of channels, each convolved by itself; 1 unless stated, as many as channels for a depthwise convolution.</summary>
    public int Groups { get; set; } = 1;

    /// <summary>Whether a bias is added; true unless stated.</summary>
    public bool Bias { get; set; } = true;
}

/// <summary>Windows of kernel × kernel pixels over all channels of a group times a weight per output channel, (channels, height, width) → (outputs, height, width);
/// PyTorch's <c>nn.Conv2d</c>, parameters <c>weight</c> (outputs, channels / groups, kernel, kernel) and <c>bias</c> (outputs).
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

/// <summary>Windows of kernel × kernel × kernel voxels over all channels of a group times a weight per output channel, (channels, depth, height, width) → (outputs, depth, height, width);
/// PyTorch's <c>nn.Conv3d</c>, parameters <c>weight</c> (outputs, channels / groups, kernel, kernel, kernel) and <c>bias</c> (outputs).
/// Each extent becomes (extent + 2·padding - dilation·(kernel - 1) - 1) / stride + 1, rounded down.</summary>
/// <param name="channels">The channels of the result.</param>
public sealed class Conv3dAttribute(int channels) : LayerAttribute
{
    /// <summary>The channels of the result.</summary>
    public int Channels => channels;

    /// <summary>Depth, height and width of a window; must be stated.</summary>
    public int Kernel { get; set; }

    /// <summary>Voxels from one window to the next; 1 unless stated.</summary>
    public int Stride { get; set; } = 1;

    /// <summary>Voxels of 0 around the volume; 0 unless stated.</summary>
    public int Padding { get; set; }

    /// <summary>Voxels from one tap of a window to the next; 1 unless stated.</summary>
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
