using DlGen;

namespace Vision;

/// <summary>He et al. 2015, for small pictures: a convolution, a residual block of 32 channels, half the size, a residual block of 64, and the mean of what each channel found.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
public partial class ResNet
{
    private static Tensor Forward([Input(1, 28, 28)] Tensor inputs)
    {
        var x = Normalised(inputs.Normalize(0.286, 0.353), 32).Relu();
        x = Residual(x);
        x = Normalised(x.MaxPool2d(2), 64).Relu();
        x = Residual(x);
        return x.GlobalAvgPool2d().Linear(10);
    }

    private static Tensor Residual(Tensor x)
    {
        var y = Normalised(Normalised(x, x.Shape[0]).Relu(), x.Shape[0]);
        return (x + y).Relu();
    }

    private static Tensor Normalised(Tensor x, int channels) => x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm();
}
