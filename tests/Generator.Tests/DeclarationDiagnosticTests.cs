using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>DLG01xx about the class and its attributes: each where it stands, alone, and with a twin that is fine.</summary>
public class DeclarationDiagnosticTests
{
    [Fact]
    public Task A_model_must_be_partial() => Model.Source("[Model, Input(2), Linear(1)] public class [|Net|];").Reports("DLG0101", "'Net' must be partial");

    [Fact]
    public Task Types_around_a_model_must_be_partial()
        => Model.Source("public class [|Outer|] { [Model, Input(2), Linear(1)] public partial class Net; }").Reports("DLG0101", "'Outer' must be partial");

    [Fact]
    public Task A_nested_model_is_fine()
        => Model.Source("public partial class Outer { [Model, Input(2), Linear(1)] public partial class Net; }").ReportsNothing();

    [Fact]
    public Task Layers_on_two_declarations() => Model.Source("""
        [Model, Input(2), Linear(3)] public partial class [|Net|];
        [Relu, Linear(1)] public partial class [|Net|];
        """).Reports("DLG0102", "on several declarations");

    [Fact]
    public Task Other_attributes_may_stand_on_another_declaration() => Model.Source("""
        [Model, Input(2), MeanSquaredError] public partial class Net;
        [Linear(3), Relu, Linear(1)] public partial class Net;
        """).ReportsNothing();

    [Fact]
    public Task Layers_without_input() => Model.Source("[Model, Linear(1)] public partial class [|Net|];").Reports("DLG0103", "[Input(784)]");

    [Fact]
    public Task Forward_without_input_shape()
        => Model.Source("[Model] public partial class Net { private static Tensor Forward(Tensor [|image|]) => image; }").Reports("DLG0103", "[Input(784)] Tensor image");

    [Fact]
    public Task Neither_layers_nor_Forward() => Model.Source("[Model, Input(2)] public partial class [|Net|];").Reports("DLG0104", "'Net' has neither");

    [Fact]
    public Task Layers_and_Forward()
        => Model.Source("[Model, Input(2), Linear(1)] public partial class Net { private static Tensor [|Forward|]([Input(2)] Tensor x) => x; }").Reports("DLG0105");

    [Fact]
    public Task A_Forward_without_tensors_is_the_users_own()
        => Model.Source("[Model, Input(2), Linear(1)] public partial class Net { public int Forward(int step) => step + 1; }").ReportsNothing();

    [Theory]
    [InlineData("private Tensor [|Forward|]([Input(2)] Tensor x) => x;", "is not static")]
    [InlineData("private static Tensor [|Forward|]() => Tensor.Zeros(1);", "takes no input")]
    [InlineData("private static (Tensor, int) [|Forward|]([Input(2)] Tensor x) => (x, 1);", "not a Tensor or a tuple of Tensors")]
    [InlineData("private static Tensor [|Forward|]<T>([Input(2)] Tensor x) => x;", "is generic")]
    [InlineData("private static Tensor [|Forward|]([Input(2)] int x) => Tensor.Zeros(x);", "not a Tensor")]
    [InlineData("private static void [|Forward|]() { }", "returns void")]
    [InlineData("private static Tensor [|Forward|]([Input(2)] Tensor x) => x; private static Tensor Forward([Input(2)] Tensor x, int n) => x;", "has several overloads")]
    public Task The_signature_of_Forward(string member, string words)
        => Model.Source($"[Model] public partial class Net {{ {member} }}").Reports("DLG0106", words);

    [Theory]
    [InlineData("public static partial class [|Net|];", "is static")]
    [InlineData("public abstract partial class [|Net|];", "is abstract")]
    [InlineData("public partial class [|Net|]<T>;", "is generic")]
    [InlineData("file partial class [|Net|];", "is file-local")]
    [InlineData("public partial class [|Net|](int size) { public int Size => size; }", "has a primary constructor")]
    [InlineData("public partial record [|Net|](int Size);", "has a primary constructor")]
    [InlineData("public partial class [|Pass|];", "has the name of one of its generated members")]
    [InlineData("public partial class [|Train|];", "has the name of one of its generated members")]
    [InlineData("public partial class [|Net|] { public int Parameters => 1; }", "has a member Parameters")]
    [InlineData("public partial class [|Net|] { public int Data; }", "has a member Data")]
    [InlineData("public partial class [|Net|] { public int CountedLabels => 1; }", "has a member CountedLabels")]
    [InlineData("public partial class [|Net|] { public Net() { } }", "has a constructor that bypasses the generated one")]
    public Task Classes_that_cannot_be_models(string declaration, string words)
        => Model.Source("[Model, Input(2), Linear(1)] " + declaration).Reports("DLG0107", words);

