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

    private const string TextWithLanguage = """
        using System;
        using System.Collections.Generic;
        using DlGen;
        [Model, Input(8), Block(nameof(Stage), 8, 0.5, Repeat = 2), Block<Called>(Frozen = true), Linear(3)]
        public partial class Sequential
        {
            private static Tensor Stage(Tensor x, int width, double scale = 1, params int[] more) => scale * x.Linear(width);
        }

        [Model, Input(8), Linear(4), Dropout(0.5)] public partial class Called;

        [Model]
        public partial class Graph
        {
            private static readonly (int Width, Kind Kind)[] Stages = [(6, Kind.Narrow), (8, Kind.Wide)];
            private enum Kind { Narrow, Wide = 4 }

            private static Tensor Forward([Input(8)] Tensor x)
            {
                List<Tensor> all = [x];
                foreach (var (width, kind) in Stages) all.Add(Next(all[^1], width, kind));
                int n = 0;
                while (n < 3)
                {
                    if (n++ == 1) continue;
                    switch (n) { case 1: x = x.Exp(); break; case > 2 and < 9 when x.Shape is not (_, 8): all[0] += x; break; default: return x; }
                }
                do all.Insert(0, all[n - 3].Tanh()); while (all.Count < 5);
                Func<Tensor, Tensor> f = y => Scale(y, n) + all[1][..1];
                object o = (1, 2);
                string name = $"head_{n}";
                Tensor? none = null;
                none ??= f(all[1..][0]) ?? x;
                Tensor[] parts = [.. all, f(x), none];
                return (n, true) == (3, true) && o is (int, int) ? Tensor.Concat(parts).Linear(5, name: name) : Apply(Scale, x);
                Tensor Scale(Tensor y, int by) { n += by - by; return y * by; }
                static Tensor Apply(Func<Tensor, int, Tensor> g, Tensor y) => g(y, 2).Call<Called>(frozen: true);
            }

            private static Tensor Next(Tensor x, int width, Kind kind) => kind switch { Kind.Narrow or (Kind)3 => x.Linear(width), not Kind.Narrow and > Kind.Narrow => x.Twice(), _ => throw new Exception() };
            private static Tensor Loss(Tensor y, Tensor x) => (y[..4] - x.Call<Called>(true)).Pow(2);
        }

        internal static class Extensions { public static Tensor Twice(this Tensor x) => x + x; }
        """;

    [Theory]
    [InlineData(1, Text)]
    [InlineData(2, Text)]
    [InlineData(3, Text)]
    [InlineData(4, TextWithLoss)]
    [InlineData(5, TextWithLoss)]
    [InlineData(6, TextWithLoss)]
    [InlineData(7, TextWithLanguage)]
    [InlineData(8, TextWithLanguage)]
    public async Task Sources_with_tokens_missing_doubled_or_swapped(int seed, string text)
    {
        var random = new Random(seed);
        for (int i = 0; i < 12; i++) await BrokenSource.Check(BrokenSource.Edit(text, random));
    }

    [Fact]
    public Task Inputs_and_outputs_without_names() => BrokenSource.Check("""
        using DlGen;
        [Model]
        public partial class HalfTyped
        {
            private static (Tensor Left, Tensor) Forward([Input(3)] Tensor left, [Input(3)] right) => (left, left);
            private static Tensor Loss((Tensor Left, Tensor Right) output, [Target] Tensor same) => same;
        }
        """);

    [Theory]
    [InlineData(Text)]
    [InlineData(TextWithLoss)]
    [InlineData(TextWithLanguage)]
    public async Task The_unbroken_source_is_fine(string text)
    {
        var compilation = TestCompilation.Compile(text);
        Assert.Empty(compilation.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error));
        Assert.Empty((await TestCompilation.AnalyzeGenerated(compilation)).Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => d.ToString()));
    }
}
