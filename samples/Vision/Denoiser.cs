using DlGen;

namespace Vision;

/// <summary>Takes noise out of pictures: convolutions at three sizes, each size on the way up beside what was seen on the way down (Ronneberger et al. 2015); the result is what must be added.</summary>
[Model]
public partial class Denoiser
{
    private static Tensor Forward([Input(1, 28, 28)] Tensor noisy)
    {
        var fine = Convolved(noisy, 16);
        var middle = Convolved(fine.MaxPool2d(2), 32);
        var coarse = Convolved(middle.MaxPool2d(2), 64);
        var up = Convolved(Tensor.Concat(coarse.Upsample2d(2, mode: UpsampleMode.Bilinear), middle), 32);
        up = Convolved(Tensor.Concat(up.Upsample2d(2, mode: UpsampleMode.Bilinear), fine), 16);
        return noisy + up.Conv2d(1, kernel: 3, padding: 1);
    }

    private static Tensor Loss(Tensor output, [Target(1, 28, 28)] Tensor clean) => output.MeanSquaredError(clean);

    private static Tensor Convolved(Tensor x, int channels) => x.Conv2d(channels, kernel: 3, padding: 1).Silu();
}
