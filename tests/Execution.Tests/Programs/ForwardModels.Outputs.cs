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
        // Weights of a target and of the words themselves, of one axis and of none; the second head's loss is one number a row.
        ["WeightedLoss"] = """
            [Model{P}]
            public partial class WeightedLoss
            {
                private static (Tensor Next, Tensor Mood) Forward([Tokens(8, 6)] Tensor words)
                {
                    var x = words[..^1].Embedding(7).PositionEmbedding();
                    x += x.Linear(9, bias: false).BatchNorm().Tanh().Linear(7);
                    return (x.Linear(6), x.Mean(0).Linear(2));
                }

                private static (Tensor Loss, Tensor Weight) Loss((Tensor Next, Tensor Mood) output, Tensor words, [Target(2)] Tensor mood, [Target] Tensor confidence)
                    => (output.Next.SoftmaxCrossEntropy(words[1..], reduction: Reduction.None) + 0.3 * output.Mood.MeanSquaredError(mood), Mask(words) * confidence);

                private static Tensor Mask(Tensor words) => (words[1..] != 0) | (words[..^1] == 5);
            }
            """,
        ["RowWeights"] = """
            [Model{P}]
            public partial class RowWeights
            {
                private static Tensor Forward([Input(4)] Tensor x) => x.Linear(6).Tanh().Linear(3);

                private static (Tensor, Tensor) Loss(Tensor y, Tensor x, [Target(3)] Tensor target, [Target] Tensor weight)
                    => ((y - target).Pow(2), weight * (x[0] * x[1]).Abs());
            }
            """,
        ["IgnoredLabels"] = """
            [Model{P}, SoftmaxCrossEntropy(Ignore = -1)]
            public partial class IgnoredLabels
            {
                private static Tensor Forward([Input(5, 4)] Tensor x) => x.Linear(8).Tanh().Dropout(0.0).Linear(3);
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
        // Gradients that reach a recurrence from two outputs, and past it.
        ["HeadsOfRecurrence"] = """
            [Model{P}]
            public partial class HeadsOfRecurrence
            {
                private static (Tensor Kind, Tensor Size) Forward([Input(6, 4)] Tensor x)
                {
                    var features = x.Linear(5);
                    var states = Tensor.Scan(features, Tensor.Zeros(5), (state, step) => 0.5 * state + (step.Linear(5) + state.Linear(5)).Tanh());
                    return ((features + states).Mean(0).Linear(5), states[^1].Linear(2));
                }

                private static Tensor Loss((Tensor Kind, Tensor Size) output, [Label(5)] Tensor kind, [Target(2)] Tensor size)
                    => output.Kind.SoftmaxCrossEntropy(kind) + 0.7 * output.Size.MeanSquaredError(size);
            }
            """,
    };
}
