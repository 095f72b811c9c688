namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Bytes => new()
    {
        // Bytes beside numbers, read by convolutions, pools, reductions, a softmax and the loss.
        ["Bytes"] = """
            [Model{P}]
            public partial class Bytes
            {
                private static Tensor Forward([Input(3, 5, 7, Bytes = true)] Tensor image, [Input(4)] Tensor numbers, [Input(9, Bytes = true)] Tensor counts)
                {
                    var edges = image.Normalize(0.4, 0.3).Conv2d(4, kernel: 3, padding: 1).Tanh().GlobalAvgPool2d();
                    var plain = image.Conv2d(5, kernel: 2, bias: false).MaxPool2d(2).Silu().Flatten();
                    var pooled = image.MaxPool2d(2).AvgPool2d(2, stride: 1).Flatten();
                    return Tensor.Concat([edges, plain, pooled, numbers * counts.Mean(), counts.Softmax(), image.Max(-1).Flatten()]).Linear(3);
                }

                private static (Tensor Loss, Tensor Weight) Loss(Tensor output, Tensor counts, [Label(3)] Tensor kind)
                    => (output.SoftmaxCrossEntropy(kind, reduction: Reduction.None), counts[0] + 0.5);
            }
            """,
        ["ByteSequences"] = """
            [Model{P}, MeanSquaredError]
            public partial class ByteSequences
            {
                private static Tensor Forward([Input(6, 3, Bytes = true)] Tensor sequence, [Input(3, 6, Bytes = true)] Tensor turned)
                {
                    var states = sequence.BatchNorm().Lstm(4) + turned.Transpose().Lstm(4);
                    return Tensor.Concat([states, sequence.LayerNorm().Mean(0), turned.Conv1d(2, kernel: 2).GlobalMaxPool1d()]).Linear(2);
                }
            }
            """,
    };
}
