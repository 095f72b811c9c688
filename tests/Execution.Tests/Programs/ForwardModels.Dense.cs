namespace DlGen.Tests.Programs;

internal static partial class ForwardModels
{
    private static Dictionary<string, string> Dense => new()
    {
        ["ResidualMlp"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class ResidualMlp
            {
                private static Tensor Forward([Input(9)] Tensor x)
                {
                    x = x.Linear(12);
                    for (int i = 0; i < 3; i++) x = Residual(x, 8 + i);
                    return x.LayerNorm().Linear(5);
                }

                private static Tensor Residual(Tensor x, int width) => x + x.LayerNorm().Linear(width).Gelu().Linear(x.Shape[0]);
            }
            """,
        ["BatchNorms"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class BatchNorms
            {
                private static Tensor Forward([Input(4, 6)] Tensor x)
                {
                    x = x.Linear(12, bias: false).BatchNorm().Silu();
                    for (int i = 0; i < 2; i++) x = x + x.BatchNorm(momentum: 0.3).Sigmoid().Linear(12, bias: false).BatchNorm().Tanh();
                    var image = x.Reshape(3, 2, 8);
                    return (image * image.Sigmoid()).BatchNorm(epsilon: 1e-3).Flatten().Linear(5);
                }
            }
            """,
        // Their launches are printed as loops over the blocks: row by row, over the batch, and with threads.
        ["EqualBlocks"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class EqualBlocks
            {
                private static Tensor Forward([Input(3, 6)] Tensor x)
                {
                    for (int i = 0; i < 6; i++) x = Block(x);
                    return x.Flatten().Linear(5);
                }

                private static Tensor Block(Tensor x)
                {
                    x += x.LayerNorm().Attention(2, causal: true);
                    return x + x.BatchNorm().Linear(7).Gelu().Linear(6);
                }
            }
            """,
        ["SharedWeights"] = """
            [Model{P}, MeanSquaredError]
            public partial class SharedWeights
            {
                private static Tensor Forward([Input(6)] Tensor x)
                {
                    for (int i = 0; i < 4; i++) x = x + 0.5 * Step(x);
                    return x.Linear(3);
                }

                [Shared]
                private static Tensor Step(Tensor x) => x.Linear(6).Tanh();
            }
            """,
        ["HandWrittenNorm"] = """
            [Model{P}, MeanSquaredError]
            public partial class HandWrittenNorm
            {
                private static Tensor Forward([Input(4, 7)] Tensor x)
                {
                    x = x.Linear(10);
                    var centred = x - x.Mean(-1).Reshape(4, 1);
                    var variance = (centred * centred).Mean(-1).Reshape(4, 1);
                    var scale = Tensor.Parameter([10], Initializer.Constant(1), name: "scale");
                    return (centred / (variance + 1e-3).Sqrt() * scale).Flatten().Linear(2);
                }
            }
            """,
        ["ParameterInTwoShapes"] = """
            [Model{P}, MeanSquaredError]
            public partial class ParameterInTwoShapes
            {
                private static Tensor Forward([Input(5)] Tensor x)
                {
                    var matrix = Tensor.Parameter([5, 8], Init.Normal, name: "matrix");
                    var vector = Tensor.Parameter([40], Init.Normal, name: "vector");
                    return (x.MatMul(matrix) + x.MatMul(vector.Reshape(5, 8))).Tanh();
                }
            }
            """,
        ["MatrixOfBroadcasts"] = """
            [Model{P}, MeanSquaredError]
            public partial class MatrixOfBroadcasts
            {
                private static Tensor Forward([Input(5)] Tensor x)
                {
                    var matrix = Tensor.Parameter([5, 8], Init.Normal, name: "matrix");
                    var column = Tensor.Parameter([5, 1], Init.Normal, name: "column");
                    var row = Tensor.Parameter([8], Init.Normal, name: "row");
                    return (x.MatMul(matrix) + x.MatMul(column + row)).Tanh();
                }
            }
            """,
        ["ParameterAndItsSlice"] = """
            [Model{P}, MeanSquaredError]
            public partial class ParameterAndItsSlice
            {
                private static Tensor Forward([Input(3)] Tensor x)
                {
                    var wide = Tensor.Parameter([3, 4], Init.Normal, name: "wide");
                    var narrow = Tensor.Parameter([3, 2], Init.Normal, name: "narrow");
                    return x.MatMul(wide).Tanh()[..2] + x.MatMul(narrow) + x.MatMul(wide[.., 2..4]);
                }
            }
            """,
        ["LearnedPositions"] = """
            [Model{P}, MeanSquaredError]
            public partial class LearnedPositions
            {
                private static Tensor Forward([Input(4, 6)] Tensor x)
                {
                    var y = x + Tensor.Parameter([4, 6], Init.Normal, name: "positions");
                    return y.LayerNorm().Flatten().Linear(3) * Tensor.Parameter([3], Init.Ones, name: "scale");
                }
            }
            """,
        ["DerivedWeights"] = """
            [Model{P}, MeanSquaredError]
            public partial class DerivedWeights
            {
                private static Tensor Forward([Input(4)] Tensor x)
                {
                    var shares = Tensor.Parameter([4], Init.Normal, name: "shares").Softmax();
                    var mixing = Tensor.Parameter([7, 4], Init.Normal, name: "mixing").Softmax();
                    return (x * shares).MatMul(mixing.Transpose());
                }
            }
            """,
        ["SumOfBroadcasts"] = """
            [Model{P}, MeanSquaredError]
            public partial class SumOfBroadcasts
            {
                private static Tensor Forward([Input(4, 5)] Tensor x)
                {
                    var column = Tensor.Parameter([4, 1], Init.Normal, name: "column");
                    var row = Tensor.Parameter([5], Init.Normal, name: "row");
                    return (x * (column + row)).Sum().Reshape(1) + ((column + row) * x.Tanh()).Sum().Reshape(1);
                }
            }
            """,
        ["HandWrittenAttention"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class HandWrittenAttention
            {
                private static Tensor Forward([Input(5, 6)] Tensor x)
                {
                    var query = x.Linear(8);
                    var key = x.Linear(8, bias: false);
                    var value = x.Linear(8);
                    var weights = (query.MatMul(key.Transpose()) / System.Math.Sqrt(8)).Softmax();
                    var mixed = x + weights.MatMul(value).Linear(6);
                    return mixed.LayerNorm().Mean(0).Linear(4);
                }
            }
            """,
        ["Gates"] = """
            [Model{P}, SigmoidCrossEntropy]
            public partial class Gates
            {
                private static Tensor Forward([Input(8)] Tensor x)
                {
                    var gate = x.Linear(10).Sigmoid();
                    var candidate = x.Linear(10).Tanh();
                    var mixed = gate * candidate + (1 - gate) * x.Linear(10, bias: false);
                    return Tensor.Concat([mixed, x[2..6], mixed.Max().Reshape(1)]).Linear(3);
                }
            }
            """,
        ["Functions"] = """
            [Model{P}, MeanSquaredError]
            public partial class Functions
            {
                private static Tensor Forward([Input(3, 8)] Tensor x)
                {
                    var a = x.Linear(6).Tanh();
                    var b = x.Linear(6);
                    var chosen = Tensor.Where(a < b & !(b > 0.8), a.Exp(), (b * b + 1).Log());
                    var waves = a.Sin() + b.Cos().Abs() - (b * b + 0.5).Sqrt() + b.Clamp(-0.7, 0.6);
                    var ends = a.Maximum(0.3 * b) - a.Minimum(b.Pow(3)) / (1 + b.Pow(2));
                    return (chosen + waves * ends).Transpose().Reshape(2, 9).Mean(0).Linear(4);
                }
            }
            """,
        ["Statistics"] = """
            [Model{P}, MeanSquaredError]
            public partial class Statistics
            {
                private static Tensor Forward([Input(5, 4)] Tensor x)
                {
                    var y = x.Linear(7);
                    return Tensor.Stack([y.Mean(0), y.Max(0), y.Min(0), y.Variance(0), y.Norm(0), y.Sum(0) * 0.2]).Flatten().Linear(3);
                }
            }
            """,
        ["TiedAutoencoder"] = """
            [Model{P}, MeanSquaredError]
            public partial class TiedAutoencoder
            {
                private static Tensor Forward([Input(11)] Tensor x)
                {
                    var weight = Tensor.Parameter([11, 5], Initializer.Normal(0.4), name: "weight");
                    var code = x.MatMul(weight).Silu();
                    return code.MatMul(weight.Transpose());
                }
            }
            """,
        ["FrozenFeatures"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class FrozenFeatures
            {
                private static Tensor Forward([Input(6)] Tensor x)
                {
                    var features = x.Linear(9, frozen: true).Tanh().Linear(7).Tanh();
                    return (features + features.StopGradient() * x.Linear(7)).Linear(4);
                }
            }
            """,
        ["EarlyReturn"] = """
            [Model{P}, MeanSquaredError]
            public partial class EarlyReturn
            {
                private static Tensor Forward([Input(4, 3)] Tensor x) => Pyramid(x.Linear(8)).Linear(2);

                private static Tensor Pyramid(Tensor x, int depth = 0)
                {
                    if (depth == 3) return x.Flatten();
                    return Pyramid(x.Linear(x.Shape[1] / 2 + depth).Elu(), depth + 1);
                }
            }
            """,
        ["Reshapes"] = """
            [Model{P}, MeanSquaredError]
            public partial class Reshapes
            {
                private static Tensor Forward([Input(3, 4)] Tensor x)
                {
                    // Extents that don't divide each other, of an input, of a transposed value and of a slice.
                    var y = x.Reshape(2, 6).LayerNorm();
                    var z = y.Transpose().Reshape(4, 3).Tanh();
                    return Tensor.Concat(z[1..3].Reshape(2, 3).Transpose().Flatten(), y.Linear(3).Reshape(6)).Linear(4);
                }
            }
            """,
        ["SlicedConcat"] = """
            [Model{P}, MeanSquaredError]
            public partial class SlicedConcat
            {
                // The gradient of the slice is padded: the parts get its numbers, its zeros and, at the ends, both.
                private static Tensor Forward([Input(4)] Tensor x)
                    => Tensor.Concat([x.Linear(3).Tanh(), x.Linear(2).Sin(), x.Linear(4).Tanh(), x[1..3]])[2..7].Exp().Linear(3);
            }
            """,
        ["SplitAndJoined"] = """
            [Model{P}, MeanSquaredError]
            public partial class SplitAndJoined
            {
                // Parts of what is given back and of the gradient by the input, a factor that stands twice, and one of the slope's that doesn't.
                private static Tensor Forward([Input(8)] Tensor x)
                {
                    var scale = Tensor.Parameter([4], Init.Ones, name: "scale");
                    var (left, right) = x.Split(2);
                    return Tensor.Concat((left + Tensor.Parameter([4], Init.Zeros, name: "shift")).Tanh(), (right * scale * scale).Sin());
                }
            }
            """,
        ["GradientsInParts"] = """
            [Model{P}, MeanSquaredError]
            public partial class GradientsInParts
            {
                // Matrices in panels, because all of them is multiplied, whose gradients are put together from parts, or padded, because that only decides.
                private static Tensor Forward([Input(4)] Tensor x)
                {
                    var whole = Tensor.Parameter([4, 40], Init.Normal, name: "whole");
                    var padded = Tensor.Parameter([4, 40], Init.Normal, name: "padded");
                    var rows = x[..1].MatMul(whole[..1]) + x[1..].MatMul(whole[1..].Sin());
                    var columns = x.MatMul(padded[.., 25..36]).Tanh().Linear(40, bias: false);
                    return (Tensor.Where(x.MatMul(whole) > 0, rows, 0.3) + Tensor.Where(x.MatMul(padded) > 0, 0.2, columns)).Linear(3);
                }
            }
            """,
        ["SummedOverRows"] = """
            [Model{P}, SoftmaxCrossEntropy]
            public partial class SummedOverRows
            {
                // The gradients of shared values sum a product over the rows and then go through a function of their own.
                private static Tensor Forward([Input(8)] Tensor x)
                {
                    var y = x.Linear(12);
                    var gate = (y * Tensor.Parameter([12], Initializer.Normal(0.5)) + Tensor.Parameter([12], Initializer.Uniform(0.3)).Tanh()).Sigmoid();
                    return Tensor.Concat([Tensor.Stack([x.Linear(12), y]).Flatten(), gate]).Linear(5);
                }
            }
            """,
        ["CustomLoss"] = """
            [Model{P}]
            public partial class CustomLoss
            {
                private static Tensor Forward([Input(4, 6)] Tensor x) => x.Linear(7).Tanh().Linear(5);

                // A target that stands beside an input and parts of the output, reductions along both axes, and a row without a mean.
                private static Tensor Loss(Tensor output, [Label(5, Length = 4)] Tensor kinds, Tensor x)
                {
                    Tensor sum = 0.3 * output.SoftmaxCrossEntropy(kinds, labelSmoothing: 0.1, reduction: Reduction.Sum);
                    for (int step = 1; step < x.Shape[0]; step++) sum += (output[step] - output[step - 1]).Norm() * kinds.OneHot(5)[step, 2];
                    return sum + (output[.., 0..3] - x[.., 3..]).Pow(2).Mean(0);
                }
            }
            """,
        ["LargeContraction"] = """
            [Model{P}, SoftmaxCrossEntropy(LabelSmoothing = 0.05)]
            public partial class LargeContraction
            {
                private static Tensor Forward([Input(67)] Tensor x) => x.Linear(33).Relu().Linear(35).Silu().Linear(3);
            }
            """,
    };
}
