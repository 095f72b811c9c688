using DlGen;

namespace FashionMnist;

/// <summary>Which of ten kinds of clothes a picture of 28×28 grey pixels shows; the pixels are from 0 to 1.</summary>
[Model, Input(784)]
[Normalize(0.286, 0.353)]
[Linear(256), Relu, Dropout(0.2)]
[Linear(128), Relu, Dropout(0.2)]
[Linear(100), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class FashionClassifier;
