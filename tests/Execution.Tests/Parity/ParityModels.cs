using DlGen.Tests.Programs;

namespace DlGen.Tests.Parity;

/// <summary>A model that has a PyTorch twin of the same name in Fixtures/make_fixtures.py.</summary>
/// <param name="Attributes">Input, layers and loss.</param>
/// <param name="LargestSum">The most terms that one sum in it adds: Float32's bound grows with its root.</param>
/// <param name="Body">The members of the class, for a model in Forward form.</param>
internal sealed record ParityModel(string Name, string Attributes, Func<Optimizer> Optimizer, int LargestSum, string Body = "");

/// <summary>Every layer, activation, loss and optimizer option, and what Forward adds to them, as the script has them.</summary>
internal static partial class ParityModels
{
    public static IReadOnlyList<ParityModel> All { get; } =
    [
        Model("Linear", "Input(7), Linear(5), MeanSquaredError"),
        Model("LinearWithoutBias", "Input(7), Linear(5, Bias = false), MeanSquaredError"),
        Model("LinearWide", "Input(70), Linear(35), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.5), 70),
        Model("LinearOverSequence", "Input(6, 5), Linear(4), Gelu, LayerNorm, Flatten, Linear(3), MeanSquaredError"),
        Model("LayerNorm", "Input(6), Linear(9), LayerNorm, Linear(3), MeanSquaredError"),
        Model("LayerNormEpsilon", "Input(6), Linear(9), LayerNorm(Epsilon = 1e-2), Linear(3), MeanSquaredError"),
        Model("BatchNorm", "Input(6), Linear(9, Bias = false), BatchNorm, Tanh, Linear(3), MeanSquaredError"),
        Model("BatchNormOptions", "Input(6), Linear(9, Bias = false), BatchNorm(Epsilon = 1e-2, Momentum = 0.3), Tanh, BatchNorm, Linear(3), MeanSquaredError", largestSum: 70),
        Model("BatchNormOverImage", "Input(24), Reshape(3, 4, 2), BatchNorm, Gelu, Flatten, Linear(3), MeanSquaredError"),
        Model("NormsOverVolume", "Input(2, 3, 4, 3), Conv3d(4, Kernel = 2, Bias = false), BatchNorm, Tanh, GroupNorm(2), Tanh, InstanceNorm(Affine = true), Flatten, Linear(3), MeanSquaredError", largestSum: 200),
        .. Sequences,
        Convolved("Conv2d", "2, 5, 4", "Conv2d(4, Kernel = 3)"),
        Convolved("Conv2dStride", "2, 6, 5", "Conv2d(3, Kernel = 3, Stride = 2)"),
        Convolved("Conv2dPadding", "2, 3, 4", "Conv2d(3, Kernel = 3, Padding = 2)", 90),
        Convolved("Conv2dDilation", "2, 4, 5", "Conv2d(3, Kernel = 2, Dilation = 2)"),
        Convolved("Conv2dGroups", "4, 4, 3", "Conv2d(6, Kernel = 3, Groups = 2)"),
        Convolved("Conv2dDepthwise", "3, 4, 3", "Conv2d(6, Kernel = 3, Padding = 1, Groups = 3)", 72),
        Convolved("Conv2dAlone", "2, 3, 13", "Conv2d(2, Kernel = 3, Padding = 1, Groups = 2)", 78),
        Convolved("Conv2dWithoutBias", "2, 3, 3", "Conv2d(3, Kernel = 2, Bias = false)"),
        Convolved("Conv1d", "6, 3", "Conv1d(4, Kernel = 3)"),
        Convolved("Conv1dOptions", "9, 4", "Conv1d(6, Kernel = 3, Stride = 2, Padding = 2, Dilation = 2, Groups = 2, Bias = false)", 30),
        Convolved("Conv3d", "2, 3, 4, 3", "Conv3d(3, Kernel = 2)", 60),
        Convolved("Conv3dOptions", "4, 3, 4, 5", "Conv3d(2, Kernel = 2, Stride = 2, Padding = 1, Dilation = 2, Groups = 2, Bias = false)", 60),
        Model("ConvTranspose2d", "Input(2, 3, 4), ConvTranspose2d(3, Kernel = 3), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dStride", "Input(2, 3, 2), ConvTranspose2d(3, Kernel = 3, Stride = 2), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dPadding", "Input(2, 3, 2), ConvTranspose2d(3, Kernel = 4, Stride = 2, Padding = 1), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dOutputPadding", "Input(2, 3, 2), ConvTranspose2d(3, Kernel = 3, Stride = 2, Padding = 1, OutputPadding = 1), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dDilation", "Input(2, 3, 2), ConvTranspose2d(3, Kernel = 2, Dilation = 2), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dGroups", "Input(4, 2, 3), ConvTranspose2d(6, Kernel = 2, Groups = 2), Tanh, MeanSquaredError", largestSum: 60),
        Model("ConvTranspose2dWithoutBias", "Input(2, 2, 3), ConvTranspose2d(3, Kernel = 2, Bias = false), Tanh, MeanSquaredError", largestSum: 60),
        Pooled("MaxPool2d", "MaxPool2d(2)"),
        Pooled("MaxPool2dOverlapping", "MaxPool2d(3, Stride = 1)"),
        Pooled("MaxPool2dPadding", "MaxPool2d(3, Stride = 2, Padding = 1)"),
        Pooled("AvgPool2d", "AvgPool2d(2)"),
        Pooled("AvgPool2dOverlapping", "AvgPool2d(3, Stride = 1)"),
        Pooled("AvgPool2dPadding", "AvgPool2d(3, Stride = 2, Padding = 1)"),
        Pooled("MaxPool2dOptions", "MaxPool2d(2, Stride = 2, Padding = 1, Dilation = 2, CeilMode = true)"),
        Pooled("AvgPool2dCeil", "AvgPool2d(3, Stride = 2, Padding = 1, CeilMode = true)"),
        Pooled("AvgPool2dWithoutPadding", "AvgPool2d(3, Stride = 2, Padding = 1, CountPadding = false)"),
        PooledOver("MaxPool1d", "7, 3", "Linear(3), MaxPool1d(2)"),
        PooledOver("MaxPool1dOptions", "8, 3", "Linear(3), MaxPool1d(3, Stride = 2, Padding = 1, Dilation = 2, CeilMode = true)"),
        PooledOver("MaxPool1dBeyond", "2, 3", "Linear(3), MaxPool1d(3, Stride = 2, CeilMode = true)"),
        PooledOver("MaxPool3d", "2, 4, 5, 6", "Conv3d(2, Kernel = 1), MaxPool3d(2)"),
        PooledOver("MaxPool3dOptions", "2, 4, 5, 6", "Conv3d(2, Kernel = 1), MaxPool3d(3, Stride = 2, Padding = 1, CeilMode = true)"),
        PooledOver("AvgPool1d", "7, 3", "Linear(3), AvgPool1d(2)"),
        PooledOver("AvgPool1dOptions", "8, 3", "Linear(3), AvgPool1d(3, Stride = 2, Padding = 1, CeilMode = true, CountPadding = false)"),
        PooledOver("AvgPool3d", "2, 4, 5, 6", "Conv3d(2, Kernel = 1), AvgPool3d(2)"),
        PooledOver("AvgPool3dOptions", "2, 4, 5, 6", "Conv3d(2, Kernel = 1), AvgPool3d(3, Stride = 2, Padding = 1, CeilMode = true, CountPadding = false)"),
        Model("GlobalMaxPool1d", "Input(5, 3), Linear(4), GlobalMaxPool1d, Linear(2), MeanSquaredError"),
        Model("GlobalAvgPool1d", "Input(5, 3), Linear(4), Tanh, GlobalAvgPool1d, Linear(2), MeanSquaredError"),
        Model("GlobalMaxPool2d", "Input(2, 5, 6), Conv2d(4, Kernel = 3), GlobalMaxPool2d, Linear(2), MeanSquaredError", largestSum: 60),
        Model("GlobalAvgPool2d", "Input(2, 5, 6), Conv2d(4, Kernel = 3), Tanh, GlobalAvgPool2d, Linear(2), MeanSquaredError", largestSum: 60),
        Widened("Upsample2d", "Upsample2d(3)"),
        Widened("Upsample2dBilinear", "Upsample2d(3, Mode = UpsampleMode.Bilinear)"),
        Widened("Upsample2dBilinearEven", "Upsample2d(2, Mode = UpsampleMode.Bilinear)"),
        Widened("Upsample2dAlignCorners", "Upsample2d(3, Mode = UpsampleMode.Bilinear, AlignCorners = true)"),
        Widened("Pad", "Pad(1)"),
        Widened("PadSides", "Pad(1, 0, 2, 3, Value = 0.5)"),
        Widened("PadReflect", "Pad(1, 2, 0, 1, Mode = PadMode.Reflect)"),
        Widened("PadReplicate", "Pad(3, 1, 2, 0, Mode = PadMode.Replicate)"),
        Widened("PadCircular", "Pad(1, 3, 0, 2, Mode = PadMode.Circular)"),
        Model("PadSequence", "Input(5, 3), Linear(3), Pad(2, 1, Mode = PadMode.Reflect), Flatten, Linear(2), MeanSquaredError", largestSum: 40),
        Model("LeNet",
            "Input(1, 12, 12), Conv2d(4, Kernel = 5, Padding = 2, Bias = false), BatchNorm, Silu, MaxPool2d(2), Conv2d(6, Kernel = 3), Tanh, AvgPool2d(2), Flatten, Linear(8), Silu, Linear(5), SoftmaxCrossEntropy",
            largestSum: 1008),
        new("ResidualConvolutions", "SoftmaxCrossEntropy", () => DlGen.Optimizer.Sgd(0.05), 180, """
            private static Tensor Forward([Input(2, 5, 6)] Tensor image)
            {
                var x = image.Conv2d(3, kernel: 3, padding: 1);
                x = Residual(x, 3, 1);
                return Residual(x, 4, 2).AvgPool2d(2, stride: 1).Flatten().Linear(3);
            }

            private static Tensor Residual(Tensor x, int channels, int stride)
            {
                var y = x.Conv2d(channels, 3, stride, padding: 1, bias: false).BatchNorm().Silu().Conv2d(channels, 3, padding: 1, bias: false).BatchNorm();
                return (y + (stride == 1 && x.Shape[0] == channels ? x : x.Conv2d(channels, 1, stride, bias: false).BatchNorm())).Tanh();
            }
            """),
        Model("WinogradConvolutions",
            "Input(2, 4, 5), Conv2d(16, Kernel = 2, Padding = 1), Silu, Conv2d(16, Kernel = 3, Padding = 1, Bias = false), BatchNorm, Tanh, GlobalAvgPool2d, Linear(3), SoftmaxCrossEntropy", largestSum: 500),
        Model("WinogradConvolutionsOfFive",
            "Input(2, 5, 7), Conv2d(6, Kernel = 2, Padding = 1), Silu, Conv2d(16, Kernel = 5, Bias = false), BatchNorm, Tanh, GlobalAvgPool2d, Linear(3), SoftmaxCrossEntropy", largestSum: 500),
        Model("SoftmaxCrossEntropyOverImage", "Input(2, 4, 5), Conv2d(4, Kernel = 3, Padding = 1), Tanh, Conv2d(3, Kernel = 1), SoftmaxCrossEntropy", largestSum: 100),
        Model("GroupNorm", "Input(6), Linear(12), GroupNorm(3), Tanh, Linear(3), MeanSquaredError"),
        Model("GroupNormOverImage", "Input(24), Reshape(6, 2, 2), GroupNorm(2, Epsilon = 1e-2), Gelu, Flatten, Linear(3), MeanSquaredError"),
        Model("RmsNorm", "Input(6), Linear(9), RmsNorm, Linear(3), MeanSquaredError"),
        Model("RmsNormEpsilon", "Input(4, 6), RmsNorm(Epsilon = 1e-2), Tanh, Linear(3), MeanSquaredError"),
        Model("InstanceNorm", "Input(12), Linear(24, Bias = false), Reshape(3, 4, 2), InstanceNorm, Gelu, Flatten, Linear(3), MeanSquaredError"),
        Model("InstanceNormOverSequence", "Input(7, 4), Linear(5, Bias = false), InstanceNorm(Affine = true, Epsilon = 1e-3), Tanh, Linear(3), MeanSquaredError"),
        Model("Reshape", "Input(12), Reshape(3, 4), Linear(5), Tanh, Flatten, Linear(2), MeanSquaredError"),
        Model("Standardize", "Input(7), Standardize, Linear(5), MeanSquaredError"),
        Model("MinMaxScale", "Input(3, 2, 4), MinMaxScale, Flatten, Linear(5), MeanSquaredError"),
        Model("Normalize", "Input(7), Normalize(0.5, 0.25), Linear(5), MeanSquaredError"),

        Model("Embedding", "Tokens(6, 11), Embedding(5), Flatten, Linear(3), MeanSquaredError"),
        Model("EmbeddingMean", "SoftmaxCrossEntropy", () => DlGen.Optimizer.Sgd(0.2, momentum: 0.9), 70,
            "private static Tensor Forward([Tokens(5, 7)] Tensor words) => words.Embedding(9).Mean(0).Tanh().Linear(4);"),
        Model("PositionEmbedding", "Tokens(4, 3), Embedding(5), PositionEmbedding, LayerNorm, Linear(2), MeanSquaredError"),
        Model("EmbeddingTied", "SoftmaxCrossEntropy", () => DlGen.Optimizer.AdamW(0.01), 35, """
            private static Tensor Forward([Tokens(5, 35)] Tensor ids)
            {
                var table = Tensor.Parameter([35, 6], name: "tokens");
                var x = ids.Embedding(table).PositionEmbedding();
                x += x.LayerNorm().Linear(9).Gelu().Linear(6);
                return x.LayerNorm().MatMul(table.Transpose());
            }
            """),

        Around("Relu", "Relu"),
        Around("LeakyRelu", "LeakyRelu"),
        Around("LeakyReluSlope", "LeakyRelu(0.2)"),
        Around("Elu", "Elu"),
        Around("EluAlpha", "Elu(0.7)"),
        Around("Selu", "Selu"),
        Around("Gelu", "Gelu"),
        Around("Silu", "Silu"),
        Around("Mish", "Mish"),
        Around("Sigmoid", "Sigmoid"),
        Around("Tanh", "Tanh"),
        Around("Softplus", "Softplus"),
        Around("HardSwish", "HardSwish"),
        Around("Step", "Step"),
        Around("Softmax", "Softmax"),
        Around("LogSoftmax", "LogSoftmax", 0.002),

        Model("MeanSquaredError", "Input(6), Linear(4), MeanSquaredError"),
        Model("MeanAbsoluteError", "Input(6), Linear(4), MeanAbsoluteError"),
        Model("Huber", "Input(6), Linear(4), Huber"),
        Model("HuberDelta", "Input(5, 3), Linear(4), Huber(0.3)"),
        Model("Hinge", "Input(6), Linear(4), Hinge"),
        Model("NegativeLogLikelihood", "Input(6), Linear(9), Tanh, Linear(5), LogSoftmax, NegativeLogLikelihood"),
        Model("NegativeLogLikelihoodIgnore", "Input(6, 4), Linear(5), LogSoftmax, NegativeLogLikelihood(Ignore = -1)"),
        Model("KullbackLeibler", "Input(6), Linear(9), Tanh, Linear(5), LogSoftmax, KullbackLeibler"),
        Model("SigmoidCrossEntropy", "Input(6), Linear(4), SigmoidCrossEntropy"),
        Model("SoftmaxCrossEntropy", "Input(6), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy"),
        Model("SoftmaxCrossEntropySmoothing", "Input(6), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1)"),
        Model("SoftmaxCrossEntropyIgnore", "Input(6), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1, Ignore = -1)"),
        Model("SoftmaxCrossEntropyIgnoreOverSequence", "Input(6, 4), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy(Ignore = 2)"),
        Written("WeightedRows", """
            private static Tensor Forward([Input(6)] Tensor x) => x.Linear(9).Tanh().Linear(4);

            private static (Tensor Loss, Tensor Weight) Loss(Tensor output, [Target(4)] Tensor target, [Target] Tensor weight)
                => (output.MeanSquaredError(target), weight);
            """),
        Written("SummedLabels", """
            private static Tensor Forward([Input(5, 3)] Tensor words) => words.Linear(8).Tanh().Linear(4);

            private static Tensor Loss(Tensor logits, [Label(4, Length = 5, Ignore = -1)] Tensor tag)
                => logits.SoftmaxCrossEntropy(tag, labelSmoothing: 0.1, reduction: Reduction.Sum) + logits.LogSoftmax().NegativeLogLikelihood(tag, reduction: Reduction.None).Sum();
            """),
        Written("MaskedTagging", """
            private static Tensor Forward([Input(5, 3)] Tensor words) => words.Linear(8).Tanh().Linear(4);

            private static (Tensor Loss, Tensor Weight) Loss(Tensor logits, [Label(4, Length = 5, Ignore = -1)] Tensor tag, [Target] Tensor confidence)
                => (logits.SoftmaxCrossEntropy(tag, reduction: Reduction.None), confidence * (tag != -1));
            """),
        Model("SoftmaxCrossEntropyOverSequence", "Input(6, 4), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy"),

        TrainedBy("Sgd", () => DlGen.Optimizer.Sgd(0.1)),
        TrainedBy("SgdMomentum", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.9)),
        TrainedBy("SgdNesterov", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.8, nesterov: true)),
        TrainedBy("SgdWeightDecay", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.9, weightDecay: 0.05)),
        TrainedBy("Adam", () => DlGen.Optimizer.Adam(0.01)),
        TrainedBy("AdamOptions", () => DlGen.Optimizer.Adam(0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)),
        TrainedBy("AdamW", () => DlGen.Optimizer.AdamW(0.01)),
        TrainedBy("AdamWOptions", () => DlGen.Optimizer.AdamW(0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3)),

        TrainedBy("Nadam", () => DlGen.Optimizer.Nadam(0.01, weightDecay: 0.1)),
        TrainedBy("AdaGrad", () => DlGen.Optimizer.AdaGrad(0.1, rateDecay: 0.1)),
        TrainedBy("RmsProp", () => DlGen.Optimizer.RmsProp(0.01, epsilon: 1e-3)),
        TrainedBy("RmsPropOptions", () => DlGen.Optimizer.RmsProp(0.005, alpha: 0.9, epsilon: 1e-2, momentum: 0.5, centered: true, weightDecay: 0.1)),

        new("AllStructures", "", () => DlGen.Optimizer.Adam(0.01, epsilon: 1e-3), 1120, AllStructures.Body),
        Model("DeepMlp",
            "Input(20), Linear(33), Silu, Linear(17), LayerNorm, Gelu, Linear(64), Tanh, Linear(31, Bias = false), Mish, Linear(10), SoftmaxCrossEntropy",
            () => DlGen.Optimizer.Adam(1e-3), 64),

        Written("Choices", """
            private static Tensor Forward([Input(7)] Tensor x)
            {
                var (gate, left, right) = x.Linear(12).Split(3);
                var (first, rest) = right.Split([1, 3]);
                var chosen = Tensor.Where(gate > 0.1, left, right.Tanh()).LogSoftmax();
                return Tensor.Concat(chosen * left.ArgMax(-1).OneHot(4), rest * first).Linear(2) + 0.1 * right.ArgMax();
            }

            private static Tensor Loss(Tensor output, [Target(2)] Tensor target) => output.MeanSquaredError(target);
            """),
        Written("TwoHeads", """
            private static (Tensor Kind, Tensor Size) Forward([Input(6)] Tensor x, [Input(3)] Tensor context)
            {
                var features = (x.Linear(9, name: "features") + context.Linear(9, name: "context")).Tanh();
                return (features.Linear(5, name: "kind"), features.Linear(2, name: "size"));
            }

            private static Tensor Loss((Tensor Kind, Tensor Size) output, [Label(5)] Tensor kind, [Target(2)] Tensor size)
                => output.Kind.SoftmaxCrossEntropy(kind) + 0.5 * output.Size.MeanSquaredError(size);
            """),
        Written("TiedWeights", """
            private static Tensor Forward([Input(7)] Tensor x)
            {
                var weight = Tensor.Parameter([4, 7], Initializer.Normal(0.4), name: "weight");
                return x.MatMul(weight.Transpose()).Tanh().MatMul(weight);
            }

            private static Tensor Loss(Tensor output, [Target(7)] Tensor target) => output.MeanSquaredError(target);
            """),
        Written("FrozenLayer", """
            private static Tensor Forward([Input(6)] Tensor x)
            {
                var features = x.Linear(9, frozen: true, name: "fixed").Tanh().Linear(7, name: "moving");
                return (features * features.StopGradient().Sigmoid()).Linear(3, name: "head");
            }

            private static Tensor Loss(Tensor output, [Target(3)] Tensor target) => output.MeanSquaredError(target);
            """, () => DlGen.Optimizer.Sgd(0.1, momentum: 0.9, weightDecay: 0.1)),
    ];

    /// <summary>The C# class; its namespace is Parity.Float64 or Parity.Float32. A suffix, because a class named Linear would hide the attribute.</summary>
    public static string Source(ParityModel model, bool float64) => $$"""
        namespace Parity.{{(float64 ? "Float64" : "Float32")}}
        {
            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}{{(model.Attributes.Length == 0 ? "" : ", " + model.Attributes)}}]
            public partial class {{model.Name}}Model
            {
                {{model.Body}}
            }
        }
        """;

    public static string ClassName(ParityModel model, bool float64) => $"Parity.{(float64 ? "Float64" : "Float32")}.{model.Name}Model";

    private static ParityModel Model(string name, string attributes, Func<Optimizer>? optimizer = null, int largestSum = 24, string body = "")
        => new(name, attributes, optimizer ?? (() => DlGen.Optimizer.Sgd(0.05)), largestSum, body);

    private static ParityModel Written(string name, string body, Func<Optimizer>? optimizer = null)
        => new(name, "", optimizer ?? (() => DlGen.Optimizer.Sgd(0.05)), 24, body);

    private static ParityModel Attending(string name, string body, string loss = "") => new(name, loss, () => DlGen.Optimizer.AdamW(0.01, epsilon: 1e-3), 100, body);

    private static ParityModel Around(string name, string activation, double learningRate = 0.05)
        => Model(name, $"Input(7), Linear(11), {activation}, Linear(3), MeanSquaredError", () => DlGen.Optimizer.Sgd(learningRate));

    private static ParityModel Convolved(string name, string image, string layer, int largestSum = 24)
        => Model(name, $"Input({image}), {layer}, Tanh, Flatten, Linear(3), MeanSquaredError", largestSum: largestSum);

    private static ParityModel Pooled(string name, string layer) => Model(name, $"Input(1, 7, 6), Conv2d(3, Kernel = 3), {layer}, Flatten, Linear(3), MeanSquaredError", largestSum: 100);

    private static ParityModel PooledOver(string name, string shape, string layers) => Model(name, $"Input({shape}), {layers}, Flatten, Linear(3), MeanSquaredError", largestSum: 200);

    private static ParityModel Widened(string name, string layer) => Model(name, $"Input(2, 5, 4), Conv2d(3, Kernel = 2), {layer}, Tanh, Flatten, Linear(3), MeanSquaredError", largestSum: 350);

    private static ParityModel TrainedBy(string name, Func<Optimizer> optimizer) => Model(name, "Input(6), Linear(13), Tanh, Linear(4), MeanSquaredError", optimizer);
}
