using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Every entry of the catalogue, written as an attribute and as a method, with its options: one graph, one list of parameters; and its row in the docs.</summary>
public class CatalogueFormsTests
{
    private static readonly (string Input, string Attribute, string Method)[] Layers =
    [
        ("7", "Linear(5, Bias = false)", "Linear(5, bias: false)"),
        ("2, 3", "Flatten", "Flatten()"),
        ("12", "Reshape(3, -1)", "Reshape(3, -1)"),
        ("7", "Normalize(0.5, 2)", "Normalize(0.5, 2)"),
        ("7", "Standardize", "Standardize()"),
        ("3, 4, 4", "MinMaxScale", "MinMaxScale()"),
        ("7", "Dropout(0.25)", "Dropout(0.25)"),
        ("7", "GaussianNoise(0.25)", "GaussianNoise(0.25)"),
        ("5, 8", "LayerNorm(Epsilon = 1e-3)", "LayerNorm(epsilon: 1e-3)"),
        ("5, 8", "RmsNorm(Epsilon = 1e-3)", "RmsNorm(epsilon: 1e-3)"),
        ("3, 4, 4", "BatchNorm(Momentum = 0.2, Epsilon = 1e-3)", "BatchNorm(momentum: 0.2, epsilon: 1e-3)"),
        ("4, 3, 3", "GroupNorm(2, Epsilon = 1e-3)", "GroupNorm(2, epsilon: 1e-3)"),
        ("4, 3, 3", "InstanceNorm(Affine = true, Epsilon = 1e-3)", "InstanceNorm(affine: true, epsilon: 1e-3)"),
        ("5, 3", "Rnn(4, Nonlinearity = Nonlinearity.Relu, Bias = false)", "Rnn(4, nonlinearity: Nonlinearity.Relu, bias: false)"),
        ("5, 3", "Lstm(4, Layers = 2, Bidirectional = true, ReturnSequence = true, Dropout = 0.5, ProjSize = 3)", "Lstm(4, layers: 2, bidirectional: true, returnSequence: true, dropout: 0.5, projSize: 3)"),
        ("5, 3", "Gru(4, Layers = 2, Bidirectional = true, Bias = false)", "Gru(4, layers: 2, bidirectional: true, bias: false)"),
        ("5, 3", "LastStep", "LastStep()"),
        ("5, 6", "Attention(2, Causal = true, Bias = false, Rotary = true, RotaryBase = 100, HeadWidth = 4)", "Attention(2, causal: true, bias: false, rotary: true, rotaryBase: 100, headWidth: 4)"),
        ("ids", "Embedding(5)", "Embedding(5)"),
        ("5, 3", "PositionEmbedding", "PositionEmbedding()"),
        ("5, 3", "SinusoidalPosition", "SinusoidalPosition()"),
        ("2, 5, 4", "Rotary(Base = 100)", "Rotary(@base: 100)"),
        ("4, 9, 9", "Conv2d(6, Kernel = 3, Stride = 2, Padding = 1, Dilation = 2, Groups = 2, Bias = false)", "Conv2d(6, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false)"),
        ("4, 5, 5", "ConvTranspose2d(6, Kernel = 3, Stride = 2, Padding = 1, OutputPadding = 1, Groups = 2, Bias = false)", "ConvTranspose2d(6, kernel: 3, stride: 2, padding: 1, outputPadding: 1, groups: 2, bias: false)"),
        ("9, 4", "Conv1d(6, Kernel = 3, Stride = 2, Padding = 1, Dilation = 2, Groups = 2, Bias = false)", "Conv1d(6, kernel: 3, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false)"),
        ("4, 5, 6, 7", "Conv3d(6, Kernel = 2, Stride = 2, Padding = 1, Dilation = 2, Groups = 2, Bias = false)", "Conv3d(6, kernel: 2, stride: 2, padding: 1, dilation: 2, groups: 2, bias: false)"),
        ("8, 3", "MaxPool1d(3, Stride = 2, Padding = 1, Dilation = 2, CeilMode = true)", "MaxPool1d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true)"),
        ("3, 8, 8", "MaxPool2d(3, Stride = 2, Padding = 1, Dilation = 2, CeilMode = true)", "MaxPool2d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true)"),
        ("2, 5, 6, 6", "MaxPool3d(2, Stride = 2, Padding = 1, Dilation = 2, CeilMode = true)", "MaxPool3d(2, stride: 2, padding: 1, dilation: 2, ceilMode: true)"),
        ("8, 3", "AvgPool1d(3, Stride = 2, Padding = 1, CeilMode = true, CountPadding = false)", "AvgPool1d(3, stride: 2, padding: 1, ceilMode: true, countPadding: false)"),
        ("3, 8, 8", "AvgPool2d(3, Stride = 2, Padding = 1, CeilMode = true, CountPadding = false)", "AvgPool2d(3, stride: 2, padding: 1, ceilMode: true, countPadding: false)"),
        ("2, 5, 6, 6", "AvgPool3d(2, Stride = 2, Padding = 1, CeilMode = true, CountPadding = false)", "AvgPool3d(2, stride: 2, padding: 1, ceilMode: true, countPadding: false)"),
        ("5, 3", "GlobalMaxPool1d", "GlobalMaxPool1d()"),
        ("3, 4, 5", "GlobalMaxPool2d", "GlobalMaxPool2d()"),
        ("5, 3", "GlobalAvgPool1d", "GlobalAvgPool1d()"),
        ("3, 4, 5", "GlobalAvgPool2d", "GlobalAvgPool2d()"),
        ("3, 4, 5", "Upsample2d(2, Mode = UpsampleMode.Bilinear, AlignCorners = true)", "Upsample2d(2, mode: UpsampleMode.Bilinear, alignCorners: true)"),
        ("3, 4, 5", "Pad(1, 2, 0, 3, Mode = PadMode.Reflect)", "Pad([1, 2, 0, 3], mode: PadMode.Reflect)"),
        ("3, 4, 5", "Dropout2d(0.25)", "Dropout2d(0.25)"),
        ("7", "Relu", "Relu()"),
        ("7", "LeakyRelu(0.2)", "LeakyRelu(0.2)"),
        ("7", "Elu(0.5)", "Elu(0.5)"),
        ("7", "Selu", "Selu()"),
        ("7", "Gelu", "Gelu()"),
        ("7", "Silu", "Silu()"),
        ("7", "Mish", "Mish()"),
        ("7", "Sigmoid", "Sigmoid()"),
        ("7", "Tanh", "Tanh()"),
        ("7", "Softplus", "Softplus()"),
        ("7", "HardSwish", "HardSwish()"),
        ("7", "Step", "Step()"),
        ("5, 3", "Softmax(Axis = 0)", "Softmax(axis: 0)"),
        ("5, 3", "LogSoftmax(Axis = 0)", "LogSoftmax(axis: 0)"),
    ];

