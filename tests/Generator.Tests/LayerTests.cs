using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>The shapes, parameters and compositions of the catalogue, and that what a user writes by hand is the same graph.</summary>
public class LayerTests
{
    [Theory]
    [InlineData("8", "Linear(3)", "(3)")]
    [InlineData("5, 8", "Linear(3)", "(5, 3)")]
    [InlineData("2, 3, 4", "Flatten", "(24)")]
    [InlineData("24", "Reshape(2, -1, 4)", "(2, 3, 4)")]
    [InlineData("24", "Reshape(2, 12)", "(2, 12)")]
    [InlineData("2, 3", "Normalize(0.5, 2)", "(2, 3)")]
    [InlineData("5, 8", "LayerNorm", "(5, 8)")]
    [InlineData("8", "GroupNorm(4)", "(8)")]
    [InlineData("5, 8", "GroupNorm(2)", "(5, 8)")]
    [InlineData("6, 5, 8", "GroupNorm(3)", "(6, 5, 8)")]
    [InlineData("8", "RmsNorm", "(8)")]
    [InlineData("5, 8", "InstanceNorm", "(5, 8)")]
    [InlineData("3, 5, 8", "InstanceNorm(Affine = true)", "(3, 5, 8)")]
    [InlineData("5, 8", "GaussianNoise(0.1)", "(5, 8)")]
    [InlineData("8", "Step", "(8)")]
    [InlineData("8", "BatchNorm", "(8)")]
    [InlineData("5, 8", "BatchNorm", "(5, 8)")]
    [InlineData("3, 5, 8", "BatchNorm", "(3, 5, 8)")]
    [InlineData("5, 8", "Attention(4)", "(5, 8)")]
    [InlineData("1, 3", "Attention(3, Causal = true, Bias = false)", "(1, 3)")]
    [InlineData("5, 7", "Attention(2, Rotary = true, HeadWidth = 4)", "(5, 7)")]
    [InlineData("5, 7", "SinusoidalPosition", "(5, 7)")]
    [InlineData("5, 6", "Rotary", "(5, 6)")]
    [InlineData("3, 28, 28", "Conv2d(6, Kernel = 5)", "(6, 24, 24)")]
    [InlineData("3, 7, 9", "Conv2d(4, Kernel = 3, Stride = 2, Padding = 1)", "(4, 4, 5)")]
    [InlineData("4, 9, 9", "Conv2d(8, Kernel = 3, Dilation = 3, Groups = 2)", "(8, 3, 3)")]
    [InlineData("3, 5, 6", "ConvTranspose2d(4, Kernel = 3)", "(4, 7, 8)")]
    [InlineData("4, 5, 6", "ConvTranspose2d(6, Kernel = 4, Stride = 2, Padding = 1, Groups = 2)", "(6, 10, 12)")]
    [InlineData("3, 5, 6", "ConvTranspose2d(4, Kernel = 3, Stride = 3, Dilation = 2, OutputPadding = 2)", "(4, 19, 22)")]
    [InlineData("3, 8, 6", "MaxPool2d(2)", "(3, 4, 3)")]
    [InlineData("3, 9, 7", "MaxPool2d(3, Stride = 2, Padding = 1)", "(3, 5, 4)")]
    [InlineData("3, 8, 6", "AvgPool2d(4, Stride = 1)", "(3, 5, 3)")]
    [InlineData("5, 8", "Softmax", "(5, 8)")]
    [InlineData("5, 8", "Softmax(Axis = 0)", "(5, 8)")]
    [InlineData("5, 8", "LogSoftmax", "(5, 8)")]
    [InlineData("10", "SoftmaxCrossEntropy", "(10)")]
    [InlineData("5, 10", "SoftmaxCrossEntropy", "(5, 10)")]
    [InlineData("3", "SigmoidCrossEntropy", "(3)")]
    [InlineData("3, 4", "Huber(0.5)", "(3, 4)")]
    [InlineData("5, 10", "LogSoftmax, NegativeLogLikelihood", "(5, 10)")]
    [InlineData("5, 10", "LogSoftmax, KullbackLeibler", "(5, 10)")]
    public void Shape_of_the_output(string input, string layer, string output)
        => Assert.Equal(output, Model.Sequential($"Input({input}), Relu, {layer}").Output);

