using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests;

/// <summary>One model in another: x.Call&lt;Teacher&gt;() and [Block&lt;Features&gt;].</summary>
public class ModelCallTests
{
    private const string Teacher = "[Model, Input(8), Linear(16), Relu, BatchNorm, Dropout(0.5), Linear(3), SoftmaxCrossEntropy] public partial class Teacher;\n";

    [Fact]
    public void The_other_models_parameters_stand_under_its_name()
    {
        var called = Model.Source(Teacher + "[Model] public partial class Net { private static Tensor Forward([Input(8)] Tensor x) => x.Call<Teacher>().Linear(2); }").Read();
        Assert.Equal(["teacher.linear_1.weight", "teacher.linear_1.bias", "teacher.batchnorm_1.weight", "teacher.batchnorm_1.bias", "teacher.linear_2.weight", "teacher.linear_2.bias", "linear_1.weight", "linear_1.bias"],
            called.Training!.ParameterPaths());
        Assert.Equal(["teacher.linear_1", "teacher.relu_1", "teacher.batchnorm_1", "teacher.dropout_1", "teacher.linear_2", "linear_1"], called.Layers.Select(l => l.Path));
        // The link of its loss is not part of it.
        Assert.Equal(0, called.Prediction!.Count<ReduceOp>());
        Assert.Equal(1, called.Training!.Count<RandomOp>());
        Assert.Equal(["teacher.batchnorm_1.running_mean", "teacher.batchnorm_1.running_var"], called.Training!.Outputs.Where(o => o.Role == OutputRole.State).Select(o => o.Name));
    }

    [Fact]
    public void Both_forms_put_it_in_alike()
    {
        var block = Model.Source(Teacher + "[Model, Input(8)] [Block<Teacher>, Linear(2)] public partial class Net;").Read();
        var call = Model.Source(Teacher + "[Model] public partial class Net { private static Tensor Forward([Input(8)] Tensor inputs) => inputs.Call<Teacher>().Linear(2); }").Read();
        Assert.Equal(call with { HasForward = false }, block);
        // As the layers themselves, but for the names.
        var whole = Model.Sequential("Input(8), Linear(16), Relu, BatchNorm, Dropout(0.5), Linear(3), Linear(2)").Read();
        static IEnumerable<Node> Unnamed(Graph graph) => graph.Anonymous().Select(n => n with { Op = n.Op switch { ParameterOp p => p with { Path = "" }, StateOp s => s with { Path = "" }, var op => op } });
        Assert.Equal(Unnamed(whole.Training!), Unnamed(block.Training!));
    }

    [Theory]
    [InlineData("x.Call<Teacher>(frozen: true)", "")]
    [InlineData("Fixed(x)", "")]
    [InlineData("x.Call<Still>()", "still.")]
    public void A_frozen_model_gives_what_it_predicts(string expression, string prefix)
    {
        var read = Model.Source(Teacher + $$"""
            [Model, Frozen, Input(8)] [Block<Teacher>] public partial class Still;
            [Model] public partial class Net
            {
                private static Tensor Forward([Input(8)] Tensor x) => {{expression}}.Linear(2);
                private static Tensor Fixed(Tensor x) => x.Call<Teacher>(true);
            }
            """).Read();
        Assert.Equal(read.Prediction, read.Training);
        Assert.Equal(0, read.Training!.Count<RandomOp>());
        Assert.DoesNotContain(read.Training!.Outputs, o => o.Role == OutputRole.State);
        Assert.True(read.Training!.Parameter(prefix + "teacher.linear_1.weight").Frozen);
        Assert.False(read.Training!.Parameter("linear_1.weight").Frozen);
    }

    [Fact]
    public void All_calls_share_one_set_of_parameters()
    {
        var graph = Model.Source("""
            [Model] public partial class Encoder
            {
                private static Tensor Forward([Input(8)] Tensor x) => Part(Part(x)).Linear(8, bias: false);
                [Shared] private static Tensor Part(Tensor x) => x.Linear(8, bias: false);
            }
            [Model] public partial class Net
            {
                private static Tensor Forward([Input(8)] Tensor left, [Input(8)] Tensor right) => left.Call<Encoder>() - Right(right) + Part(left);
                private static Tensor Right(Tensor x) => x.Call<Encoder>();
                [Shared] private static Tensor Part(Tensor x) => x.Linear(8, bias: false);
            }
            """).Training;
        Assert.Equal(["encoder.part.linear_1.weight", "encoder.linear_1.weight", "part.linear_1.weight"], graph.ParameterPaths());
        Assert.Equal(7, graph.Count<ContractOp>());
    }

