using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>What can be wrong with a method Loss: each where it stands, alone, and with a twin that is fine.</summary>
public class LossDiagnosticTests
{
    [Theory]
    [InlineData("private Tensor [|Loss|](Tensor y) => y;", "is not static")]
    [InlineData("private static Tensor [|Loss|]<T>(Tensor y) => y;", "is generic")]
    [InlineData("private static Tensor [|Loss|]() => Tensor.Zeros(1);", "does not take what Forward returns")]
    [InlineData("private static (Tensor, Tensor, Tensor) [|Loss|](Tensor y) => (y, y, y);", "returns (Tensor, Tensor, Tensor), neither one Tensor nor (Tensor Loss, Tensor Weight)")]
    [InlineData("private static (Tensor Weight, Tensor Loss) [|Loss|](Tensor y) => (y, y);", "the loss comes first and its weight second")]
    [InlineData("private static Tensor Loss((Tensor, Tensor) [|y|]) => y.Item1;", "takes (Tensor, Tensor) y, not a Tensor")]
    [InlineData("private static Tensor Loss(Tensor y, float [|scale|]) => y * scale;", "takes float scale, not a Tensor")]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8)] ref Tensor [|t|]) => y - t;", "not a Tensor")]
    [InlineData("private static Tensor [|Loss|](Tensor y) => y; private static Tensor Loss(Tensor y, Tensor x) => y;", "has several overloads")]
    [InlineData("private static Tensor Loss([Target(8)] Tensor [|t|]) => t;", "its first parameter is what Forward returns")]
    [InlineData("private static Tensor Loss(Tensor y, Tensor [|image|]) => y - image;", "'image', which is no input of the network ('x')")]
    [InlineData("private static Tensor Loss(Tensor y, [Input(8)] Tensor [|x|]) => y - x;", "the name alone is enough")]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8)] Tensor [|x|]) => y - x;", "an input has that name")]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8), Label(3)] Tensor [|t|]) => y - t;", "at once")]
    [InlineData("private static Tensor Loss(Tensor [|y|], [Target(8)] Tensor t) => t;", "does not use 'y', so it would train nothing")]
    public Task The_signature_of_Loss(string member, string words) => Model.Forward("return x.Linear(8);", members: member).Reports("DLG0113", words);

    [Theory]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => (y - t).Pow(2);")]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8)] Tensor targets) => (y - targets).Pow(2);")]
    [InlineData("private static Tensor Loss(Tensor y, [Target] Tensor t) => (y - t).Abs().Max();")]
    [InlineData("private static Tensor Loss(Tensor y, [Label(8)] Tensor c) => y.SoftmaxCrossEntropy(c);")]
    [InlineData("private static Tensor Loss(Tensor y, [Label(4, Length = 2)] Tensor c) => y.Reshape(2, 4).SoftmaxCrossEntropy(c);")]
    [InlineData("private static Tensor Loss(Tensor y, Tensor x) => (y - x).Norm();")]
    [InlineData("private static Tensor Loss(Tensor y) => y.Variance();")]
    [InlineData("private static Tensor Loss(Tensor y, [Label(3)] Tensor @in, Tensor x, [Target(2, 4)] Tensor b) => y.MeanSquaredError(x) + b.Sum() * @in;")]
    [InlineData("internal static Tensor Loss(Tensor y, [Target] Tensor t) { Tensor sum = 0; for (int i = 0; i < 2; i++) sum += Part(y, i); return sum - t; } private static Tensor Part(Tensor y, int i) => y[i].Tanh();")]
    [InlineData("private static (Tensor Loss, Tensor Weight) Loss(Tensor y, [Target] Tensor w) => (y, w);")]
    [InlineData("private static (Tensor, Tensor) Loss(Tensor y, Tensor x) => (y.Abs().Mean(), (x != 0).Sum());")]
    [InlineData("private static Tensor Loss(Tensor y, [Label(8, Ignore = -1)] Tensor c) => y.SoftmaxCrossEntropy(c, reduction: Reduction.None);")]
    [InlineData("private static (Tensor l, Tensor w) Loss(Tensor y, [Label(8, Ignore = -1)] Tensor c) => (y.SoftmaxCrossEntropy(c, reduction: Reduction.None), c != -1);")]
    [InlineData("public double Loss(int step) => step;")]
    [InlineData("public static double Loss => 1;")]
    public Task What_Loss_may_look_like(string member) => Model.Forward("return x.Linear(8);", members: member).ReportsNothing();

    [Theory]
    [InlineData("private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => (y - t).Pow(2);")]
    [InlineData("private static Tensor Loss(Tensor y, Tensor inputs, [Label(8)] Tensor label) => y.SoftmaxCrossEntropy(label) + inputs.Mean();")]
    public Task Loss_beside_layers_as_attributes(string member)
        => Model.Source($"[Model, Input(4), Linear(8)] public partial class Net {{ {member} }}").ReportsNothing();

    [Fact]
    public Task An_attribute_and_a_method()
        => Model.Forward("return x;", attributes: "MeanSquaredError", members: "private static Tensor [|Loss|](Tensor y, [Target(8)] Tensor t) => y - t;").Reports("DLG0111", "more than one loss");

    [Theory]
    [InlineData("optimizer")]
    [InlineData("rows")]
    [InlineData("parameters")]
    public Task Reserved_names_of_targets(string name)
        => Model.Forward("return x;", members: $"private static Tensor Loss(Tensor y, [Target(8)] Tensor [|{name}|]) => y - {name};").Reports("DLG0108", $"'{name}'");

    [Theory]
    [InlineData("[|Target(0)|]", "extent below 1")]
    [InlineData("[|Label(1)|]", "classes must be at least 2")]
    [InlineData("[|Label(3, Length = 0)|]", "Length must be at least 1")]
    public Task Targets_that_hold_nothing(string attribute, string words)
        => Model.Forward("return x;", members: $"private static Tensor Loss(Tensor y, [{attribute}] Tensor t) => y - t;").Reports("DLG0109", words);

    [Theory]
    [InlineData("[Target(8)]", "y.[|SoftmaxCrossEntropy(t)|]", "DLG0109", "expects int labels, but t holds floats")]
    [InlineData("[Label(9)]", "y.[|SoftmaxCrossEntropy(t)|]", "DLG0109", "gets 8 classes, but t has labels of 9")]
    [InlineData("[Label(8)]", "y.[|MeanSquaredError(t)|]", "DLG0109", "t.OneHot(8)")]
    [InlineData("[Label(8, Length = 2)]", "y.[|SoftmaxCrossEntropy(t)|]", "DLG0201", "SoftmaxCrossEntropy expects a label of the shape (), since Linear gives (8), but it has the shape (2); for a label at each of 2 steps, the output has to be (2, 8), as of a recurrent layer with returnSequence: true")]
    [InlineData("[Label(4)]", "y.Reshape(2, 4).[|SoftmaxCrossEntropy(t)|]", "DLG0201", "of the shape (2), since Reshape gives (2, 4), but it has the shape (); declare it with [Label(4, Length = 2)]")]
    [InlineData("[Target(7)]", "y.[|SigmoidCrossEntropy(t)|]", "DLG0201", "expects a target of the shape (8), since Linear gives (8), but it has the shape (7)")]
    [InlineData("[Target]", "y.[|MeanSquaredError(t)|]", "DLG0201", "of the shape (8)")]
    [InlineData("[Label(8)]", "y.[|SoftmaxCrossEntropy(t, labelSmoothing: 2)|]", "DLG0109", "labelSmoothing must be between 0 and 1")]
    [InlineData("[Target(7)]", "[|y - t|]", "DLG0201", "don't fit together")]
    [InlineData("[Label(8)]", "(y - t.[|OneHot(0)|])", "DLG0109", "classes must be at least 1")]
    public Task Targets_that_do_not_fit(string attribute, string loss, string id, string words)
        => Model.Forward("return x.Linear(8);", members: $"private static Tensor Loss(Tensor y, [{attribute[1..^1]}] Tensor t) => {loss};").Reports(id, words);

    [Theory]
    [InlineData("y.Abs().Max()")]
    [InlineData("y.StopGradient()[0]")]
    [InlineData("x[0] * Tensor.RandomUniform()")]
    [InlineData("Tensor.Training ? x[1] : x[2]")]
    public Task Weights_of_the_network(string weight)
        => Model.Forward("return x.Linear(8);", members: $"private static (Tensor Loss, Tensor Weight) [|Loss|](Tensor y, Tensor x) => (y - x[0], {weight});").Reports("DLG0401", "inputs and targets alone");

    /// <summary>A loss that was averaged over its elements has one number for their weights.</summary>
    [Theory]
    [InlineData("(y.MeanSquaredError(x), x)", "has the shape (), too few numbers for its weights (8)")]
    [InlineData("(y - x, x.Reshape(8, 1))", "has the shape (8), too few numbers for its weights (8, 1)")]
    public Task Weights_of_a_loss_with_too_few_numbers(string loss, string words)
        => Model.Source($"[Model] public partial class Net {{ private static Tensor Forward([Input(8)] Tensor x) => x.Linear(8); private static (Tensor Loss, Tensor Weight) [|Loss|](Tensor y, Tensor x) => {loss}; }}").Reports("DLG0201", words);

    [Theory]
    [InlineData("(y.[|SoftmaxCrossEntropy(c)|], c != -1)", "DLG0109", "with reduction: Reduction.None, and those of ignored labels have the weight 0")]
    [InlineData("(Tensor.Constant(1, 2, 3, 4, 5, 6, 7, 8).[|Gather(c)|] * y.Sum(), c != -1)", "DLG0201", "may be -1 for those that are ignored")]
    public Task Ignored_labels_that_nothing_leaves_out(string loss, string id, string words)
        => Model.Forward("return x.Linear(8);", members: $"private static (Tensor Loss, Tensor Weight) Loss(Tensor y, [Label(8, Ignore = -1)] Tensor c) => {loss};").Reports(id, words);

    /// <summary>The mean of what is composed by hand would count them.</summary>
    [Fact]
    public Task Ignored_labels_of_a_composed_loss()
        => Model.Source("[Model] public partial class Net { private static Tensor Forward([Input(2, 4)] Tensor x) => x.Linear(8); private static Tensor [|Loss|](Tensor y, [Label(8, Length = 2, Ignore = -1)] Tensor c) => 2 * y.SoftmaxCrossEntropy(c, reduction: Reduction.None); }")
            .Reports("DLG0109", "of which some are ignored; return a weight of each beside them");

    [Theory]
    [InlineData("[|try { y = y.Exp(); } finally { }|] return y;", "Loss is read at compile time and can't contain try; leave it out")]
    [InlineData("return y.[|Linear(1)|];", "Linear, which has parameters of its own; make it in Forward")]
    [InlineData("return y * Tensor.[|Parameter([8])|];", "Parameter, which has parameters of its own")]
    [InlineData("return Helper(y);", "LayerNorm, which has parameters")]
    public Task Unread_code_of_Loss(string body, string words)
        => Model.Forward("return x;", members: $"private static Tensor Loss(Tensor y) {{ {body} }} " + (body.Contains("Helper", StringComparison.Ordinal) ? "private static Tensor Helper(Tensor y) => y.[|LayerNorm()|];" : "")).Reports("DLG0120", words);

    /// <summary>The compiler has the error; neither generator nor analyzer adds to it.</summary>
    [Theory]
    [InlineData("private static Tensor Forward([Input(8)] Tensor x) => x; private static Tensor Loss(Tensor y, [Target(8)] Tensor t, [Target(7)] Tensor t) => y;")]
    [InlineData("private static Tensor Forward([Input(8)] Tensor x, [Input(7)] Tensor x) => x; private static Tensor Loss(Tensor y) => y;")]
    [InlineData("private static Tensor Forward([Input(8)] Tensor x) => x; private static Tensor Loss(Tensor y, [Target(8)] Tensr t) => y;")]
    public async Task Signatures_that_do_not_compile(string members)
    {
        var (after, run) = TestCompilation.Generate(TestCompilation.Compile($"using DlGen;\n[Model] public partial class Net {{ {members} }}"));
        Assert.All(run.Results, r => Assert.Null(r.Exception));
        Assert.Empty(await TestCompilation.AnalyzeGenerated(after));
    }

    [Theory]
    [InlineData("(y.Pow(2), t)", "[Target(2)]", "DLG0201", "has the shape (8) and its weight (2), which do not broadcast")]
    [InlineData("(y - t, 0)", "[Target(8)]", "DLG0109", "is 0 everywhere")]
    public Task Weights_that_do_not_fit(string loss, string attribute, string id, string words)
        => Model.Forward("return x.Linear(8);", members: $"private static (Tensor Loss, Tensor Weight) [|Loss|](Tensor y, {attribute} Tensor t) => {loss};").Reports(id, words);

    [Fact]
    public void One_weight_for_everything_is_none()
    {
        var weighted = Model.Forward("return x;", members: "private static (Tensor Loss, Tensor Weight) Loss(Tensor y, [Target(8)] Tensor t) => (y - t, 0.5);").Read();
        var plain = Model.Forward("return x;", members: "private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => y - t;").Read();
        Assert.Equal(plain.Training, weighted.Training);
    }

    [Theory]
    [InlineData("private static Tensor Forward([Input(8)] Tensor x) => x; private static Tensor [|Loss|](Tensor y) => null!;")]
    [InlineData("private static Tensor [|Forward|]([Input(8)] Tensor x) { Tensor y = null!; for (int i = 0; i < 0; i++) y = x; return y; }")]
    public Task Null_as_a_result(string members) => Model.Source($"[Model] public partial class Net {{ {members} }}").Reports("DLG0120", "null as its result; return a tensor");

    [Fact]
    public Task A_loss_across_rows()
        => Model.Forward("return x;", members: "private static Tensor Loss(Tensor y) => y.[|BatchNorm()|].Abs();").Reports("DLG0402", "BatchNorm takes statistics over the rows of the batch");

    [Fact]
    public Task A_scaling_in_Loss()
        => Model.Forward("return x;", members: "private static Tensor Loss(Tensor y, Tensor x) => y - x.[|Standardize()|];").Reports("DLG0109", "belongs to Forward, not to Loss");

    [Fact]
    public Task An_unused_target()
        => Model.Forward("return x;", members: "private static Tensor Loss(Tensor y, [Target(8)] Tensor t, [Label(3)] Tensor [|c|], [Target] Tensor [|unused|]) => y - t;").Reports("DLG0305", "Loss does not use");

    [Fact]
    public Task A_target_that_only_one_program_uses_is_fine()
        => Model.Forward("return x;", members: "private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => Tensor.Training ? y : y - t;").ReportsNothing();

    [Fact]
    public Task A_layer_of_Loss_that_nothing_uses()
        => Model.Forward("return x;", members: "private static Tensor Loss(Tensor y, [Target(8)] Tensor t) { var z = y.[|Tanh()|]; return y.Relu() - t; }").Reports("DLG0304", "loss.tanh_1");

    [Theory]
    [InlineData("[|Softmax()|].SoftmaxCrossEntropy(c)", "DLG0301", "remove it")]
    [InlineData("[|Sigmoid()|].SigmoidCrossEntropy(1)", "DLG0302", "remove it")]
    public Task An_activation_that_the_loss_applies_itself(string loss, string id, string words)
        => Model.Forward("return x;", members: $"private static Tensor Loss(Tensor y, [Label(8)] Tensor c) => y.{loss}{(id == "DLG0302" ? " + c" : "")};").Reports(id, words);

    [Fact]
    public Task An_activation_of_Forward_that_the_loss_applies_itself()
        => Model.Forward("return x.[|Softmax()|];", members: "private static Tensor Loss(Tensor y, [Label(8)] Tensor c) => y.SoftmaxCrossEntropy(c);").Reports("DLG0301");

    [Fact]
    public Task Loss_at_run_time() => Model.Forward("return x;", members: """
        private static Tensor Loss(Tensor y, [Target(8)] Tensor t) => y - t;
        public object Use() { System.Func<Tensor, Tensor, Tensor> f = [|Loss|]; return [|Loss(null!, null!)|]; }
        """).Reports("DLG0122", "'Loss' is read by the generator");
}
