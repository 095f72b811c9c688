using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests;

/// <summary>While a user types, most sources are broken: neither generator nor analyzers may ever fail on one.</summary>
public class BrokenSourceTests
{
    private const string Text = """
        using DlGen;
        namespace Demo;
        [Model, Input(1, 28, 28), Flatten, Linear(12, Bias = false), Dropout(0.5), Linear(10)]
        [SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
        public partial class Sequential;

        [Model(Precision = Precision.Float64), MeanSquaredError, Initialize(Init.Normal, Scale = 0.1)]
        public partial class Graph
        {
            private const int Width = 16;
            private static Tensor Forward([Input(2, 8)] Tensor image)
            {
                var (rows, columns) = image.Shape;
                var x = image.Reshape(-1)[0..^1] * 0.5;
                for (int i = 0; i < 3; i++)
                {
                    if (i == 2 && columns > rows) return x.Linear(2, name: "head", init: Initializer.Uniform(0.1));
                    x = Block(x, width: Width >> i);
                }
                return x;
            }

            [Shared, Frozen]
            private static Tensor Block(Tensor x, int width = 4, params Tensor[] more)
                => Tensor.Concat([x.Linear(width).Gelu(), Tensor.Where(x > 0, x, -x)]) + Tensor.Ones(1);
        }
        """;

    private const string TextWithLoss = """
        using DlGen;
        namespace Demo;
        [Model, Input(2, 8), Linear(12), Tanh]
        public partial class Sequential
        {
            private static Tensor Loss(Tensor output, Tensor inputs, [Target(2, 8)] Tensor target)
                => output[.., 0..8].SigmoidCrossEntropy(target, reduction: Reduction.Sum) + 0.1 * (output[.., ^8..] - inputs).Pow(2);
        }

        [Model]
        public partial class Graph
        {
            private static Tensor Forward([Input(3)] Tensor left, [Input(3)] Tensor right) => left.Linear(5) + right.Linear(5);
            private static Tensor Loss(Tensor output, [Label(5)] Tensor kind, [Label(2, Length = 3)] Tensor flags, Tensor left)
            {
                var loss = output.SoftmaxCrossEntropy(kind, labelSmoothing: 0.1);
                for (int i = 0; i < 3; i++) loss += Penalty(left[i] * flags.OneHot(2)[i, 1]);
                return loss;
            }

            private static Tensor Penalty(Tensor x) => x.MeanSquaredError(1);
        }
        """;

    [Theory]
    [InlineData(1, Text)]
    [InlineData(2, Text)]
    [InlineData(3, Text)]
    [InlineData(4, TextWithLoss)]
    [InlineData(5, TextWithLoss)]
    [InlineData(6, TextWithLoss)]
    public async Task Sources_with_tokens_missing_doubled_or_swapped(int seed, string text)
    {
        var random = new Random(seed);
        for (int i = 0; i < 40; i++) await BrokenSource.Check(BrokenSource.Edit(text, random));
    }

    [Fact]
    public void The_unbroken_source_is_fine()
    {
        var compilation = TestCompilation.Compile(Text);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        foreach (string name in new[] { "Demo.Sequential", "Demo.Graph" })
            Assert.Null(Reading.ModelReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, CancellationToken.None).Declaration!.Error);
    }
}
