namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    /// <summary>Several inputs and outputs, and the losses that judge them.</summary>
    private static Dictionary<string, string> Outputs => new()
    {
        ["TwoHeads"] = """
            [Model{P}]
            public partial class TwoHeads
            {
                private static (Tensor Kind, Tensor Size) Forward([Input(6)] Tensor x)
                {
                    var features = x.Linear(11).Tanh();
                    return (features.Linear(5), features.Linear(2));
                }

                private static Tensor Loss((Tensor Kind, Tensor Size) output, [Label(5)] Tensor kind, [Target(2)] Tensor size)
                    => output.Kind.SoftmaxCrossEntropy(kind) + 0.7 * output.Size.MeanSquaredError(size);
            }
            """,
        // An output that another one is made of, one that is an input, one twice, a view of one; without names, and a parameter in two of them.
        ["NestedOutputs"] = """
            [Model{P}]
            public partial class NestedOutputs
            {
                private static (Tensor, Tensor, Tensor, Tensor, Tensor) Forward([Input(7)] Tensor x)
                {
                    var hidden = x.Linear(12).Silu();
                    var y = hidden.Linear(4);
                    return (hidden, y, x, y, hidden.Reshape(3, 4));
                }

                private static Tensor Loss((Tensor Hidden, Tensor Y, Tensor X, Tensor Again, Tensor Square) output, [Target(4)] Tensor target)
                    => (output.Y * output.Again).MeanSquaredError(target) + 0.1 * output.Item1.Pow(2).Mean() + (output.Square.Sum(0) * output.X[..4]).Mean();
            }
            """,
        ["SeveralInputs"] = """
            [Model{P}]
            public partial class SeveralInputs
            {
                private static (Tensor mean, Tensor logVariance, Tensor Unjudged) Forward([Input(3, 4)] Tensor sequence, [Input(5)] Tensor context, [Input] Tensor scale)
                {
                    var (mean, spread) = Heads(sequence.Linear(6).Tanh().Mean(0) + context.Linear(6));
                    (spread, mean) = (mean * scale, spread);
                    return (mean, spread, mean.Softmax());
                }

                private static (Tensor Mean, Tensor Spread) Heads(Tensor x) => (x.Linear(3), x.Linear(3));

                private static Tensor Loss((Tensor Mean, Tensor LogVariance, Tensor) output, Tensor context, [Target(3)] Tensor target)
                {
                    var squares = (output.Mean - target).Pow(2) / output.LogVariance.Exp();
                    return 0.5 * (squares + output.LogVariance) + context[..3] * output.Mean;
                }
            }
            """,
        // A loss that needs no target: what the network gives is judged by its own input.
        ["WithoutTargets"] = """
            [Model{P}]
            public partial class WithoutTargets
            {
                private static (Tensor Image, Tensor Code) Forward([Input(9)] Tensor image)
                {
                    var code = image.Linear(4).Tanh();
                    return (code.Linear(9), code);
                }

                private static Tensor Loss((Tensor Image, Tensor Code) output, Tensor image)
                    => output.Image.SigmoidCrossEntropy(image, reduction: Reduction.Sum) + output.Code.Pow(2).Sum();
            }
            """,
        ["OutputsWithoutLoss"] = """
            [Model{P}]
            public partial class OutputsWithoutLoss
            {
                private static (Tensor First, Tensor Second) Forward([Input(5)] Tensor x)
                {
                    var y = x.Linear(8).BatchNorm();
                    return (y.Linear(3), y);
                }
            }
            """,
    };
}
