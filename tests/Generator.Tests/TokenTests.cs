using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Inputs of ids: what they give and take, and that nothing computes with them unawares.</summary>
public class TokenTests
{
    [Theory]
    [InlineData("Embedding(8)", "(6, 8)")]
    [InlineData("Reshape(2, 3), Embedding(8)", "(2, 3, 8)")]
    [InlineData("Flatten, Embedding(1)", "(6, 1)")]
    [InlineData("Embedding(8), PositionEmbedding", "(6, 8)")]
    public void Shapes_of_layers(string layers, string output) => Assert.Equal(output, Model.Sequential($"Tokens(6, 50), {layers}").Output);

    [Theory]
    [InlineData("t.Embedding(3)", "(6, 3)")]
    [InlineData("t.Embedding(table)", "(6, 2, 4)")]
    [InlineData("table.Gather(t[0])", "(2, 4)")]
    [InlineData("table[.., 1].Gather(t[1..])", "(5, 4)")]
    [InlineData("t.OneHot(9)", "(6, 9)")]
    [InlineData("t.Reshape(2, 3)[.., 1].StopGradient().Embedding(2)", "(2, 2)")]
    [InlineData("t.Reshape(2, 3).Transpose().Embedding(2)", "(3, 2, 2)")]
    [InlineData("t.Embedding(2) * (t > 0).Reshape(6, 1)", "(6, 2)")]
    public void Shapes_of_functions(string expression, string output) => Assert.Equal(output, Forward($"return {expression};").Output);

    [Fact]
    public void Embedding_has_PyTorchs_parameter()
    {
        var graph = Model.Sequential("Tokens(6, 50), Embedding(8), PositionEmbedding, Flatten, Linear(2)").Training;
        Assert.Equal(new InputOp("inputs", Graphs.Shape.Of(6), IsTarget: false, Classes: 50), graph.Nodes.Select(n => n.Op).OfType<InputOp>().Single());
        Assert.Equal(new ParameterOp("embedding_1.weight", Graphs.Shape.Of(50, 8), new Initialization(InitializerKind.Normal, 1), false), graph.Parameter("embedding_1.weight"));
        Assert.Equal(new ParameterOp("positionembedding_1.weight", Graphs.Shape.Of(6, 8), new Initialization(InitializerKind.Normal, 0.02), false), graph.Parameter("positionembedding_1.weight"));
    }

    /// <summary>nn.init counts a (vocabulary, width) table as a layer from width to vocabulary.</summary>
    [Fact]
    public void Tables_start_as_the_class_says()
        => Assert.Equal(new Initialization(InitializerKind.Normal, Math.Sqrt(1.0 / 8)),
            Model.Sequential("Initialize(Init.KaimingNormal, Scale = 0.70710678118654757), Tokens(6, 50), Embedding(8), Flatten, Linear(2)").Training.Parameter("embedding_1.weight").Initialization);

    [Fact]
    public void A_given_table_is_the_one_of_the_layer()
    {
        static IEnumerable<Op> Unnamed(Graph graph) => graph.Nodes.Select(n => n.Op is ParameterOp parameter ? parameter with { Path = "" } : n.Op);
        var layer = Unnamed(Forward("return t.Embedding(4);").Training);
        Assert.Equal(layer, Unnamed(Forward("return t.Embedding(Tensor.Parameter([9, 4], Initializer.Normal(1)));").Training));
        Assert.Equal(layer, Unnamed(Forward("return Tensor.Parameter([9, 4], Initializer.Normal(1)).Gather(t);").Training));
    }

    [Theory]
    [InlineData("return [|t + 1|];", "Arithmetic needs numbers, but t holds ids of a vocabulary of 9; write t.Embedding(width), or t.OneHot(9)")]
    [InlineData("return [|2 * t[1..]|];", "t holds ids")]
    [InlineData("return [|-t|];", "t holds ids")]
    [InlineData("return [|!t|];", "t holds ids")]
    [InlineData("return [|x * t|];", "t holds ids")]
    [InlineData("return [|t & x|];", "t holds ids")]
    [InlineData("return t.[|Linear(4)|];", "Linear(4) needs numbers, but t holds ids")]
    [InlineData("return t.[|Relu()|];", "Relu needs numbers")]
    [InlineData("return t.[|PositionEmbedding()|];", "PositionEmbedding needs numbers")]
    [InlineData("return t.[|Exp()|];", "Exp needs numbers")]
    [InlineData("return t.[|Mean()|];", "Mean needs numbers")]
    [InlineData("return x.[|Maximum(t)|];", "Maximum needs numbers")]
    [InlineData("return x.[|MatMul(t.Reshape(6, 1))|];", "MatMul needs numbers")]
    [InlineData("return Tensor.[|Concat(x, t)|];", "Concat needs numbers")]
    [InlineData("return Tensor.[|Stack([t, t])|];", "Stack needs numbers")]
    [InlineData("return Tensor.[|Where(x > 0, x, t)|];", "Where needs numbers")]
    [InlineData("return t.[|Gather(t)|];", "Gather needs numbers")]
    [InlineData("return Tensor.[|Scan(t, Tensor.Zeros(4), (h, step) => (h + step).Tanh())|];", "A recurrence needs numbers")]
    [InlineData("return Tensor.Scan(x, Tensor.Zeros(6), (h, step) => h * [|t|]);", "The cell of a recurrence needs numbers")]
    public Task Ids_are_no_numbers(string body, string words) => Forward(body).Reports("DLG0202", words);

    [Fact]
    public Task The_output_is_no_ids() => Model.Source("""
        [Model]
        public partial class Net { private static Tensor [|Forward|]([Tokens(6, 9)] Tensor t) => t[1..]; }
        """).Reports("DLG0202", "The output needs numbers, but t holds ids");

