using System.Text;
using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Tests;

/// <summary>What an edit makes the generator do again: nothing, unless it changed the network.</summary>
public class IncrementalityTests
{
    private const string Models = """
        using DlGen;
        [Model, Input(8), Linear(4), Relu, Linear(2)] public partial class First;
        [Model, SoftmaxCrossEntropy]
        public partial class Second
        {
            private static Tensor Forward([Input(8)] Tensor x) => Step(Helpers.Twice(x).Reshape(4, 2)).Linear(3);
            private static Tensor Step(Tensor x) => Tensor.Scan(x, Tensor.Zeros(2), (state, step) => (state + step).Tanh())[^1];
        }
        """;

    private const string Helpers = "using DlGen; public static class Helpers { public static Tensor Twice(Tensor x) => x + x; } public class Other { public int N => 1; }";

    [Theory]
    [InlineData(1, "N => 1", "N => 2")]
    [InlineData(0, "using DlGen;", "// moved\nusing DlGen;")]
    [InlineData(0, "[Model, SoftmaxCrossEntropy]", "/* note */ [Model, SoftmaxCrossEntropy]")]
    [InlineData(0, "=> Step(Helpers.Twice(x).Reshape(4, 2)).Linear(3);", "{ /* why */ return Step(Helpers.Twice(x).Reshape(4, 2)).Linear(3); }")]
    [InlineData(0, "(state, step) => (state + step).Tanh()", "(before, now) => { var sum = before + now; return sum.Tanh(); }")]
    public void Edits_that_leave_the_networks_alone_produce_nothing(int file, string from, string to)
    {
        var (declarations, sources, outputs) = ReasonsAfter(file, from, to);
        Assert.All(declarations, r => Assert.True(r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached, r.ToString()));
        Assert.All(sources, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
        Assert.All(outputs, r => Assert.Equal(IncrementalStepRunReason.Cached, r));
    }

    [Theory]
    [InlineData(0, "Linear(4)", "Linear(5)")]
    [InlineData(0, "Linear(3)", "Linear(5)")]
    [InlineData(0, "(state + step).Tanh()", "(state - step).Tanh()")]
    [InlineData(1, "x + x", "x * x")]
    public void An_edit_of_one_network_makes_that_one_again_and_no_other(int file, string from, string to)
    {
        var (declarations, sources, outputs) = ReasonsAfter(file, from, to);
        foreach (var reasons in new[] { declarations, sources, outputs })
        {
            Assert.Equal(2, reasons.Count);
            Assert.Single(reasons, r => r == IncrementalStepRunReason.Modified);
            Assert.Single(reasons, r => r is IncrementalStepRunReason.Unchanged or IncrementalStepRunReason.Cached);
        }
    }

    private static (List<IncrementalStepRunReason> Declarations, List<IncrementalStepRunReason> Sources, List<IncrementalStepRunReason> Outputs) ReasonsAfter(int file, string from, string to)
    {
        var first = TestCompilation.Compile(Models, Helpers);
        var driver = TestCompilation.CreateDriver().RunGenerators(first);
        var tree = first.SyntaxTrees[file];
        Assert.Contains(from, tree.ToString(), StringComparison.Ordinal);
        var second = first.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal), Encoding.UTF8)));
        var result = driver.RunGenerators(second).GetRunResult().Results.Single();
        List<IncrementalStepRunReason> Reasons(string step) => [.. result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason)];
        return (Reasons("Declaration"), Reasons("Source"), [.. result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason)]);
    }
}
