namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Vision => new()
    {
        ["OneConvolution"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class OneConvolution
            {
                private static Tensor Forward([Input(2, 5, 6)] Tensor x) => x.Conv2d(3, kernel: 3).Tanh().Flatten().Linear(4);
            }
            """,
        ["LeNet"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class LeNet
            {
                private static Tensor Forward([Input(1, 9, 8)] Tensor image)
                {
                    var x = image.Conv2d(3, kernel: 3, padding: 1).Relu().MaxPool2d(2);
                    x = x.Conv2d(5, kernel: 3).Silu().AvgPool2d(2, stride: 1);
                    return x.Flatten().Linear(6).Tanh().Linear(4);
                }
            }
            """,
        ["Upsampling"] = """
            [Model{P}, MeanSquaredError]
            public partial class Upsampling
            {
                private static Tensor Forward([Input(2, 3, 4)] Tensor x) => x.ConvTranspose2d(4, kernel: 3, stride: 2, padding: 1, outputPadding: 1).Tanh().ConvTranspose2d(2, kernel: 2);
            }
            """,
    };
}
