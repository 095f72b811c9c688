using DlGen;

namespace Tabular;

/// <summary>Whether a tumour is benign, from 30 measurements of its cells' nuclei, each in its own unit: the network scales them itself.</summary>
[Model, Input(30)]
[Standardize, Linear(32), Relu, Linear(16), Relu, Linear(2)]
[SoftmaxCrossEntropy]
public partial class TumourClassifier;
