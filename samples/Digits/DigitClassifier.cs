using DlGen;

namespace Digits;

/// <summary>Handwritten digits, 8×8 pixels from 0 (paper) to 16 (ink), row by row → the probabilities of the digits 0 to 9.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(64)]
[Normalize(8, 8)]
[Linear(256), Relu, Dropout(0.3), Linear(10)]
[SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
internal partial class DigitClassifier;
