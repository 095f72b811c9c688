namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Vision => new()
    {
        ["OtherAxes"] = """
            [Model{P}]
            public partial class OtherAxes
            {
                private static (Tensor Time, Tensor Volume) Forward([Input(9, 3)] Tensor sequence, [Input(2, 4, 5, 4)] Tensor volume)
                {
                    var time = sequence.Conv1d(4, kernel: 3, padding: 1).Tanh().MaxPool1d(2, ceilMode: true).Conv1d(6, kernel: 2, groups: 2, dilation: 2).AvgPool1d(2, stride: 1);
                    var inside = volume.Conv3d(3, kernel: 2).Silu().MaxPool3d(2, stride: 1, padding: 1, dilation: 1).AvgPool3d(3, padding: 1, ceilMode: true, countPadding: false);
                    return (time.GlobalMaxPool1d() + time.GlobalAvgPool1d(), inside.Flatten().Linear(2));
                }

                private static Tensor Loss((Tensor Time, Tensor Volume) output, [Target(6)] Tensor times, [Target(2)] Tensor inside)
                    => output.Time.MeanSquaredError(times) + output.Volume.MeanSquaredError(inside);
            }
            """,
        ["SideBySide"] = """
            [Model{P}, MeanSquaredError]
            public partial class SideBySide
            {
                // Channels beside others, some of them read in their place, and norms whose activations' slopes the gradient meets once.
                private static Tensor Forward([Input(2, 5, 4)] Tensor x)
                {
                    var y = x.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().Silu();
                    var branch = y.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().LeakyRelu();
                    var both = Tensor.Concat([branch, y.Conv2d(3, kernel: 3, padding: 1).Exp(), y.Conv2d(17, kernel: 3, padding: 1).Tanh()]);
                    return (both.MaxPool2d(2) * 2).Conv2d(3, kernel: 1).GlobalAvgPool2d() + branch.GlobalMaxPool2d().Linear(3);
                }
            }
            """,
        ["UpAndAround"] = """
            [Model{P}, MeanSquaredError]
            public partial class UpAndAround
            {
                private static Tensor Forward([Input(2, 4, 5)] Tensor x)
                {
                    var y = x.Conv2d(3, kernel: 3, padding: 1).Tanh();
                    var up = y.Upsample2d(2) * y.Upsample2d(2, mode: UpsampleMode.Bilinear) + y.Upsample2d(2, mode: UpsampleMode.Bilinear, alignCorners: true);
                    var around = up.Pad([1, 2, 0, 1], mode: PadMode.Reflect).Pad([1, 0, 2, 1], mode: PadMode.Replicate).Pad([0, 2, 1, 0], mode: PadMode.Circular).Pad([1], value: 0.5);
                    return around.Conv2d(4, kernel: 3, stride: 2).Silu().GlobalMaxPool2d() + around.GlobalAvgPool2d().Linear(4);
                }
            }
            """,
        ["PoolsOfOne"] = """
            [Model{P}, MeanSquaredError]
            public partial class PoolsOfOne
            {
                private static Tensor Forward([Input(2, 3, 3)] Tensor image)
                    => Tensor.Concat([image.Conv2d(3, kernel: 3).Tanh().GlobalMaxPool2d(), image.MaxPool2d(1).Flatten().Linear(2)]);
            }
            """,
        ["FewerProducts"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewerProducts
            {
                private static Tensor Forward([Input(2, 5, 6)] Tensor image)
                {
                    var x = image.Conv2d(16, kernel: 2).Silu();
                    return (x + x.Conv2d(16, kernel: 3, padding: 1)).Tanh().GlobalAvgPool2d().Linear(3);
                }
            }
            """,
        ["FewChannels"] = """
            [Model{P}, MeanSquaredError]
            public partial class FewChannels
            {
                private static Tensor Forward([Input(2, 6, 11)] Tensor image)
                {
                    var x = image.Conv2d(3, kernel: 3, padding: 1).Tanh();
                    x = x.Conv2d(9, kernel: 3, padding: 2, dilation: 2).Silu() * x.Mean();
                    return x.Conv2d(1, kernel: 3).Flatten();
                }
            }
            """,
        ["FewChannelsPooled"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewChannelsPooled
            {
                private static Tensor Forward([Input(1, 8, 30)] Tensor image)
                {
                    var x = image.Conv2d(6, kernel: 5, padding: 2).Relu().MaxPool2d(2);
                    return x.Conv2d(16, kernel: 3).Tanh().GlobalAvgPool2d().Linear(3);
                }
            }
            """,
        ["ChannelsAlone"] = """
            [Model{P}, MeanSquaredError]
            public partial class ChannelsAlone
            {
                private static Tensor Forward([Input(2, 5, 18)] Tensor image)
                {
                    var x = image.Conv2d(2, kernel: 3, padding: 1, groups: 2).Tanh().Conv2d(4, kernel: 1).Silu();
                    return x.Conv2d(4, kernel: 2, dilation: 2, padding: 1, groups: 4).Tanh().Conv2d(2, kernel: 1).Flatten();
                }
            }
            """,
        ["VolumeChannelsAlone"] = """
            [Model{P}, MeanSquaredError]
            public partial class VolumeChannelsAlone
            {
                private static Tensor Forward([Input(2, 3, 4, 13)] Tensor volume) => volume.Conv3d(2, kernel: 2, dilation: 2, padding: 1, groups: 2).Tanh().Mean(3);
            }
            """,
        ["FewerProductsAtEdges"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewerProductsAtEdges
            {
                private static Tensor Forward([Input(2, 7, 7)] Tensor image)
                {
                    var x = image.Conv2d(16, kernel: 2).Tanh();
                    return x.Conv2d(16, kernel: 3, padding: 1).Silu().GlobalAvgPool2d().Linear(3);
                }
            }
            """,
        ["FewerProductsOfFive"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewerProductsOfFive
            {
                private static Tensor Forward([Input(2, 6, 8)] Tensor image)
                {
                    var x = image.Conv2d(16, kernel: 2).Silu();
                    return (x + x.Conv2d(16, kernel: 5, padding: 2)).Tanh().GlobalAvgPool2d().Linear(3);
                }
            }
            """,
        ["FewerProductsPooled"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewerProductsPooled
            {
                private static Tensor Forward([Input(1, 20, 24)] Tensor image)
                {
                    var x = image.Conv2d(6, kernel: 5, padding: 2).Silu().MaxPool2d(2);
                    return x.Conv2d(16, kernel: 5).Tanh().Conv2d(16, kernel: 5, padding: 1).GlobalAvgPool2d().Linear(3);
                }
            }
            """,
        ["FewerProductsWithoutBorder"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FewerProductsWithoutBorder
            {
                private static Tensor Forward([Input(2, 7, 11)] Tensor image)
                {
                    var x = image.Conv2d(16, kernel: 2).Tanh();
                    x = x.Conv2d(16, kernel: 3).Silu();
                    return x.ConvTranspose2d(6, kernel: 5).Tanh().GlobalAvgPool2d().Linear(3);
                }
            }
            """,
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
        ["ConvolutionOptions"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class ConvolutionOptions
            {
                private static Tensor Forward([Input(2, 9, 7)] Tensor x)
                {
                    x = x.Conv2d(4, kernel: 3, stride: 2, padding: 2).Tanh();
                    x = x.Conv2d(6, kernel: 2, dilation: 2, groups: 2, padding: 1, bias: false).Silu();
                    return x.Conv2d(3, kernel: 1, padding: 1, stride: 2).Flatten().Linear(4);
                }
            }
            """,
        ["Depthwise"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class Depthwise
            {
                private static Tensor Forward([Input(3, 6, 5)] Tensor x)
                {
                    x = Separable(x, 4, stride: 1);
                    x = Separable(x, 5, stride: 2);
                    return x.Mean(2).Mean(1).Linear(3);
                }

                private static Tensor Separable(Tensor x, int channels, int stride)
                    => x.Conv2d(x.Shape[0], kernel: 3, stride: stride, padding: 1, groups: x.Shape[0], bias: false).BatchNorm().Sigmoid().Conv2d(channels, kernel: 1).Tanh();
            }
            """,
        ["ResidualConvolutions"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class ResidualConvolutions
            {
                private static Tensor Forward([Input(2, 6, 6)] Tensor image)
                {
                    var x = image + image.Conv2d(2, kernel: 3, padding: 1).Tanh();
                    x = Residual(x, 3, stride: 1);
                    x = Residual(x, 3, stride: 2);
                    return x.AvgPool2d(3).Flatten().Linear(4);
                }

                private static Tensor Residual(Tensor x, int channels, int stride)
                {
                    var y = x.Conv2d(channels, kernel: 3, stride: stride, padding: 1, bias: false).BatchNorm().Silu().Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm();
                    var shortcut = stride == 1 && x.Shape[0] == channels ? x : x.Conv2d(channels, kernel: 1, stride: stride, bias: false).BatchNorm();
                    return (y + shortcut).Sigmoid();
                }
            }
            """,
        ["Pools"] = """
            [Model{P}, MeanSquaredError]
            public partial class Pools
            {
                // Odd extents, windows that overlap, stand apart, reach into the border and leave a rest.
                private static Tensor Forward([Input(2, 7, 5)] Tensor x)
                {
                    var y = x.Conv2d(3, kernel: 3, padding: 1);
                    var a = y.MaxPool2d(3, stride: 2, padding: 1);
                    var b = y.AvgPool2d(3, stride: 2, padding: 1);
                    var c = y.MaxPool2d(2, stride: 3).Flatten();
                    return Tensor.Concat([(a * b).Flatten(), c, y.AvgPool2d(2).Flatten(), x.MaxPool2d(3, stride: 1).Flatten()]).Linear(3);
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
        ["TransposedConvolutionOptions"] = """
            [Model{P}, MeanSquaredError]
            public partial class TransposedConvolutionOptions
            {
                private static Tensor Forward([Input(5)] Tensor x)
                {
                    // A decoder: what is reshaped lies in the image's order.
                    var y = x.Linear(24).Tanh().Reshape(4, 2, 3);
                    y = y.ConvTranspose2d(6, kernel: 2, dilation: 2, groups: 2, stride: 3, outputPadding: 2, bias: false).Silu();
                    return y.ConvTranspose2d(3, kernel: 1, stride: 2, groups: 3, padding: 1).Sigmoid()[.., 2..9, 1..6];
                }
            }
            """,
        ["UNet"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class UNet
            {
                private static Tensor Forward([Input(1, 6, 8)] Tensor image)
                {
                    var high = image.Conv2d(3, kernel: 3, padding: 1).Tanh();
                    var low = high.MaxPool2d(2).Conv2d(4, kernel: 3, padding: 1).Silu();
                    var up = low.ConvTranspose2d(2, kernel: 2, stride: 2);
                    return Tensor.Concat([up, high, image]).Conv2d(3, kernel: 1);
                }
            }
            """,
        ["ConvolutionAfterTranspose"] = """
            [Model{P}, MeanSquaredError]
            public partial class ConvolutionAfterTranspose
            {
                private static Tensor Forward([Input(5, 4, 2)] Tensor x)
                {
                    // Channels last by hand, and an image whose height and width are exchanged.
                    var y = x.Transpose(2, 0, 1).Conv2d(3, kernel: 2).Tanh();
                    var z = y.Transpose(0, 2, 1).Conv2d(2, kernel: 2).Softmax(0);
                    return z.Transpose(1, 2, 0).LayerNorm() * z.Transpose(1, 2, 0).Max(0).Norm(0);
                }
            }
            """,
        ["SumsOfViews"] = """
            [Model{P}, MeanSquaredError]
            public partial class SumsOfViews
            {
                // Everything in one number, of what does not lie in one row: transposed, cut out, in panels.
                private static Tensor Forward([Input(3, 4)] Tensor x)
                {
                    var matrix = Tensor.Parameter([4, 6], Init.Normal, name: "matrix");
                    var y = x.MatMul(matrix);
                    var gate = x.Flatten().Linear(24).Reshape(4, 6);
                    var image = gate.Reshape(2, 3, 4)[.., 1..3, 0..3];
                    return Tensor.Stack([x.Transpose().Sum() * matrix.Sum(), y[.., 1..4].Mean(), y.Transpose()[.., 0..2].Max(), (gate * matrix).Sum(), image.Norm(), image.Sum()]).Linear(2);
                }
            }
            """,
        ["NormsOfImages"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class NormsOfImages
            {
                private static Tensor Forward([Input(2, 4, 4)] Tensor x)
                {
                    var y = x.Conv2d(4, kernel: 3, padding: 1, bias: false).BatchNorm();
                    var scale = Tensor.Parameter([4, 1, 1], Initializer.Constant(0.7), name: "scale");
                    var centred = y - y.Mean(0, keep: true);
                    var map = (centred * (1 + Tensor.Parameter([4], Init.Normal, name: "columns"))).LayerNorm() * scale;
                    map *= (y > 0.1).OneHot(2)[.., .., .., 1] + 0.5;
                    return (map.Max(0) + map[1] * map[0..1].Reshape(4, 4)).Flatten().Linear(3);
                }
            }
            """,
    };
}