    [Theory]
    [InlineData("optimizer")]
    [InlineData("training")]
    [InlineData("destination")]
    [InlineData("targets")]
    [InlineData("loss")]
    [InlineData("rows")]
    public Task Reserved_names_of_inputs(string name)
        => Model.Source($"[Model] public partial class Net {{ private static Tensor Forward([Input(2)] Tensor [|{name}|]) => {name}.Exp(); }}").Reports("DLG0108", $"'{name}'");

    [Theory]
    [InlineData("data, path, stream, options, cancellationToken, model, network, values, result, labels, predictions, i, p, x0, Info, Network, Net, scope, @in, @class, core, inputs")]
    public async Task Other_names_are_the_users(string names)
    {
        foreach (string name in names.Split(", "))
            await Model.Source($"[Model, SoftmaxCrossEntropy] public partial class Net {{ private static Tensor Forward([Input(8)] Tensor {name}) => {name}.Linear(3); }}").ReportsNothing();
    }

    [Fact]
    public Task Names_that_are_keywords()
        => Model.Source("namespace @event.A { public partial class @for<T> { [Model, Input(2), Linear(1)] public partial class @class; } }").ReportsNothing();

    [Theory]
    [InlineData("")]
    [InlineData(", SoftmaxCrossEntropy")]
    public Task Several_inputs(string loss) => Model.Source($$"""
        [Model{{loss}}]
        public partial class Net
        {
            private static Tensor Forward([Input(8)] Tensor left, [Input(2, 4)] Tensor right) => left.Linear(3) + right.Flatten().Linear(3);
        }
        """).ReportsNothing();

    [Theory]
    [InlineData("Input(2), [|Linear(0)|]", "Linear(0): outputs must be at least 1")]
    [InlineData("Input(2), Linear(3), [|Standardize|], Linear(1)", "Standardize is fitted on the data, so it stands right after an input, but Linear gives (3); inside of a network use BatchNorm")]
    [InlineData("Input(2), [|GaussianNoise(-1)|], Linear(1)", "GaussianNoise(-1): sigma must be at least 0")]
    [InlineData("Input(2), Linear(1), [|Huber(0)|]", "delta must be above 0")]
    [InlineData("Input(2), [|Dropout(1)|], Linear(1)", "Dropout(1): p must be at least 0 and below 1")]
    [InlineData("Input(2), [|Normalize(0, 0)|], Linear(1)", "std must be above 0")]
    [InlineData("Input(1, 8, 8), [|Conv2d(8)|]", "The argument kernel, which has no default, is missing; write kernel: … in a call, Kernel = … in an attribute")]
    [InlineData("[|Input(0)|], Linear(1)", "extent below 1")]
    [InlineData("Input(2), [|Reshape(-1, -1)|]", "at most one -1")]
    [InlineData("Input(2), [|LayerNorm(Epsilon = -1)|]", "epsilon must be at least 0")]
    [InlineData("Input(2), Linear(3), [|SoftmaxCrossEntropy(LabelSmoothing = 2)|]", "labelSmoothing must be between 0 and 1")]
    public Task Arguments_out_of_range(string attributes, string words) => Model.Sequential(attributes).Reports("DLG0109", words);

    [Fact]
    public Task A_name_taken_twice() => Model.Forward("return x.Linear(8, name: \"stem\").[|Linear(8, name: \"stem\")|];").Reports("DLG0109", "already taken");

    [Fact]
    public Task A_name_that_no_path_can_hold() => Model.Forward("return x.[|Linear(8, name: \"a.b\")|];").Reports("DLG0109", "letters, digits");

    [Fact]
    public Task Layers_of_the_users_own() => Model.Source("""
        public sealed class SwirlAttribute : LayerAttribute;
        [Model, Input(2), [|Swirl|], Linear(1)] public partial class Net;
        """).Reports("DLG0110", "Swirl is not in the catalogue");

    [Fact]
    public Task Losses_of_the_users_own() => Model.Source("""
        public sealed class OddAttribute : LossAttribute;
        [Model, Input(2), Linear(1), [|Odd|]] public partial class Net;
        """).Reports("DLG0110", "Odd is not in the catalogue");

    [Fact]
    public Task Two_losses() => Model.Sequential("Input(2), Linear(3), MeanSquaredError, [|SoftmaxCrossEntropy|]").Reports("DLG0111");

    [Fact]
    public Task Parameters_that_only_training_has()
        => Model.Forward("return Tensor.Training ? x.[|Linear(8)|] : x;").Reports("DLG0112", "exists only while Tensor.Training is true");

    [Fact]
    public Task Parameters_that_only_prediction_has()
        => Model.Forward("return Tensor.Training ? x : x.[|Linear(8)|];").Reports("DLG0112", "exists only while Tensor.Training is false");

    [Fact]
    public Task Equal_parameters_in_both_programs_are_fine()
        => Model.Forward("var y = x.Linear(8); return Tensor.Training ? y.Relu() : y.Tanh();").ReportsNothing();
}