    [Theory]
    [InlineData("Tokens(6, 9), [|Linear(3)|]", "Linear(3) needs numbers, but inputs holds ids of a vocabulary of 9; write inputs.Embedding(width)")]
    [InlineData("Tokens(6, 9), [|Flatten|]", "The output needs numbers")]
    [InlineData("Tokens(6, 9), Reshape(6, 1), [|Softmax|]", "Softmax needs numbers")]
    public Task Ids_in_the_sequential_form(string attributes, string words) => Model.Sequential(attributes).Reports("DLG0202", words);

    [Theory]
    [InlineData("output.[|MeanSquaredError(t)|]", "DLG0109", "with floats, but t holds ids; use t.OneHot(9)")]
    [InlineData("output.[|MeanSquaredError(t[..3])|]", "DLG0109", "t holds ids")]
    [InlineData("output[..3].[|SoftmaxCrossEntropy(t[0])|]", "DLG0109", "gets 3 classes, but t has labels of 9")]
    [InlineData("[|output.Sum() + t[0]|]", "DLG0202", "Arithmetic needs numbers")]
    [InlineData("t.[|MeanSquaredError(output)|]", "DLG0202", "MeanSquaredError needs numbers")]
    public Task Ids_in_a_loss(string loss, string id, string words)
        => Forward("return x.Linear(6);", $"private static Tensor Loss(Tensor output, Tensor t) => {loss};").Reports(id, words);

    [Fact]
    public Task The_loss_is_no_ids() => Forward("return x.Linear(6);", "private static Tensor [|Loss|](Tensor output, Tensor t) => t;").Reports("DLG0202", "The loss needs numbers");

    [Theory]
    [InlineData("return x.[|Embedding(3)|];", "Embedding(3) looks up int ids, but the input is (6) and holds numbers; declare the input as [Tokens(length, vocabulary)]")]
    [InlineData("return table.[|Gather(x)|];", "Gather looks up int ids, but was given numbers; declare the ids as an input, [Tokens(length, vocabulary)]")]
    [InlineData("return t.[|Embedding(Tensor.Zeros(8, 3))|];", "Embedding looks up ids of t, which go from 0 to 8, but the table (8, 3) has 8 entries; give it 9")]
    [InlineData("return t.Reshape(2, 3)[.., 1..].Flatten().[|Embedding(2)|];", "reshape the result instead")]
    [InlineData("return t.[|Embedding(Tensor.Parameter([]))|];", "the table has the shape ()")]
    [InlineData("return t.Embedding(3)[0].[|PositionEmbedding()|];", "PositionEmbedding expects a sequence (time, features), but")]
    public Task Lookups_that_do_not_fit(string body, string words) => Forward(body).Reports("DLG0201", words);

    [Theory]
    [InlineData("Tokens(6, 9), [|Embedding(0)|]", "Embedding(0): width must be at least 1")]
    [InlineData("[|Tokens(6, 0)|], Embedding(2)", "Tokens(6, 0): vocabulary must be at least 1")]
    [InlineData("[|Tokens(0, 9)|], Embedding(2)", "extent below 1")]
    public Task Arguments_out_of_range(string attributes, string words) => Model.Sequential(attributes).Reports("DLG0109", words);

    [Fact]
    public Task Input_and_tokens_at_once_on_the_class() => Model.Source("[Model, Input(4), Tokens(4, 9), Linear(2)] public partial class [|Net|];").Reports("DLG0107", "keep one");

    [Fact]
    public Task Input_and_tokens_at_once_on_a_parameter() => Model.Source("""
        [Model]
        public partial class Net { private static Tensor Forward([Input(4), Tokens(4, 9)] Tensor [|x|]) => x.Linear(2); }
        """).Reports("DLG0106", "declares 'x' as numbers, [Input(…)], and as ids, [Tokens(…)], at once");

    /// <summary>The members of a broken model take ids as those of a whole one would.</summary>
    [Fact]
    public Task One_mistake_is_one_diagnostic() => Model.Source("""
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Tokens(6, 9)] Tensor tokens, [Input(6)] Tensor numbers) => tokens.[|Linear(3)|] + numbers.Linear(3);
        }

        public static class Caller
        {
            public static void Call(int[] tokens, float[] numbers, int[] classes)
            {
                var net = new Net();
                net.TrainBatch(tokens, numbers, classes, Optimizer.Sgd(0.1));
                net.Predict(tokens, numbers);
                net.Train(Net.Data(tokens, numbers, classes), new TrainingOptions { Optimizer = Optimizer.Sgd(0.1) });
                var pass = net.CreatePass(4);
                pass.Forward(tokens, numbers);
                System.Console.WriteLine(pass.InputGradient.Length);
            }
        }
        """).Reports("DLG0202");

    [Fact]
    public Task A_sequential_model_of_ids_compiles_without_a_word()
        => Model.Sequential("Tokens(6, 9), Embedding(4), PositionEmbedding, LayerNorm, Flatten, Linear(2), SoftmaxCrossEntropy").ReportsNothing();

    /// <summary>A class Net over ids t below 9 and numbers x, with a table (9, 2, 4) at hand.</summary>
    private static Model Forward(string body, string members = "") => Model.Source($$"""
        [Model]
        public partial class Net
        {
            private static Tensor Forward([Tokens(6, 9)] Tensor t, [Input(6)] Tensor x)
            {
                {{(body.Contains("table", StringComparison.Ordinal) ? "var table = Tensor.Parameter([9, 2, 4]);" : "")}}
                {{body}}
            }
            {{members}}
        }
        """);
}
