using DlGen;

namespace Vision;

/// <summary>LeCun et al. 1998, with ReLU and maxima in place of its sigmoids and means: two convolutions, each pooled, and three layers behind them.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1, 28, 28)]
[Normalize(0.286, 0.353)]
[Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2)]
[Conv2d(16, Kernel = 5), Relu, MaxPool2d(2)]
[Flatten, Linear(120), Relu, Linear(84), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class LeNet5;
