using DlGen.Graphs;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Forward that returns a tuple: its names and shapes, how tuples are read, and what several outputs refuse.</summary>
public class OutputTests
{
    [Theory]
    [InlineData("(Tensor Kind, Tensor Size)", "(x.Linear(5), x.Linear(2))", "Kind (5), Size (2)")]
    [InlineData("(Tensor, Tensor size)", "(x, x.Mean())", "Item1 (8), size ()")]
    [InlineData("(Tensor A, Tensor B)", "Pair(x)", "A (8), B (3)")]
    [InlineData("(Tensor A, Tensor B)", "(Pair(x).Item2, Pair(x).First)", "A (3), B (8)")]
    [InlineData("(Tensor A, Tensor B)", "(1, x)", "A (), B (8)")]
    public void Outputs_have_the_names_and_shapes_of_the_tuple(string type, string value, string expected)
    {
        var graph = Net(type, value).Prediction;
        Assert.Equal(expected, string.Join(", ", graph.All(OutputRole.Prediction).Select(o => $"{o.Name} {graph[o.Node].Shape}")));
        Assert.Equal(graph.All(OutputRole.Prediction).Select(o => (o.Name, o.Node)), graph.All(OutputRole.Output).Select(o => (o.Name, o.Node)));
    }

    [Theory]
    [InlineData("var (a, b) = Pair(x); return Tensor.Concat(a, b);", "(11)")]
    [InlineData("Tensor a, b; (a, b) = Pair(x); (a, b) = (b, a); return a;", "(3)")]
    [InlineData("var ((a, _), (time, width)) = (Pair(x), x.Reshape(2, 4).Shape); return a.Reshape(width, time);", "(4, 2)")]
    [InlineData("(double scale, Tensor y) t = (2, x.Linear(4)); return (t.y * (t.scale / 4)).Linear((int)(t.scale * 3));", "(6)")]
    [InlineData("var t = (x, 3, 4, 5, 6, 7, 8, 9, 10); return t.Item1.Linear(t.Item9);", "(10)")]
    [InlineData("var nested = (One: (x, 2), Two: 5); return nested.One.Item1.Linear(nested.Two * nested.One.Item2);", "(10)")]
    public void Tuples_are_read(string body, string shape) => Assert.Equal(shape, Model.Forward(body, members: Helper).Output);

    [Fact]
    public Task A_loss_attribute_asks_for_one_output()
        => Model.Source("""
            [Model, [|MeanSquaredError|]]
            public partial class Net
            {
                private static (Tensor Mean, Tensor Spread) Forward([Input(8)] Tensor x) => (x.Linear(2), x.Linear(2));
            }
            """).Reports("DLG0114", "Loss((Tensor Mean, Tensor Spread) output");

    [Theory]
    [InlineData("Tensor [|y|]", "take them as one tuple, (Tensor Mean, Tensor Spread) output")]
    [InlineData("(Tensor, Tensor, Tensor) [|y|]", "several outputs")]
    [InlineData("(Tensor, int) [|y|]", "several outputs")]
    [InlineData("[Target(2)] Tensor [|y|]", "its first parameter is what Forward returns")]
    public Task Loss_takes_the_tuple(string parameter, string words)
        => Net("(Tensor Mean, Tensor Spread)", "Pair(x)", $"private static Tensor Loss({parameter}) => 1;").Reports("DLG0113", words);

    [Theory]
    [InlineData("(Tensor A, Tensor B)", "x, x.Linear(3)", "private static Tensor Loss((Tensor, Tensor) y) => y.Item2;")]
    [InlineData("(Tensor A, Tensor B)", "x, x.Linear(3)", "private static Tensor Loss((Tensor B, Tensor A) y) { var (b, a) = y; return b.Mean() * a.Mean(); }")]
    [InlineData("(Tensor x, Tensor X)", "x, x.Linear(3)", "private static Tensor Loss((Tensor x, Tensor X) y, [Target(3)] Tensor t) => y.X.MeanSquaredError(t);")]
    [InlineData("(Tensor @in, Tensor Info)", "x, x", "")]
    public Task What_several_outputs_may_look_like(string type, string values, string member) => Net(type, $"({values})", member).ReportsNothing();

    [Theory]
    [InlineData("private static (Tensor A, Tensor [|Forward|]) Forward([Input(2)] Tensor x) => (x, x);")]
    [InlineData("private static (Tensor [|backward|], Tensor B) Forward([Input(2)] Tensor x) => (x, x);")]
    [InlineData("private static (Tensor [|InputGradient|], Tensor B) Forward([Input(2)] Tensor x) => (x, x);")]
    [InlineData("private static (Tensor A, Tensor [|toString|]) Forward([Input(2)] Tensor x) => (x, x);")]
    [InlineData("private static (Tensor [|A|], Tensor B) Forward([Input(2)] Tensor aDestination) => (aDestination, aDestination);")]
    [InlineData("private static Tensor Forward([Input(2)] Tensor [|outputGradientOfMine|]) => outputGradientOfMine;")]
    public Task Names_that_the_members_need(string member) => Model.Source($"[Model] public partial class Net {{ {member} }}").Reports("DLG0108");

    [Fact]
    public Task A_loss_that_judges_no_output()
        => Net("(Tensor A, Tensor B)", "Pair(x)", "private static Tensor Loss((Tensor, Tensor) [|y|], Tensor x) => x;").Reports("DLG0113", "would train nothing");

    private const string Helper = "private static (Tensor First, Tensor Second) Pair(Tensor x) => (x.Exp(), x.Linear(3));";

    private static Model Net(string type, string value, string member = "") => Model.Source($$"""
        [Model]
        public partial class Net
        {
            private static {{type}} Forward([Input(8)] Tensor x) => {{value}};
            {{(value.Contains("Pair", StringComparison.Ordinal) ? Helper : "")}}
            {{member}}
        }
        """);
}
