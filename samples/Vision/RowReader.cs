using DlGen;

namespace Vision;

/// <summary>Reads a picture as a text: row by row from the top, 28 steps of 28 pixels, with a memory of 128 numbers (Hochreiter and Schmidhuber 1997); what it holds after the last row tells the kind.</summary>
[Model, Input(1, 28, 28)]
[Normalize(0.286, 0.353), Reshape(28, 28)]
[Lstm(128), Linear(10)]
[SoftmaxCrossEntropy]
public partial class RowReader;