    [Fact]
    public void A_loss_may_ask_a_frozen_teacher()
    {
        var student = Model.Source(Teacher + """
            [Model] public partial class Net
            {
                private const double Temperature = 4;
                private static Tensor Forward([Input(8)] Tensor image) => image.Linear(4).Relu().Linear(3);
                private static Tensor Loss(Tensor logits, Tensor image, [Label(3)] Tensor digit)
                {
                    var soft = (image.Call<Teacher>(frozen: true) / Temperature).Softmax();
                    return logits.SoftmaxCrossEntropy(digit) - Temperature * Temperature * (soft * (logits / Temperature).LogSoftmax()).Sum();
                }
            }
            """);
        var read = student.Read();
        Assert.Equal(["linear_1", "relu_1", "linear_2", "teacher.linear_1", "teacher.relu_1", "teacher.batchnorm_1", "teacher.dropout_1", "teacher.linear_2"], read.Layers.Select(l => l.Path));
        Assert.Equal(["linear_1.weight", "linear_1.bias", "linear_2.weight", "linear_2.bias"], read.Training!.Nodes.Select(n => n.Op).OfType<ParameterOp>().Where(p => !p.Frozen).Select(p => p.Path));
        // It lowers: the pass differentiates the loss by the outputs, and the teacher stays in it.
        Assert.NotNull(student.Lowered.Find(Kernels.EntryProgram.PassLoss));
    }

    [Theory]
    [InlineData("x.[|Call<Plain>()|]", "Plain is no model; add [Model] to it")]
    [InlineData("x.[|Call<string>()|]", "String is no model")]
    [InlineData("x.[|Call<Net>()|]", "Net would call itself without end; repeat a static method")]
    [InlineData("x.[|Call<TwoInputs>()|]", "TwoInputs takes 2 inputs, but Call gives it one")]
    [InlineData("x.[|Call<TwoOutputs>()|]", "TwoOutputs has 2 outputs, but Call gives one tensor")]
    [InlineData("Generic<Teacher>(x)", "T is a type parameter")]
    [InlineData("x.Call<Teacher>() + x.[|Call<Teacher>(true)|]", "Teacher can't stand here: The parameter teacher.linear_1.weight is shared, but its first use starts it differently or freezes it")]
    public Task Models_that_can_not_be_called(string expression, string words) => Calling(expression, expression.StartsWith("Generic", StringComparison.Ordinal)).Reports("DLG0115", words);

    [Theory]
    [InlineData("x.Linear(7).[|Call<Teacher>()|]", "DLG0201", "Teacher takes (8), but Linear gives (7)")]
    [InlineData("x.[|Call<OfIds>()|]", "DLG0201", "OfIds takes int ids below 9, but was given numbers")]
    [InlineData("x.Linear(8, name: \"teacher\").[|Call<Teacher>()|]", "DLG0109", "The name \"teacher\" is already taken")]
    [InlineData("Tensor.Scan(x.Reshape(1, 8), Tensor.Zeros(8), (a, b) => (a + b).[|Call<Normalised>()|])", "DLG0109", "Statistics of the batch can't be taken at every step")]
    public Task What_is_given_does_not_fit(string expression, string id, string words) => Calling(expression).Reports(id, words);

    [Fact]
    public Task Ids_in_place_of_numbers() => Model.Source(Teacher + """
        [Model] public partial class Net { private static Tensor Forward([Tokens(8, 9)] Tensor t) => t.[|Call<Teacher>()|]; }
        """).Reports("DLG0202", "Teacher needs numbers, but t holds ids");

    [Fact]
    public Task Ids_of_a_larger_vocabulary() => Model.Source("""
        [Model, Tokens(8, 9), Embedding(2)] public partial class OfIds;
        [Model] public partial class Net { private static Tensor Forward([Tokens(8, 10)] Tensor t) => t.[|Call<OfIds>()|]; }
        """).Reports("DLG0201", "OfIds takes int ids below 9, but was given t, whose ids go up to 9");

