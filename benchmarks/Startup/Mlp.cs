namespace DlGen.Startup;

[Model, Input(784)]
[Linear(128), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class Mlp;
