namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Windows of kernel time steps over all channels of a group times a weight per output channel, (time, features) → (times, channels);
    /// <c>nn.Conv1d</c>. Each call is a new layer with its own <c>weight</c> (outputs, channels / groups, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="channels">The features of the result.</param>
    /// <param name="kernel">Time steps of a window.</param>
    /// <param name="stride">Time steps from one window to the next.</param>
    /// <param name="padding">Time steps of 0 around the sequence.</param>
    /// <param name="dilation">Time steps from one tap of a window to the next.</param>
    /// <param name="groups">Groups of channels, each convolved by itself.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Conv1d(int channels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>Windows of kernel × kernel pixels over all channels of a group times a weight per output channel, (channels, height, width) → (outputs, height, width);
    /// <c>nn.Conv2d</c>. Each call is a new layer with its own <c>weight</c> (outputs, channels / groups, kernel, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="channels">The channels of the result.</param>
    /// <param name="kernel">Height and width of a window.</param>
    /// <param name="stride">Pixels from one window to the next.</param>
    /// <param name="padding">Pixels of 0 around the image.</param>
    /// <param name="dilation">Pixels from one tap of a window to the next.</param>
    /// <param name="groups">Groups of channels, each convolved by itself.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Conv2d(int channels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>Windows of kernel × kernel × kernel voxels over all channels of a group times a weight per output channel, (channels, depth, height, width) → (outputs, depth, height, width);
    /// <c>nn.Conv3d</c>. Each call is a new layer with its own <c>weight</c> (outputs, channels / groups, kernel, kernel, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="channels">The channels of the result.</param>
    /// <param name="kernel">Depth, height and width of a window.</param>
    /// <param name="stride">Voxels from one window to the next.</param>
    /// <param name="padding">Voxels of 0 around the volume.</param>
    /// <param name="dilation">Voxels from one tap of a window to the next.</param>
    /// <param name="groups">Groups of channels, each convolved by itself.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor Conv3d(int channels, int kernel, int stride = 1, int padding = 0, int dilation = 1, int groups = 1, bool bias = true,
        bool frozen = false, Initializer init = default, string? name = null) => Symbolic;

    /// <summary>Every pixel times a window of kernel × kernel weights, summed where windows overlap: the gradient of a convolution by its image,
    /// (channels, height, width) → (outputs, height, width); <c>nn.ConvTranspose2d</c>. Each call is a new layer with its own <c>weight</c> (channels,
    /// outputs / groups, kernel, kernel) and <c>bias</c> (outputs).</summary>
    /// <param name="channels">The channels of the result.</param>
    /// <param name="kernel">Height and width of a window.</param>
    /// <param name="stride">Pixels of the result from one window to the next.</param>
    /// <param name="padding">Pixels of the result left out at each side.</param>
    /// <param name="outputPadding">Pixels added below and to the right, less than the stride or the dilation.</param>
    /// <param name="groups">Groups of channels, each by itself.</param>
    /// <param name="bias">Whether a bias is added.</param>
    /// <param name="dilation">Pixels from one tap of a window to the next.</param>
    /// <param name="frozen">Whether the parameters get no gradient.</param>
    /// <param name="init">How the weight starts.</param>
    /// <param name="name">The layer's name in place of one from the call path.</param>
    public Tensor ConvTranspose2d(int channels, int kernel, int stride = 1, int padding = 0, int outputPadding = 0, int groups = 1, bool bias = true, int dilation = 1,
        bool frozen = false, Initializer init = default, string? name = null) => Symbolic;
}
