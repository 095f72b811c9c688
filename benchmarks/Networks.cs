namespace DlGen.Benchmarks;

[Model, Input(64), Linear(64)]
public partial class Linear64;

[Model, Input(256), Linear(256)]
public partial class Linear256;

[Model, Input(512), Linear(512)]
public partial class Linear512;

[Model, Input(1024), Linear(1024)]
public partial class Linear1024;

[Model, Input(33), Linear(33)]
public partial class Linear33;

[Model, Input(100), Linear(100)]
public partial class Linear100;

[Model, Input(250), Linear(250)]
public partial class Linear250;

[Model, Input(784), Linear(10)]
public partial class DigitLogits;

[Model, Input(128), Linear(65)]
public partial class CharacterLogits;

[Model, Input(784)]
[Linear(128), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class Mlp;

[Model, Input(64)]
[Linear(32), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class SmallClassifier;

[Model, Input(2)]
[Linear(8), Relu, Linear(1)]
[MeanSquaredError]
public partial class TinyRegression;

[Model, Input(1024)]
[Linear(1024), Gelu, Linear(1024), Gelu, Linear(1024), Gelu]
[MeanSquaredError]
public partial class GeluNetwork;

/// <summary>Convolutions with 3 × 3 taps, as scheduled and as the sums that they are, and one with taps of their own for each channel.</summary>
[Model, Input(64, 56, 56), Conv2d(64, Kernel = 3, Padding = 1)]
public partial class Convolution64At56;

[Model, Input(64, 28, 28), Conv2d(64, Kernel = 3, Padding = 1)]
public partial class Convolution64At28;

[Model, Input(32, 28, 28), Conv2d(32, Kernel = 3, Padding = 1)]
public partial class Convolution32At28;

[Model(Winograd = false), Input(64, 56, 56), Conv2d(64, Kernel = 3, Padding = 1)]
public partial class DirectConvolution64At56;

[Model(Winograd = false), Input(64, 28, 28), Conv2d(64, Kernel = 3, Padding = 1)]
public partial class DirectConvolution64At28;

[Model, Input(64, 56, 56), Conv2d(64, Kernel = 3, Padding = 1, Groups = 64)]
public partial class Depthwise64At56;

/// <summary>Single kernels.</summary>
[Model, Input(1024), Softmax]
public partial class SoftmaxRow;

[Model, Input(1024), LayerNorm]
public partial class LayerNormRow;

[Model, Input(1024), Gelu]
public partial class GeluActivation;
