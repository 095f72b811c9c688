namespace DlGen.Gpu.Models;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(4096), Gelu]
public partial class GeluRows;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1024), Softmax]
public partial class SoftmaxRows;

/// <summary>A gradient that is a sum over all rows.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), MeanSquaredError]
public partial class ShiftedRows
{
    private static Tensor Forward([Input(1024)] Tensor x) => x + Tensor.Parameter([1024], Initializer.Constant(0), name: "bias");
}

/// <summary>67 million parameters.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(8192), Linear(8192, Bias = false), MeanSquaredError]
public partial class ManyParameters;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(4096), Linear(4096), MeanSquaredError]
public partial class Product4096;

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Tf32), Input(4096), Linear(4096), MeanSquaredError]
public partial class Tf32Product4096;

[Model(Targets = Targets.Cpu | Targets.Cuda, CudaPrecision = CudaPrecision.Bf16), Input(4096), Linear(4096), MeanSquaredError]
public partial class Bf16Product4096;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1001), Linear(1003), MeanSquaredError]
public partial class OddProduct;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(64), Linear(64), MeanSquaredError]
public partial class NarrowProduct;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(64, 56, 56), Conv2d(64, Kernel = 3, Padding = 1)]
public partial class Convolution;
