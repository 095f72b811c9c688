namespace DlGen.Gpu.Models;

/// <summary>
/// Networks whose products are large enough for tensor cores, forwards and backwards, and which an emulated device runs nevertheless. They are smooth: beside a kink or a maximum rounding decides whether a
/// gradient is there at all, and no bound would hold.
/// </summary>
internal static class PrecisionNetworks
{
    public static Tensor Mlp(Tensor x) => x.Linear(512).Gelu().Linear(256).Tanh().Linear(10);

    /// <summary>LeCun et al. 1998, with channels for matrices.</summary>
    public static Tensor LeNet(Tensor images)
        => images.Conv2d(32, kernel: 3, padding: 1).Tanh().AvgPool2d(2).Conv2d(64, kernel: 3, padding: 1).Tanh().AvgPool2d(2).Flatten().Linear(64).Tanh().Linear(10);

    public static Tensor Lstm(Tensor x) => x.Lstm(192).Linear(16);

    /// <summary>A block of a transformer.</summary>
    public static Tensor Block(Tensor x)
    {
        x += x.LayerNorm().Attention(2, causal: true);
        x += x.LayerNorm().Linear(384).Gelu().Linear(128);
        return x.LayerNorm().Linear(16);
    }
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Tf32), SoftmaxCrossEntropy]
public partial class Tf32Mlp
{
    private static Tensor Forward([Input(256)] Tensor x) => PrecisionNetworks.Mlp(x);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Tf32), SoftmaxCrossEntropy]
public partial class Tf32LeNet
{
    private static Tensor Forward([Input(1, 16, 16)] Tensor images) => PrecisionNetworks.LeNet(images);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Tf32), MeanSquaredError]
public partial class Tf32Lstm
{
    private static Tensor Forward([Input(3, 64)] Tensor x) => PrecisionNetworks.Lstm(x);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Tf32), MeanSquaredError]
public partial class Tf32Transformer
{
    private static Tensor Forward([Input(32, 128)] Tensor x) => PrecisionNetworks.Block(x);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), SoftmaxCrossEntropy]
public partial class Bf16Mlp
{
    private static Tensor Forward([Input(256)] Tensor x) => PrecisionNetworks.Mlp(x);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), SoftmaxCrossEntropy]
public partial class Bf16LeNet
{
    private static Tensor Forward([Input(1, 16, 16)] Tensor images) => PrecisionNetworks.LeNet(images);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), MeanSquaredError]
public partial class Bf16Lstm
{
    private static Tensor Forward([Input(3, 64)] Tensor x) => PrecisionNetworks.Lstm(x);
}

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), MeanSquaredError]
public partial class Bf16Transformer
{
    private static Tensor Forward([Input(32, 128)] Tensor x) => PrecisionNetworks.Block(x);
}
