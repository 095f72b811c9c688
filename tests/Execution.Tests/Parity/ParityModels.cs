namespace DlGen.Tests.Parity;

/// <summary>A model that has a PyTorch twin of the same name in Fixtures/make_fixtures.py.</summary>
/// <param name="Attributes">Input, layers and loss.</param>
/// <param name="LargestSum">The most terms that one sum in it adds: Float32's bound grows with its root.</param>
/// <param name="Body">The members of the class, for a model in Forward form.</param>
internal sealed record ParityModel(string Name, string Attributes, Func<Optimizer> Optimizer, int LargestSum, string Body = "");

/// <summary>Every layer, activation, loss and optimizer option, and what Forward adds to them, as the script has them.</summary>
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
        Model("Reshape", "Input(12), Reshape(3, 4), Linear(5), Tanh, Flatten, Linear(2), MeanSquaredError"),
        Model("Normalize", "Input(7), Normalize(0.5, 0.25), Linear(5), MeanSquaredError"),

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

    private static ParityModel Model(string name, string attributes, Func<Optimizer>? optimizer = null, int largestSum = 24)
        => new(name, attributes, optimizer ?? (() => DlGen.Optimizer.Sgd(0.05)), largestSum);

    private static ParityModel Written(string name, string body, Func<Optimizer>? optimizer = null)
        => new(name, "", optimizer ?? (() => DlGen.Optimizer.Sgd(0.05)), 24, body);

    private static ParityModel Around(string name, string activation, double learningRate = 0.05)
        => Model(name, $"Input(7), Linear(11), {activation}, Linear(3), MeanSquaredError", () => DlGen.Optimizer.Sgd(learningRate));

    private static ParityModel TrainedBy(string name, Func<Optimizer> optimizer) => Model(name, "Input(6), Linear(13), Tanh, Linear(4), MeanSquaredError", optimizer);
}