    [Fact]
    public void Batch_norm_uses_its_running_statistics_in_prediction_and_moves_them_in_training()
    {
        var model = Model.Sequential("Input(3, 5, 8), BatchNorm, Flatten, Linear(2), MeanSquaredError");
        string[] states = ["batchnorm_1.running_mean", "batchnorm_1.running_var"];
        Assert.Equal(states, model.Training.Nodes.Select(n => n.Op).OfType<StateOp>().Select(s => s.Path));
        Assert.Equal(states, model.Training.Outputs.Where(o => o.Role == OutputRole.State).Select(o => o.Name));
        Assert.Equal([1, 2], Assert.IsType<MomentsOp>(model.Training.Nodes.Single(n => n.Op is MomentsOp).Op).Axes);
        Assert.DoesNotContain(model.Prediction.Nodes, n => n.Op is MomentsOp);
        Assert.DoesNotContain(model.Prediction.Outputs, o => o.Role == OutputRole.State);
        Assert.Equal(states, model.Prediction.Nodes.Select(n => n.Op).OfType<StateOp>().Select(s => s.Path));
    }

    [Fact]
    public void A_shared_batch_norm_called_twice_moves_its_statistics_twice()
    {
        var graph = Model.Forward("return Encode(x) + Encode(2 * x);", members: "[Shared] private static Tensor Encode(Tensor x) => x.BatchNorm();").Training;
        Assert.Equal(2, graph.Nodes.Count(n => n.Op is StateOp));
        Assert.Equal(2, graph.Nodes.Count(n => n.Op is MomentsOp));
        Assert.Equal(2, graph.Outputs.Count(o => o.Role == OutputRole.State));
    }

    [Theory]
    [MemberData(nameof(ElementwiseLayers))]
    public void Activations_keep_the_shape_and_are_maps(string layer)
    {
        var graph = Model.Sequential($"Input(3, 5), {layer}").Training;
        Assert.Equal("(3, 5)", graph[graph.Find(OutputRole.Prediction)].Shape.ToString());
        Assert.All(graph.Nodes.Where(n => n.Op is not (MapOp or InputOp)), n => Assert.True(n.Op is ReduceOp or StopGradientOp));
    }

    public static TheoryData<string> ElementwiseLayers() => [.. Activations.All.Select(l => l.Name)];

    [Theory]
    [InlineData("10", "SoftmaxCrossEntropy", "()", 10)]
    [InlineData("5, 10", "SoftmaxCrossEntropy", "(5)", 10)]
    [InlineData("10, 4, 6", "SoftmaxCrossEntropy", "(4, 6)", 10)]
    [InlineData("3", "SigmoidCrossEntropy", "(3)", 0)]
    [InlineData("5, 3", "MeanSquaredError", "(5, 3)", 0)]
    public void Targets_and_the_loss_of_a_row(string output, string loss, string target, int classes)
    {
        var graph = Model.Sequential($"Input({output}), Relu, {loss}").Training;
        var input = graph.Nodes.Select(n => n.Op).OfType<InputOp>().Single(i => i.IsTarget);
        Assert.Equal(("targets", target, classes), (input.Variable, input.Extents.ToString(), input.Classes));
        var rows = graph[graph.Find(OutputRole.Loss)];
        Assert.Equal((0, true), (rows.Shape.Rank, rows.PerRow));
    }

    [Fact]
    public void Linear_has_PyTorchs_parameters()
    {
        var graph = Model.Sequential("Input(16), Linear(3)").Training;
        var start = new Initialization(InitializerKind.Uniform, 0.25);
        Assert.Equal(new ParameterOp("linear_1.weight", Graphs.Shape.Of(3, 16), start, false), graph.Parameter("linear_1.weight"));
        Assert.Equal(new ParameterOp("linear_1.bias", Graphs.Shape.Of(3), start, false), graph.Parameter("linear_1.bias"));
        Assert.Equal(["linear_1.weight"], Model.Sequential("Input(16), Linear(3, Bias = false)").Training.ParameterPaths());
    }

