namespace DlGen.Gpu.Models;

/// <summary>Rows of odd length, that of their input more than 2 GiB when they are many.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1001)]
[LayerNorm, Gelu, Linear(3)]
[MeanSquaredError]
public partial class TallRows;

/// <summary>Products whose result is the large one, and gradients that add over all rows.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(17)]
[Linear(1000), Relu, Linear(7)]
[MeanSquaredError]
public partial class TallProducts;

/// <summary>Pixels of many images, their norm over all of them.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(3, 33, 33, Bytes = true)]
[Conv2d(32, Kernel = 3, Bias = false), BatchNorm, Relu, GlobalAvgPool2d, Linear(2)]
[MeanSquaredError]
public partial class TallImages;

/// <summary>Entries of a table that many ids read.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), MeanSquaredError]
public partial class TallIds
{
    public const int Context = 64, Vocabulary = 5003;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens) => tokens.Embedding(32).Gelu().Mean(0).Linear(2);
}

/// <summary>More steps than a tile of attention has, and not a multiple of one.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(777, 96)]
[Attention(4, Causal = true)]
[MeanSquaredError]
public partial class LongAttention;

/// <summary>An input of one number, and so many behind it that a batch outgrows any device.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1)]
[Linear(16384), Tanh, Linear(1)]
[MeanSquaredError]
public partial class Wide;
