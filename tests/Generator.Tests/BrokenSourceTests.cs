using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

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
        var tokens = CSharpSyntaxTree.ParseText(text, TestCompilation.Parsing).GetRoot().DescendantTokens().Select(t => t.ToFullString()).ToList();
        for (int i = 0; i < 40; i++)
        {
            var broken = new List<string>(tokens);
            for (int edits = random.Next(1, 4); edits > 0; edits--)
            {
                int at = random.Next(broken.Count), other = random.Next(broken.Count);
                switch (random.Next(4))
                {
                    case 0: broken.Insert(at, broken[other]); break;
                    case 1: (broken[at], broken[other]) = (broken[other], broken[at]); break;
                    default: broken.RemoveAt(at); break;
                }
            }
            string source = string.Concat(broken);
            var compilation = TestCompilation.Compile(source);
            var (after, run) = TestCompilation.Generate(compilation);
            Assert.True(run.Results.All(r => r.Exception is null), source + run.Results[0].Exception);
            var found = await TestCompilation.AnalyzeGenerated(after);
            Assert.True(found.All(d => d.Id != "AD0001"), source + string.Join("\n", found));
            // What compiles without us must be read or refused with a reason, and what was read must compile.
            bool compiles = compilation.GetDiagnostics().All(d => d.Severity != DiagnosticSeverity.Error);
            bool refused = found.Any(d => d.Severity == DiagnosticSeverity.Error);
            if (compiles && !refused) Assert.Empty(after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => source + d));
        }
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