    [Fact]
    public void Attention_has_PyTorchs_parameters()
    {
        var graph = Model.Sequential("Input(5, 6), Attention(2, Causal = true)").Training;
        var zeros = new Initialization(InitializerKind.Zeros, 0);
        // xavier_uniform of (18, 6): √(6 / (6 + 18)).
        Assert.Equal(new ParameterOp("attention_1.in_proj_weight", Graphs.Shape.Of(18, 6), new Initialization(InitializerKind.Uniform, 0.5), false), graph.Parameter("attention_1.in_proj_weight"));
        Assert.Equal(new ParameterOp("attention_1.in_proj_bias", Graphs.Shape.Of(18), zeros, false), graph.Parameter("attention_1.in_proj_bias"));
        Assert.Equal(new ParameterOp("attention_1.out_proj.weight", Graphs.Shape.Of(6, 6), new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(6)), false), graph.Parameter("attention_1.out_proj.weight"));
        Assert.Equal(new ParameterOp("attention_1.out_proj.bias", Graphs.Shape.Of(6), zeros, false), graph.Parameter("attention_1.out_proj.bias"));
        Assert.Equal(new AttentionOp(IsCausal: true, 1 / Math.Sqrt(3)), graph.Nodes.Single(n => n.Op is AttentionOp).Op);
        Assert.Equal(["attention_1.in_proj_weight", "attention_1.out_proj.weight"], Model.Sequential("Input(5, 6), Attention(1, Bias = false)").Training.ParameterPaths());
    }

    [Fact]
    public void Convolutions_have_PyTorchs_parameters()
    {
        var graph = Model.Sequential("Input(8, 5, 5), Conv2d(6, Kernel = 4, Groups = 2), ConvTranspose2d(8, Kernel = 2, Groups = 2)").Training;
        var start = new Initialization(InitializerKind.Uniform, 0.125);
        Assert.Equal(new ParameterOp("conv2d_1.weight", Graphs.Shape.Of(6, 4, 4, 4), start, false), graph.Parameter("conv2d_1.weight"));
        Assert.Equal(new ParameterOp("conv2d_1.bias", Graphs.Shape.Of(6), start, false), graph.Parameter("conv2d_1.bias"));
        start = new Initialization(InitializerKind.Uniform, 0.25);
        Assert.Equal(new ParameterOp("convtranspose2d_1.weight", Graphs.Shape.Of(6, 4, 2, 2), start, false), graph.Parameter("convtranspose2d_1.weight"));
        Assert.Equal(new ParameterOp("convtranspose2d_1.bias", Graphs.Shape.Of(8), start, false), graph.Parameter("convtranspose2d_1.bias"));
        Assert.Equal(["conv2d_1.weight"], Model.Sequential("Input(1, 4, 4), Conv2d(2, Kernel = 3, Bias = false)").Training.ParameterPaths());
    }

    [Fact]
    public void Noise_is_drawn_in_training_alone()
    {
        var net = Model.Sequential("Input(4), GaussianNoise(0.5), Linear(2)").Read();
        Assert.Equal((1, 0), (net.Training!.Count<RandomOp>(), net.Prediction!.Count<RandomOp>()));
        Assert.Equal(0, Model.Sequential("Input(4), GaussianNoise(0), Linear(2)").Training.Count<RandomOp>());
    }

    [Fact]
    public void Dropout_is_the_identity_outside_training()
    {
        var net = Model.Sequential("Input(4), Dropout(0.5), Linear(2)").Read();
        Assert.Equal(1, net.Training!.Count<RandomOp>());
        Assert.Equal(0, net.Prediction!.Count<RandomOp>());
        Assert.Equal(0, Model.Sequential("Input(4), Dropout(0), Linear(2)").Training.Count<RandomOp>());
    }

    /// <summary>Every activation as its definition reads in C#: the nodes must be the catalogue's, one for one.</summary>
    [Theory]
    [InlineData("Relu()", "x.Relu()")]
    [InlineData("Selu()", "Tensor.Where(x > 0, x, 1.6732632423543772848170429916717 * Tensor.Where(x > 0, 0, x).Expm1()) * 1.0507009873554804934193349852946")]
    [InlineData("LeakyRelu(0.2)", "Tensor.Where(x > 0, x, 0.2 * x)")]
    [InlineData("Step()", "(x > 0) + (x - x.StopGradient())")]
    [InlineData("Elu(1.5)", "Tensor.Where(x > 0, x, 1.5 * Tensor.Where(x > 0, 0, x).Expm1())")]
    [InlineData("Gelu()", "0.5 * x * (1 + (x * System.Math.Sqrt(0.5)).Erf())")]
    [InlineData("Silu()", "x * x.Sigmoid()")]
    [InlineData("Softplus()", "x.Maximum(0) + (-x.Abs()).Exp().Log1p()")]
    [InlineData("Mish()", "x * x.Softplus().Tanh()")]
    [InlineData("HardSwish()", "x * (x + 3).Clamp(0, 6) / 6")]
    [InlineData("Softmax()", "Exponentials(x) / Exponentials(x).Sum(-1, keep: true)")]
    [InlineData("LogSoftmax()", "Shifted(x) - Exponentials(x).Sum(-1, keep: true).Log()")]
    [InlineData("Normalize(0.5, 2)", "(x - 0.5) / 2")]
    [InlineData("Flatten()", "x.Reshape(-1)")]
    public void A_handwritten_activation_is_the_catalogues_graph(string layer, string handwritten)
    {
        const string Members = """
            private static Tensor Shifted(Tensor x) => x - x.Max(-1, keep: true).StopGradient();
            private static Tensor Exponentials(Tensor x) => Shifted(x).Exp();
            """;
        var catalogue = Model.Forward($"return x.{layer};", input: "3, 4").Training;
        var byHand = Model.Forward($"return {handwritten};", input: "3, 4", members: Members).Training;
        Assert.Equal(catalogue.Anonymous(), byHand.Anonymous());
    }

    [Fact]
    public void A_handwritten_LayerNorm_is_the_catalogues_graph()
    {
        var catalogue = Model.Forward("return x.LayerNorm(name: \"norm\");", input: "3, 4").Training;
        var byHand = Model.Forward("return Norm(x);", input: "3, 4", members: """
            private static Tensor Norm(Tensor x)
            {
                var centred = x - x.Mean(-1, keep: true);
                var variance = (centred * centred).Mean(-1, keep: true);
                return centred / (variance + 1e-5).Sqrt() * Tensor.Parameter([4], Init.Ones, name: "weight") + Tensor.Parameter([4], name: "bias");
            }
            """).Training;
        Assert.Equal(catalogue.Nodes.Select(n => Unnamed(n.Op)), byHand.Nodes.Select(n => Unnamed(n.Op)));
        Assert.Equal(catalogue.Nodes.Select(n => n.Operands), byHand.Nodes.Select(n => n.Operands));
        static Op Unnamed(Op op) => op is ParameterOp parameter ? parameter with { Path = "" } : op;
    }

    [Theory]
    [InlineData("x.Sum()", "()")]
    [InlineData("x.Sum(0)", "(4)")]
    [InlineData("x.Mean(-1)", "(3)")]
    [InlineData("x.Max(1, keep: true)", "(3, 1)")]
    [InlineData("x.Min(0)", "(4)")]
    [InlineData("x.Variance(0)", "(4)")]
    [InlineData("x.Norm()", "()")]
    [InlineData("x.Norm(0)", "(4)")]
    [InlineData("x[0]", "(4)")]
    [InlineData("x[^1]", "(4)")]
    [InlineData("x[.., 1..3]", "(3, 2)")]
    [InlineData("x[1..^1, 2]", "(1)")]
    [InlineData("x[1..]", "(2, 4)")]
    [InlineData("x.Transpose()", "(4, 3)")]
    [InlineData("x.Transpose(1, 0)", "(4, 3)")]
    [InlineData("x.Reshape(2, 2, 3).Transpose(-1, 0, 1)", "(3, 2, 2)")]
    [InlineData("x.MatMul(x.Transpose())", "(3, 3)")]
    [InlineData("Tensor.Concat(x, x)", "(6, 4)")]
    [InlineData("Tensor.Concat([x, x, x], axis: -1)", "(3, 12)")]
    [InlineData("Tensor.Stack([x, x])", "(2, 3, 4)")]
    [InlineData("Tensor.Stack([x, x], axis: -1)", "(3, 4, 2)")]
    [InlineData("Tensor.Where(x > 0 & !(x >= 2) | x < -1, x, 1)", "(3, 4)")]
    [InlineData("x * Tensor.Constant(1, 2, 3, 4)", "(3, 4)")]
    [InlineData("x + Tensor.Ones(4) - Tensor.Zeros(3, 1)", "(3, 4)")]
    [InlineData("x + Tensor.RandomNormal(3, 4)", "(3, 4)")]
    [InlineData("1 - 2 / x * -x + 3f", "(3, 4)")]
    [InlineData("x.Pow(3).Abs().Sqrt().Log().Sin().Cos()", "(3, 4)")]
    [InlineData("x.Maximum(1).Minimum(x)", "(3, 4)")]
    public void Shapes_of_functions(string expression, string shape) => Assert.Equal(shape, Model.Forward($"return {expression};", input: "3, 4").Output);

    [Fact]
    public void A_number_is_one_op_on_either_side()
        => Assert.Equal(Model.Forward("return 2 * x + 1;").Training, Model.Forward("Tensor one = 1; return one + x * 2;").Training);
}