    private static readonly (string Attribute, string Target, string Method)[] Losses =
    [
        ("SoftmaxCrossEntropy(LabelSmoothing = 0.1)", "Label(6)", "SoftmaxCrossEntropy(targets, labelSmoothing: 0.1)"),
        ("NegativeLogLikelihood", "Label(6)", "NegativeLogLikelihood(targets)"),
        ("SigmoidCrossEntropy", "Target(6)", "SigmoidCrossEntropy(targets)"),
        ("MeanSquaredError", "Target(6)", "MeanSquaredError(targets)"),
        ("MeanAbsoluteError", "Target(6)", "MeanAbsoluteError(targets)"),
        ("Huber(0.5)", "Target(6)", "Huber(targets, delta: 0.5)"),
        ("Hinge", "Target(6)", "Hinge(targets)"),
        ("KullbackLeibler", "Target(6)", "KullbackLeibler(targets)"),
    ];

    public static TheoryData<string, string, string> LayerForms => Data(Layers);

    public static TheoryData<string, string, string> LossForms => Data(Losses);

    [Fact]
    public void Every_entry_is_here_and_in_the_docs()
    {
        Assert.Equal(Catalogue.Layers.Values.Where(l => l.HasAttribute).Select(l => l.Name).Order(StringComparer.Ordinal), Layers.Select(l => Name(l.Attribute)).Order(StringComparer.Ordinal));
        Assert.Equal(Catalogue.Losses.Keys.Order(StringComparer.Ordinal), Losses.Select(l => Name(l.Attribute)).Order(StringComparer.Ordinal));
        string docs = File.ReadAllText(Path.Combine(CatalogueTests.Repository, "docs", "language.md"));
        foreach (string name in Catalogue.Layers.Keys.Concat(Catalogue.Losses.Keys))
            Assert.Matches($@"\n\| `{name}[ `(]", docs);
    }

    [Theory]
    [MemberData(nameof(LayerForms))]
    public void A_layer_as_attribute_and_as_method_is_one_graph(string input, string attribute, string method)
    {
        string given = input == "ids" ? "Tokens(5, 9)" : $"Input({input})";
        var stated = Model.Source($"[Model, {given}, {attribute}] public partial class Net;").Read();
        var written = Model.Source($"[Model] public partial class Net {{ private static Tensor Forward([{given}] Tensor inputs) => inputs.{method}; }}").Read();
        Assert.Null(stated.Error);
        Assert.Equal(stated.Training, written.Training);
        Assert.Equal(stated.Prediction, written.Prediction);
        Assert.Equal(stated.Layers, written.Layers);
        Assert.Equal(stated.Scalings, written.Scalings);
    }

    [Theory]
    [MemberData(nameof(LossForms))]
    public void A_loss_as_attribute_and_as_method_is_one_graph(string attribute, string target, string method)
    {
        var stated = Model.Source($"[Model, Input(4), Linear(6), {attribute}] public partial class Net;").Read();
        var written = Model.Source($"[Model, Input(4), Linear(6)] public partial class Net {{ private static Tensor Loss(Tensor output, [{target}] Tensor targets) => output.{method}; }}").Read();
        Assert.Null(stated.Error);
        Assert.Equal(LossOf(stated.Training!), LossOf(written.Training!));
    }

    /// <summary>The loss alone: an attribute also gives Predict its link.</summary>
    private static Graph LossOf(Graph graph)
        => Lowering.Simplify.BeforeDifferentiation(new Graph(graph.Nodes, graph.Outputs.Where(o => o.Role == OutputRole.Loss).ToEquatableArray()));

    private static string Name(string attribute) => attribute.Split('(')[0];

    private static TheoryData<string, string, string> Data((string, string, string)[] rows)
    {
        var data = new TheoryData<string, string, string>();
        foreach (var (first, second, third) in rows) data.Add(first, second, third);
        return data;
    }
}
