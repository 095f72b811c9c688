namespace DlGen.Gpu.Models;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(784)]
[Linear(256), Relu, Linear(128), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class Mlp;

/// <summary>LeCun et al. 1998, with ReLU and maxima in place of its sigmoids and means.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Input(1, 28, 28)]
[Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2)]
[Conv2d(16, Kernel = 5), Relu, MaxPool2d(2)]
[Flatten, Linear(120), Relu, Linear(84), Relu, Linear(10)]
[SoftmaxCrossEntropy]
public partial class LeNet5;

/// <summary>He et al. 2015, for small pictures.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), SoftmaxCrossEntropy]
public partial class ResNet
{
    private static Tensor Forward([Input(3, 32, 32)] Tensor images)
    {
        var x = Residual(Normalised(images, 32).Relu());
        x = Residual(Normalised(x.MaxPool2d(2), 64).Relu());
        return x.GlobalAvgPool2d().Linear(10);
    }

    private static Tensor Residual(Tensor x) => (x + Normalised(Normalised(x, x.Shape[0]).Relu(), x.Shape[0])).Relu();

    private static Tensor Normalised(Tensor x, int channels) => x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm();
}

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(28, 28), Lstm(64), Linear(10), SoftmaxCrossEntropy]
public partial class LstmClassifier;

[Model(Targets = Targets.Cpu | Targets.Cuda), Input(28, 28), Gru(64), Linear(10), SoftmaxCrossEntropy]
public partial class GruClassifier;

/// <summary>GPT-2's network (Radford et al. 2019), small, with tied tables.</summary>
[Model(Targets = Targets.Cpu | Targets.Cuda), Initialize(Init.Normal, Scale = 0.02), SoftmaxCrossEntropy]
public partial class Gpt
{
    public const int Context = 64, Vocabulary = 65;

    private const int Width = 128;

    private static Tensor Forward([Tokens(Context, Vocabulary)] Tensor tokens)
    {
        var table = Tensor.Parameter([Vocabulary, Width], Initializer.Normal(0.02), name: "tokens");
        var x = tokens.Embedding(table).PositionEmbedding();
        for (int i = 0; i < 4; i++)
        {
            x += x.LayerNorm().Attention(heads: 4, causal: true);
            x += x.LayerNorm().Linear(4 * Width).Gelu().Linear(Width);
        }

        return x.LayerNorm().MatMul(table.Transpose());
    }
}
