namespace DlGen;

public sealed partial class Tensor
{
    /// <summary>Windows of kernel × kernel pixels over all channels of a group times a weight per output channel, (channels, height, width) →
    /// (outputs, height, width); <c>nn.Conv2d</c>. Each call is a new layer with its own <c>weight</c> (outputs, channels / groups, kernel, kernel)
    /// and <c>bias</c> (outputs).</summary>
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

    /// <summary>The largest pixel of each window, channel by channel; <c>nn.MaxPool2d</c>. Of equal pixels the first gets the gradient.</summary>
    /// <param name="size">Height and width of a window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Pixels of -∞ around the image, at most half of the size.</param>
    public Tensor MaxPool2d(int size, int stride = 0, int padding = 0) => Symbolic;

    /// <summary>The mean of each window, channel by channel, padding counted; <c>nn.AvgPool2d</c>.</summary>
    /// <param name="size">Height and width of a window.</param>
    /// <param name="stride">Pixels from one window to the next; 0 for the size.</param>
    /// <param name="padding">Pixels of 0 around the image, at most half of the size.</param>
    public Tensor AvgPool2d(int size, int stride = 0, int padding = 0) => Symbolic;
}
