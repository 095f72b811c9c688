namespace DlGen.Tests.Parity;

/// <summary>A model that has a PyTorch twin of the same name in Fixtures/make_fixtures.py.</summary>
/// <param name="Attributes">Input, layers and loss.</param>
/// <param name="LargestSum">The most terms that one sum in it adds: Float32's bound grows with its root.</param>
/// <param name="Body">The members of the class, for a model in Forward form.</param>
internal sealed record ParityModel(string Name, string Attributes, Func<Optimizer> Optimizer, int LargestSum, string Body = "");

/// <summary>Every layer, activation, loss and optimizer option, as the script has them.</summary>
internal static class ParityModels
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
        Model("Lstm", "Input(7, 3), Lstm(5), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmSequence", "Input(7, 3), Lstm(5, ReturnSequence = true), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmLayers", "Input(4, 3), Lstm(5, Layers = 3), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmBidirectional", "Input(6, 3), Lstm(5, Bidirectional = true), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2)),
        Model("LstmOptions", "Input(5, 3), Lstm(5, Layers = 2, Bidirectional = true, ReturnSequence = true), Tanh, Lstm(4), Linear(2), MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2), 350),
        new("Scan", "MeanSquaredError", () => DlGen.Optimizer.Sgd(0.2), 24, """
            private static Tensor Forward([Input(6, 3)] Tensor x) => Tensor.Scan(x, Tensor.Zeros(5), Cell).Linear(2);

            private static Tensor Cell(Tensor state, Tensor step)
            {
                var both = Tensor.Concat(state, step);
                var gate = both.Linear(5).Sigmoid();
                return gate * state + (1 - gate) * both.Linear(5).LayerNorm().Tanh();
            }
            """),
        Model("Attention", "Input(5, 6), Attention(2), MeanSquaredError"),
        Model("AttentionCausal", "Input(7, 4), Linear(8), Attention(4, Causal = true), Tanh, Linear(3), MeanSquaredError"),
        Model("AttentionOneHead", "Input(3, 5), Attention(1, Bias = false), Flatten, Linear(2), MeanSquaredError"),
        new("AttentionBlocks", "SoftmaxCrossEntropy", () => DlGen.Optimizer.AdamW(0.01, epsilon: 1e-3), 24, """
            private static Tensor Forward([Input(6, 3)] Tensor x)
            {
                x = x.Linear(6);
                for (int i = 0; i < 2; i++) x = Block(x);
                return x.LayerNorm().Linear(4);
            }

            private static Tensor Block(Tensor x)
            {
                x += x.LayerNorm().Attention(heads: 3, causal: true);
                return x + x.LayerNorm().Linear(12).Gelu().Linear(6);
            }
            """),
        Model("Reshape", "Input(12), Reshape(3, 4), Linear(5), Tanh, Flatten, Linear(2), MeanSquaredError"),
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
        Around("Softmax", "Softmax"),
        Around("LogSoftmax", "LogSoftmax", 0.002),

        Model("MeanSquaredError", "Input(6), Linear(4), MeanSquaredError"),
        Model("SigmoidCrossEntropy", "Input(6), Linear(4), SigmoidCrossEntropy"),
        Model("SoftmaxCrossEntropy", "Input(6), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy"),
        Model("SoftmaxCrossEntropySmoothing", "Input(6), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy(LabelSmoothing = 0.1)"),
        Model("SoftmaxCrossEntropyOverSequence", "Input(6, 4), Linear(9), Tanh, Linear(5), SoftmaxCrossEntropy"),

        TrainedBy("Sgd", () => DlGen.Optimizer.Sgd(0.1)),
        TrainedBy("SgdMomentum", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.9)),
        TrainedBy("SgdNesterov", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.8, nesterov: true)),
        TrainedBy("SgdWeightDecay", () => DlGen.Optimizer.Sgd(0.1, momentum: 0.9, weightDecay: 0.05)),
        TrainedBy("Adam", () => DlGen.Optimizer.Adam(0.01)),
        TrainedBy("AdamOptions", () => DlGen.Optimizer.Adam(0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.1)),
        TrainedBy("AdamW", () => DlGen.Optimizer.AdamW(0.01)),
        TrainedBy("AdamWOptions", () => DlGen.Optimizer.AdamW(0.02, beta1: 0.8, beta2: 0.95, epsilon: 1e-6, weightDecay: 0.3)),

        Model("DeepMlp",
            "Input(20), Linear(33), Silu, Linear(17), LayerNorm, Gelu, Linear(64), Tanh, Linear(31, Bias = false), Mish, Linear(10), SoftmaxCrossEntropy",
            () => DlGen.Optimizer.Adam(1e-3), 64),
    ];

    /// <summary>The C# class; its namespace is Parity.Float64 or Parity.Float32. A suffix, because a class named Linear would hide the attribute.</summary>
    public static string Source(ParityModel model, bool float64) => $$"""
        namespace Parity.{{(float64 ? "Float64" : "Float32")}}
        {
            [Model{{(float64 ? "(Precision = Precision.Float64)" : "")}}, {{model.Attributes}}]
            public partial class {{model.Name}}Model
            {
                {{model.Body}}
            }
        }
        """;

    public static string ClassName(ParityModel model, bool float64) => $"Parity.{(float64 ? "Float64" : "Float32")}.{model.Name}Model";

    private static ParityModel Model(string name, string attributes, Func<Optimizer>? optimizer = null, int largestSum = 24, string body = "")
        => new(name, attributes, optimizer ?? (() => DlGen.Optimizer.Sgd(0.05)), largestSum, body);

    private static ParityModel Around(string name, string activation, double learningRate = 0.05)
        => Model(name, $"Input(7), Linear(11), {activation}, Linear(3), MeanSquaredError", () => DlGen.Optimizer.Sgd(learningRate));

    private static ParityModel TrainedBy(string name, Func<Optimizer> optimizer) => Model(name, "Input(6), Linear(13), Tanh, Linear(4), MeanSquaredError", optimizer);
}
