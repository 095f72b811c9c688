namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    /// <summary>The field's families of networks, written as their users would and small enough for the oracle.</summary>
    private static Dictionary<string, string> Families => new()
    {
        ["Vgg"] = """
            [Model{P}, Input(2, 8, 8)]
            [Block(nameof(Stage), 3, 1), Block(nameof(Stage), 4, 2, Repeat = 2)]
            [Flatten, Linear(6), Relu, Linear(3)]
            [SoftmaxCrossEntropy]
            public partial class Vgg
            {
                private static Tensor Stage(Tensor x, int channels, int convolutions)
                {
                    for (int i = 0; i < convolutions; i++) x = x.Conv2d(channels, kernel: 3, padding: 1, bias: false).InstanceNorm().Silu();
                    return x.Shape[1] >= 4 ? x.AvgPool2d(2) : x;
                }
            }
            """,
        ["DiceNet"] = """
            [Model{P}]
            public partial class DiceNet
            {
                private static Tensor Forward([Input(1, 8, 8)] Tensor image) => Level(image, 2, depth: 2).Conv2d(1, kernel: 1);

                private static Tensor Level(Tensor x, int channels, int depth)
                {
                    x = Twice(x, channels);
                    if (depth == 0) return x;
                    var below = Level(x.AvgPool2d(2), 2 * channels, depth - 1);
                    return Twice(Tensor.Concat(x, below.ConvTranspose2d(channels, kernel: 2, stride: 2)), channels);
                }

                private static Tensor Twice(Tensor x, int channels)
                {
                    for (int i = 0; i < 2; i++) x = x.Conv2d(channels, kernel: 3, padding: 1).Tanh();
                    return x;
                }

                private static Tensor Loss(Tensor logits, [Target(1, 8, 8)] Tensor mask)
                {
                    var p = logits.Sigmoid();
                    var dice = 1 - (2 * (p * mask).Sum() + 1) / (p.Sum() + mask.Sum() + 1);
                    return logits.SigmoidCrossEntropy(mask) + dice;
                }
            }
            """,
        ["DenseNet"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class DenseNet
            {
                private static Tensor Forward([Input(2, 6, 6)] Tensor image)
                {
                    var x = image.Conv2d(3, kernel: 3, padding: 1);
                    foreach (int layers in (int[])[2, 1])
                    {
                        for (int i = 0; i < layers; i++)
                            x = Tensor.Concat(x, x.GroupNorm(1).Gelu().Conv2d(2, kernel: 3, padding: 1));
                        x = x.Conv2d(x.Shape[0] / 2, kernel: 1).AvgPool2d(2);
                    }
                    return x.Flatten().Linear(4);
                }
            }
            """,
        ["Generator"] = """
            [Model{P}, Input(5)]
            [Linear(2 * 2 * 4), Reshape(4, 2, 2), Tanh]
            [ConvTranspose2d(3, Kernel = 4, Stride = 2, Padding = 1), Silu]
            [ConvTranspose2d(1, Kernel = 4, Stride = 2, Padding = 1), Tanh, MeanSquaredError]
            public partial class Generator;
            """,
        ["Siamese"] = """
            [Model{P}]
            public partial class Siamese
            {
                private static (Tensor Left, Tensor Right) Forward([Input(1, 6, 6)] Tensor left, [Input(1, 6, 6)] Tensor right) => (Encode(left), Encode(right));

                [Shared]
                private static Tensor Encode(Tensor image) => image.Conv2d(2, kernel: 3).Tanh().AvgPool2d(2).Flatten().Linear(5, bias: false);

                private static Tensor Loss((Tensor Left, Tensor Right) output, [Target] Tensor same)
                {
                    var distance = (output.Left - output.Right).Norm(axis: 0);
                    var push = (3 - distance).Softplus();
                    return same * distance.Pow(2) + (1 - same) * push.Pow(2);
                }
            }
            """,
        ["Dqn"] = """
            [Model{P}]
            public partial class Dqn
            {
                private static Tensor Forward([Input(4)] Tensor state) => state.Linear(9).Tanh().Linear(9).Tanh().Linear(3);

                private static Tensor Loss(Tensor values, [Label(3)] Tensor action, [Target] Tensor expected) => values.Gather(action).Huber(expected, delta: 0.5);
            }
            """,
        ["Student"] = """
            [Model{P}, Input(7), Linear(9), Tanh, Linear(4), SoftmaxCrossEntropy]
            public partial class Teacher;

            [Model{P}]
            public partial class Student
            {
                private const double Temperature = 4;

                private static Tensor Forward([Input(7)] Tensor image) => image.Linear(5).Gelu().Linear(4);

                private static Tensor Loss(Tensor logits, Tensor image, [Label(4)] Tensor digit)
                {
                    var soft = (image.Call<Teacher>(frozen: true) / Temperature).Softmax();
                    return logits.SoftmaxCrossEntropy(digit) + Temperature * Temperature * (logits / Temperature).LogSoftmax().KullbackLeibler(soft);
                }
            }
            """,
        ["Vit"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class Vit
            {
                private const int Patch = 2, Width = 6;

                private static Tensor Forward([Input(2, 4, 6)] Tensor image)
                {
                    var (channels, height, width) = image.Shape;
                    var patches = image.Reshape(channels, height / Patch, Patch, width / Patch, Patch).Transpose(1, 3, 0, 2, 4).Reshape(-1, channels * Patch * Patch);
                    var x = Tensor.Concat(Tensor.Parameter([1, Width], Initializer.Normal(0.5)), patches.Linear(Width)).PositionEmbedding();
                    for (int i = 0; i < 2; i++)
                    {
                        x += x.LayerNorm().Attention(heads: 3);
                        x += x.LayerNorm().Linear(2 * Width).Gelu().Linear(Width);
                    }
                    return x[0].LayerNorm().Linear(4);
                }
            }
            """,
        ["Snake"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class Snake
            {
                private static Tensor Forward([Input(9)] Tensor x)
                {
                    for (int i = 0; i < 2; i++) x = Activate(x.Linear(8), 0.5);
                    return x.Linear(3);
                }

                private static Tensor Activate(Tensor x, double a) => x + (a * x).Sin().Pow(2) / a;
            }
            """,
    };
}