    [Fact]
    public Task A_model_in_a_loss_is_frozen() => Model.Source(Teacher + """
        [Model] public partial class Net
        {
            private static Tensor Forward([Input(8)] Tensor x) => x.Linear(3);
            private static Tensor Loss(Tensor y, Tensor x) => (y - x.[|Call<Teacher>()|]).Pow(2);
        }
        """).Reports("DLG0115", "call it with frozen: true, or in Forward");

    [Fact]
    public Task Models_that_call_each_other() => Model.Source("""
        [Model, Input(8)] [[|Block<Second>|]] public partial class First;
        [Model] public partial class Second { private static Tensor Forward([Input(8)] Tensor x) => x.[|Call<First>()|]; }
        [Model, Input(8)] [[|Block<First>|], Linear(2)] public partial class Third;
        """).Reports("DLG0115", "would call itself without end");

    /// <summary>The called model has the mistake; its caller says nothing more.</summary>
    [Theory]
    [InlineData("Input(8), [|Linear(0)|]", "DLG0109")]
    [InlineData("Input(8), [|Conv2d(3, Kernel = 3)|]", "DLG0201")]
    [InlineData("Input(8), [|Block(\"Missing\")|]", "DLG0116")]
    public async Task One_mistake_is_one_diagnostic(string layers, string id)
    {
        var model = Model.Source($$"""
            [Model, {{layers}}] public partial class Broken;
            [Model, Input(8)] [Block<Broken>, Linear(3)] public partial class Net;
            [Model] public partial class Deep { private static Tensor Forward([Input(8)] Tensor x) => x.Call<Net>(); }
            """);
        await model.Reports(id);
        Assert.Equal("the model Broken, which it calls, has an error", TestCompilation.Read(model.Text).Declaration!.Error);
        Assert.Equal("the model Net, which it calls, has an error", TestCompilation.Read(model.Text, "Deep").Declaration!.Error);
    }

    [Theory]
    [InlineData("[|Conv2d(3, Kernel = 2)|], BatchNorm", "DLG0308")]
    [InlineData("[|MaxPool2d(2)|]", "DLG0306")]
    [InlineData("[|Dropout(0.5)|]", "DLG0303")]
    public Task Warnings_are_the_called_models_own(string layers, string id) => Model.Source($$"""
        [Model, Input(1, 9, 9)] [{{layers}}] public partial class Warned;
        [Model, Input(1, 9, 9)] [Block<Warned>] public partial class Net;
        """).Reports(id);

    [Fact]
    public Task Softmax_of_the_called_model_before_a_loss() => Model.Source("""
        [Model, Input(8), Linear(3), Softmax] public partial class Probabilities;
        [Model, Input(8), SoftmaxCrossEntropy] [[|Block<Probabilities>|]] public partial class Net;
        """).Reports("DLG0301");

    [Fact]
    public Task Without_a_word() => Model.Source(Teacher + """
        [Model, Input(8)] [Block<Teacher>(Frozen = true), Relu, Linear(5)] [SoftmaxCrossEntropy] public partial class Net;
        """).ReportsNothing();

    [Fact]
    public async Task A_model_of_another_assembly()
    {
        var library = TestCompilation.Compile("using DlGen;\n" + Teacher).WithAssemblyName("Library");
        var compilation = TestCompilation.Compile("using DlGen;\n[Model, Input(8)] [Block<Teacher>] public partial class Net;").AddReferences(library.ToMetadataReference());
        var found = Assert.Single(await TestCompilation.Analyze(compilation));
        Assert.Equal("DLG0115", found.Id);
        Assert.Contains("Teacher is in the assembly Library, and a model is read from its source", found.GetMessage(), StringComparison.Ordinal);
    }

    private static Model Calling(string expression, bool generic = false) => Model.Source(Teacher + $$"""
        public class Plain;
        [Model, Input(8), BatchNorm] public partial class Normalised;
        [Model, Tokens(8, 9), Embedding(2)] public partial class OfIds;
        [Model] public partial class TwoInputs { private static Tensor Forward([Input(8)] Tensor a, [Input(8)] Tensor b) => a + b; }
        [Model] public partial class TwoOutputs { private static (Tensor A, Tensor B) Forward([Input(8)] Tensor a) => (a, a); }
        [Model] public partial class Net
        {
            private static Tensor Forward([Input(8)] Tensor x) => {{expression}};
            {{(generic ? "private static Tensor Generic<T>(Tensor x) where T : class => x.[|Call<T>()|];" : "")}}
        }
        """);
}
