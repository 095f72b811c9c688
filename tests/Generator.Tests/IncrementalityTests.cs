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

    /// <summary>Both models are made again, and a third that calls neither is not.</summary>
    [Theory]
    [InlineData("Linear(6)", "Linear(7)", 2)]
    [InlineData("Linear(4)", "Linear(5)", 1)]
    [InlineData("Input(8), Linear(6)", "Input(8), /* wide */ Linear(6)", 0)]
    public void An_edit_of_a_called_model_makes_its_callers_again(string from, string to, int modified)
    {
        const string Calling = """
            using DlGen;
            [Model, Input(8)] [Block<Called>, Linear(2)] public partial class Caller;
            [Model, Input(8), Linear(4)] public partial class Third;
            """;
        const string Called = "using DlGen; [Model, Input(8), Linear(6)] public partial class Called;";
        var (_, sources, outputs) = ReasonsAfter([Calling, Called], from == "Linear(4)" ? 0 : 1, from, to);
        foreach (var reasons in new[] { sources, outputs })
        {
            Assert.Equal(3, reasons.Count);
            Assert.Equal(modified, reasons.Count(r => r == IncrementalStepRunReason.Modified));
        }
    }

    private static (List<IncrementalStepRunReason> Declarations, List<IncrementalStepRunReason> Sources, List<IncrementalStepRunReason> Outputs) ReasonsAfter(int file, string from, string to)
        => ReasonsAfter([Models, Helpers], file, from, to);

    private static (List<IncrementalStepRunReason> Declarations, List<IncrementalStepRunReason> Sources, List<IncrementalStepRunReason> Outputs) ReasonsAfter(string[] files, int file, string from, string to)
    {
        var first = TestCompilation.Compile(files);
        var driver = TestCompilation.CreateDriver().RunGenerators(first);
        var tree = first.SyntaxTrees[file];
        Assert.Contains(from, tree.ToString(), StringComparison.Ordinal);
        var second = first.ReplaceSyntaxTree(tree, tree.WithChangedText(SourceText.From(tree.ToString().Replace(from, to, StringComparison.Ordinal), Encoding.UTF8)));
        var result = driver.RunGenerators(second).GetRunResult().Results.Single();
        List<IncrementalStepRunReason> Reasons(string step) => [.. result.TrackedSteps[step].SelectMany(s => s.Outputs).Select(o => o.Reason)];
        return (Reasons("Declaration"), Reasons("Source"), [.. result.TrackedOutputSteps.SelectMany(s => s.Value).SelectMany(s => s.Outputs).Select(o => o.Reason)]);
    }
}
