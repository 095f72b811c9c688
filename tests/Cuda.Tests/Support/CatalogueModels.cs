namespace DlGen.Tests.Support;

/// <summary>Small models with what the networks of ForwardModels don't use: every layer, function and loss is in one of the two. {P} stands for the precision.</summary>
internal static class CatalogueModels
{
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["Activations"] = """
            [Model{P}, MeanSquaredError]
            public partial class Activations
            {
                private static Tensor Forward([Input(6)] Tensor x)
                {
                    var kinks = x.Linear(4).Relu() + x.Linear(4).LeakyRelu(0.2) + x.Linear(4).HardSwish() + x.Linear(4).Step() * x.Linear(4);
                    var curves = x.Linear(4).Elu(0.7) + x.Linear(4).Selu() + x.Linear(4).Gelu() + x.Linear(4).Silu() + x.Linear(4).Mish() + x.Linear(4).Softplus();
                    return kinks * x.Linear(4).Sigmoid() + curves.Tanh() * x.Linear(4).Softmax() + x.Linear(4).LogSoftmax();
                }
            }
            """,
        ["ScalarFunctions"] = """
            [Model{P}, MeanSquaredError]
            public partial class ScalarFunctions
            {
                private static Tensor Forward([Input(2, 6)] Tensor x)
                {
                    var (left, right) = x.Linear(8).Split(2, axis: -1);
                    var small = left.Expm1() * right.Abs().Log1p() + left.Erf() - right.Sin() * left.Cos() + (left * left + 0.5).Sqrt().Log();
                    var chosen = Tensor.Where(left > right, small.Exp().Minimum(3), right.Pow(2).Maximum(left)) + right.Clamp(-0.5, 0.5);
                    var places = chosen.ArgMax(-1, keep: true) + chosen.Variance(-1, keep: true) + chosen.Norm(-1, keep: true) + chosen.Min(-1, keep: true) + chosen.Max(0) + 0.5 * chosen.Min(0);
                    return Tensor.Stack([chosen.Transpose()[..2], places[.., ..2] * Tensor.Ones(2, 2) + Tensor.Zeros(2)]).Flatten().Linear(3) * Tensor.Constant(1, -0.5, 2) + x.Mean() - x.Sum(-1).StopGradient()[0];
                }
            }
            """,
        ["RandomNumbers"] = """
            [Model{P}, MeanSquaredError]
            public partial class RandomNumbers
            {
                private static Tensor Forward([Input(2, 3, 4)] Tensor x)
                {
                    var y = x.GaussianNoise(0.1).Conv2d(4, kernel: 2).Dropout2d(0.3).Tanh().Flatten().Linear(6).Dropout(0.25);
                    y = y + 0.2 * Tensor.RandomNormal(6) + Tensor.RandomUniform(6);
                    return y.Reshape(3, 2).Lstm(3, layers: 2, dropout: 0.2).Linear(2);
                }
            }
            """,
        ["Losses"] = """
            [Model{P}]
            public partial class Losses
            {
                private static Tensor Forward([Input(6)] Tensor x) => x.Linear(5).Tanh().Linear(4);

                private static Tensor Loss(Tensor output, [Target(4)] Tensor target, [Label(4)] Tensor kind)
                    => output.MeanSquaredError(target) + output.MeanAbsoluteError(target) + output.Huber(target, delta: 0.4) + output.Hinge(target) + output.SigmoidCrossEntropy(target, reduction: Reduction.Sum)
                        + output.SoftmaxCrossEntropy(kind, labelSmoothing: 0.1) + output.LogSoftmax().NegativeLogLikelihood(kind) + output.LogSoftmax().KullbackLeibler(target);
            }
            """,
        ["Scaled"] = """
            [Model{P}]
            public partial class Scaled
            {
                private static Tensor Forward([Input(5)] Tensor x, [Input(3, 4)] Tensor sequence, [Input(2, 3, 3, Bytes = true)] Tensor image)
                    => Tensor.Concat([x.Standardize(), sequence.MinMaxScale().Linear(2).Flatten(), image.Standardize().Normalize(0.4, 0.3).GlobalMaxPool2d()]).Linear(3);

                private static Tensor Loss(Tensor output, [Target(3)] Tensor target) => output.MeanSquaredError(target);
            }
            """,
        ["Norms"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class Norms
            {
                private static Tensor Forward([Input(4, 3, 3)] Tensor image)
                {
                    var x = image.Conv2d(6, kernel: 2, bias: false).BatchNorm().Tanh().GroupNorm(3).Silu().InstanceNorm(affine: true).MaxPool2d(2, stride: 1).Flatten();
                    return x.RmsNorm().Linear(8).LayerNorm().Reshape(2, 4).Rnn(3).Linear(4);
                }
            }
            """,
        ["Starts"] = """
            [Model{P}, MeanSquaredError, Initialize(Init.KaimingUniform)]
            public partial class Starts
            {
                private static Tensor Forward([Input(4)] Tensor x)
                {
                    x = x.Linear(5, init: Initializer.Orthogonal(1)).Tanh().Linear(5, init: Initializer.XavierNormal(1)).Tanh().Linear(5, frozen: true);
                    return Mixed(Mixed(x)) * Tensor.Parameter([5], Init.Ones) + Tensor.Parameter([5], Initializer.Constant(0.3)) * x.Linear(5, init: Initializer.Uniform(0.2));
                }

                [Shared]
                private static Tensor Mixed(Tensor x) => x.Linear(5).Tanh();
            }
            """,
        ["Sequence"] = """
            [Model{P}]
            public partial class Sequence
            {
                private static Tensor Forward([Tokens(6, 9)] Tensor ids, [Lengths(6)] Tensor lengths)
                {
                    var x = ids.Embedding(4).PositionEmbedding().SinusoidalPosition().Rotary();
                    x += x.LayerNorm().Attention(2, mask: lengths.Mask());
                    x = x.Conv1d(4, kernel: 3, padding: 1).AvgPool1d(2, stride: 1);
                    return x.Gru(3, returnSequence: true).LastStep() + x.GlobalAvgPool1d().Linear(3);
                }

                private static Tensor Loss(Tensor output, Tensor ids, [Label(3)] Tensor kind) => output.SoftmaxCrossEntropy(kind) + 0.1 * ids[0].OneHot(9)[..3].Mean();
            }
            """,
        ["Writer"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class Writer
            {
                private static Tensor Forward([Tokens(5, 7)] Tensor tokens)
                {
                    var x = tokens.Embedding(6);
                    x += x.RmsNorm().Attention(2, causal: true, rotary: true, headWidth: 4);
                    return x.LayerNorm().Linear(7);
                }
            }
            """,
    };

    /// <summary>The source of one of them, as ForwardModels gives its own.</summary>
    public static string Source(string name, bool float64)
        => $"namespace {(float64 ? "Float64" : "Float32")}\n{{\n{All[name].Replace("{P}", float64 ? "(Precision = Precision.Float64)" : "", StringComparison.Ordinal)}\n}}\n";
}
