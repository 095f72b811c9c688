using DlGen;

namespace Vision;

/// <summary>Simonyan and Zisserman 2014, for small pictures: stages of 3 × 3 convolutions, each half as large and twice as deep as the one before.</summary>
[Model, Input(1, 28, 28)]
[Normalize(0.286, 0.353)]
[Block(nameof(Stage), 32, 2), Block(nameof(Stage), 64, 2)]
[Flatten, Dropout(0.5), Linear(128), Relu, Dropout(0.5), Linear(10)]
[SoftmaxCrossEntropy]
public partial class Vgg
{
    private static Tensor Stage(Tensor x, int channels, int convolutions)
    {
        for (int i = 0; i < convolutions; i++) x = x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm().Relu();
        return x.MaxPool2d(2);
    }
}
