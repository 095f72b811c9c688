using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Networks of the well-known families, written as one would write them.</summary>
public class NetworkFamilyTests
{
    [Fact]
    public Task ResNet() => Family("(10)", """
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Input(3, 32, 32)] Tensor image)
            {
                var x = image.Conv2d(8, kernel: 3, padding: 1, bias: false).BatchNorm().Relu();
                foreach (int width in (int[])[8, 16, 32])
                {
                    x = Residual(x, width, stride: width == 8 ? 1 : 2);
                    x = Residual(x, width);
                }
                return x.AvgPool2d(8).Flatten().Linear(10);
            }

            private static Tensor Residual(Tensor x, int channels, int stride = 1)
            {
                var y = x.Conv2d(channels, kernel: 3, stride: stride, padding: 1, bias: false).BatchNorm().Relu()
                         .Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm();
                var shortcut = stride == 1 ? x : x.Conv2d(channels, kernel: 1, stride: stride, bias: false).BatchNorm();
                return (shortcut + y).Relu();
            }
        }
        """);

    [Fact]
    public Task DenseNet() => Family("(10)", """
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Input(3, 32, 32)] Tensor image)
            {
                var x = image.Conv2d(8, kernel: 3, padding: 1, bias: false);
                foreach (int layers in (int[])[2, 3])
                {
                    for (int i = 0; i < layers; i++) x = Tensor.Concat(x, x.BatchNorm().Relu().Conv2d(4, kernel: 3, padding: 1));
                    x = x.BatchNorm().Relu().Conv2d(x.Shape[0] / 2, kernel: 1).AvgPool2d(2);
                }
                return x.AvgPool2d(8).Flatten().Linear(10);
            }
        }
        """);

    [Fact]
    public Task UNet() => Family("(1, 32, 32)", """
        [Model]
        public partial class Net
        {
            private static Tensor Forward([Input(1, 32, 32)] Tensor image) => Level(image, 4, depth: 3).Conv2d(1, kernel: 1);

            private static Tensor Level(Tensor x, int channels, int depth)
            {
                x = Twice(x, channels);
                if (depth == 0) return x;
                var below = Level(x.MaxPool2d(2), 2 * channels, depth - 1);
                return Twice(Tensor.Concat(x, below.ConvTranspose2d(channels, kernel: 2, stride: 2)), channels);
            }

            private static Tensor Twice(Tensor x, int channels)
            {
                for (int i = 0; i < 2; i++) x = x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm().Relu();
                return x;
            }

            private static Tensor Loss(Tensor logits, [Target(1, 32, 32)] Tensor mask)
            {
                var p = logits.Sigmoid();
                var dice = 1 - (2 * (p * mask).Sum() + 1) / (p.Sum() + mask.Sum() + 1);
                return logits.SigmoidCrossEntropy(mask) + dice;
            }
        }
        """);

    /// <summary>The same with the levels in a list: down the slope, and up again.</summary>
    [Fact]
    public Task UNet_with_a_list_of_levels() => Family("(1, 32, 32)", """
        [Model]
        public partial class Net
        {
            private static readonly int[] Widths = [4, 8, 16];

            private static Tensor Forward([Input(1, 32, 32)] Tensor x)
            {
                var levels = new System.Collections.Generic.List<Tensor>();
                foreach (int width in Widths)
                {
                    x = Twice(x, width);
                    levels.Add(x);
                    x = x.MaxPool2d(2);
                }
                x = Twice(x, 2 * Widths[^1]);
                while (levels.Count > 0)
                {
                    var skip = levels[^1];
                    levels.RemoveAt(levels.Count - 1);
                    x = Twice(Tensor.Concat(skip, x.ConvTranspose2d(skip.Shape[0], kernel: 2, stride: 2)), skip.Shape[0]);
                }
                return x.Conv2d(1, kernel: 1);

                static Tensor Twice(Tensor x, int channels) => Repeat(2, x, y => y.Conv2d(channels, kernel: 3, padding: 1).Relu());
                static Tensor Repeat(int times, Tensor x, System.Func<Tensor, Tensor> layer)
                {
                    for (int i = 0; i < times; i++) x = layer(x);
                    return x;
                }
            }
        }
        """);

    [Fact]
    public Task VisionTransformer() => Family("(10)", """
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private const int Patch = 4, Width = 24;

            private static Tensor Forward([Input(3, 16, 16)] Tensor image)
            {
                var (channels, height, width) = image.Shape;
                var patches = image.Reshape(channels, height / Patch, Patch, width / Patch, Patch).Transpose(1, 3, 0, 2, 4).Reshape(-1, channels * Patch * Patch);
                var x = Tensor.Concat(Tensor.Parameter([1, Width]), patches.Linear(Width)).PositionEmbedding();
                for (int i = 0; i < 2; i++)
                {
                    x += x.LayerNorm().Attention(heads: 3);
                    x += x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
                }
                return x[0].LayerNorm().Linear(10);
            }
        }
        """);

    private static async Task Family(string output, string source)
    {
        var model = Model.Source(source);
        Assert.Equal(output, model.Output);
        Assert.Empty((await TestCompilation.AnalyzeGenerated(TestCompilation.Compile(model.Text))).Select(d => d.ToString()));
    }
}
