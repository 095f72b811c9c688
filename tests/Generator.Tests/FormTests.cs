using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>The two forms of a model, and the C# that Forward may be written in.</summary>
public class FormTests
{
    [Fact]
    public void Both_forms_of_one_network_are_one_graph()
    {
        var sequential = Model.Sequential("Input(1, 28, 28), Flatten, Linear(128), LayerNorm, Gelu, Dropout(0.2), Linear(10), SoftmaxCrossEntropy").Read();
        var forward = Model.Source("""
            [Model, SoftmaxCrossEntropy]
            public partial class Net
            {
                private static Tensor Forward([Input(1, 28, 28)] Tensor inputs)
                    => inputs.Flatten().Linear(128).LayerNorm().Gelu().Dropout(0.2).Linear(10);
            }
            """).Read();
        Assert.Equal(sequential.Training, forward.Training);
        Assert.Equal(sequential.Prediction, forward.Prediction);
        Assert.Equal(sequential.Layers, forward.Layers);
        Assert.NotEqual(sequential.Training, sequential.Prediction);
        Assert.Equal(new DlGen.Reading.Classification(10, 1, "targets"), sequential.Classification);
        Assert.Equal(sequential.Classification, forward.Classification);
        Assert.Equal((false, true), (sequential.HasForward, forward.HasForward));
    }

    [Fact]
    public void Without_Tensor_Training_both_programs_are_equal_graphs()
    {
        var net = Model.Sequential("Input(4), Linear(3), Tanh, Linear(1), MeanSquaredError").Read();
        Assert.Equal(net.Training, net.Prediction);
        Assert.Null(net.Classification);
    }

    [Fact]
    public void Layers_are_named_by_kind_and_count()
    {
        var net = Model.Sequential("Input(4), Linear(3), LayerNorm, Relu, Linear(2), Relu").Read();
        Assert.Equal(["linear_1", "layernorm_1", "relu_1", "linear_2", "relu_2"], net.Layers.Select(l => l.Path));
        Assert.Equal(["linear_1.weight", "linear_1.bias", "layernorm_1.weight", "layernorm_1.bias", "linear_2.weight", "linear_2.bias"], net.Training!.ParameterPaths());
        Assert.Equal([15, 6, 0, 8, 0], net.Layers.Select(l => l.ParameterCount));
        Assert.Equal(["linear_1.weight", "linear_1.bias"], net.Layers[0].ParameterPaths);
    }

    [Fact]
    public void Helpers_name_their_layers_by_call_path()
    {
        var paths = Model.Forward("""
            for (int i = 0; i < 2; i++) x = FeedForward(x, 16);
            return x.Linear(3, name: "head").Linear(3);
            """, members: """
            private static Tensor FeedForward(Tensor x, int width) => x + Inner(x.Linear(width).Relu());
            private static Tensor Inner(Tensor x) => x.Linear(8, bias: false);
            """).Training.ParameterPaths();
        Assert.Equal([
            "feed_forward_1.linear_1.weight", "feed_forward_1.linear_1.bias", "feed_forward_1.inner_1.linear_1.weight",
            "feed_forward_2.linear_1.weight", "feed_forward_2.linear_1.bias", "feed_forward_2.inner_1.linear_1.weight",
            "head.weight", "head.bias", "linear_1.weight", "linear_1.bias"], paths);
    }

    [Fact]
    public void A_shared_method_has_one_set_of_parameters_and_int_arguments_make_a_family()
    {
        var net = Model.Forward("""
            x = Encode(x) + Encode(x + 1);
            for (int i = 0; i < 4; i++) x = Block(x, i % 2);
            return x;
            """, members: """
            [Shared] private static Tensor Encode(Tensor x) => x.Linear(8).Relu();
            [Shared] private static Tensor Block(Tensor x, int i) => x.Linear(8, bias: false);
            """);
        Assert.Equal(["encode.linear_1.weight", "encode.linear_1.bias", "block_0.linear_1.weight", "block_1.linear_1.weight"], net.Training.ParameterPaths());
        Assert.Equal(6, net.Training.Count<ContractOp>());
        Assert.Equal(4, net.Read().Layers.Count);
    }

    [Theory]
    [InlineData("int", "0", "1", "block_0,block_1")]
    [InlineData("int", "-3", "2 * 4", "block_m3,block_8")]
    [InlineData("bool", "true", "x.Shape[0] == 9", "block_true,block_false")]
    [InlineData("double", "0.5", "2", "block_0_5,block_2")]
    [InlineData("string", "\"left\"", "$\"Right{1}\"", "block_left,block_right1")]
    public void A_family_has_a_member_for_each_constant(string type, string first, string second, string scopes)
    {
        var paths = Model.Forward($"return Block(Inner(Block(x, {first})), {second});", members: $$"""
            private static Tensor Inner(Tensor x) => Block(Block(x, {{first}}), {{second}}).Linear(8, bias: false);
            [Shared] private static Tensor Block(Tensor x, {{type}} member) => x.Linear(8, bias: false);
            """).Training.ParameterPaths();
        string[] members = scopes.Split(',');
        Assert.Equal([members[0] + ".linear_1.weight", members[1] + ".linear_1.weight", "inner_1.linear_1.weight"], paths);
    }

    [Fact]
    public Task Members_of_a_family_have_one_shape() => Model.Forward("return Block(Block(x, 1).Linear(4), 1);", members: """
        [Shared] private static Tensor Block(Tensor x, int member) => x.[|Linear(8, bias: false)|];
        """).Reports("DLG0201", "block_1.linear_1.weight is shared and has the shape (8, 8) from its first use");

    [Fact]
    public void Frozen_and_initialised_layers()
    {
        var graph = Model.Forward("return Features(x).Linear(2, init: Init.XavierUniform).Linear(2, frozen: true, init: Initializer.Normal(0.02));", members: """
            [Frozen, Initialize(Init.Normal, Scale = 0.5)] private static Tensor Features(Tensor x) => x.Linear(4).LayerNorm();
            """).Training;
        Assert.Equal(new Initialization(InitializerKind.Normal, 0.5), graph.Parameter("features_1.linear_1.weight").Initialization);
        Assert.Equal(new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(8)), graph.Parameter("features_1.linear_1.bias").Initialization);
        Assert.Equal(new Initialization(InitializerKind.Ones, 1), graph.Parameter("features_1.layernorm_1.weight").Initialization);
        Assert.Equal(new Initialization(InitializerKind.Uniform, 1), graph.Parameter("linear_1.weight").Initialization);
        Assert.Equal(new Initialization(InitializerKind.Normal, 0.02), graph.Parameter("linear_2.weight").Initialization);
        Assert.Equal([true, true, true, true, false, false, true, true], graph.Nodes.Select(n => n.Op).OfType<ParameterOp>().Select(p => p.Frozen));
    }

    [Fact]
    public void The_class_can_freeze_and_initialise_everything()
    {
        var graph = Model.Sequential("Frozen, Initialize(Init.KaimingNormal), Input(8), Linear(2)").Training;
        Assert.Equal(new ParameterOp("linear_1.weight", GraphShape(2, 8), new Initialization(InitializerKind.Normal, 0.5), Frozen: true), graph.Parameter("linear_1.weight"));
    }

    [Fact]
    public void Early_return_ends_a_method_from_within_a_loop()
    {
        var paths = Model.Forward("return Grow(x, 2);", members: """
            private static Tensor Grow(Tensor x, int most)
            {
                for (int i = 0; ; i++)
                {
                    if (i == most) return x;
                    x = x.Linear(8 + i, bias: false);
                }
            }
            """).Training.ParameterPaths();
        Assert.Equal(["grow_1.linear_1.weight", "grow_1.linear_2.weight"], paths);
    }

    [Fact]
    public void Recursion_of_constant_depth_ends()
        => Assert.Equal(["down_1.linear_1.weight", "down_1.down_1.linear_1.weight"], Model.Forward("return Down(x, 2);", members: """
            private static Tensor Down(Tensor x, int depth) => depth == 0 ? x : Down(x.Linear(8, bias: false), depth - 1);
            """).Training.ParameterPaths());

    [Theory]
    [InlineData("return x.Linear(2 * 3 + 1);", "(7)")]
    [InlineData("int n = 1; n <<= 3; n--; return x.Linear(n);", "(7)")]
    [InlineData("var n = 0; for (int i = 0; i < 5; i++) { if (i == 1) continue; if (i == 4) break; n += i; } return x.Linear(n);", "(5)")]
    [InlineData("return x.Linear(Width / 2);", "(32)")]
    [InlineData("return x.Linear((int)System.Math.Sqrt(Width) + System.Math.Max(1, 2));", "(10)")]
    [InlineData("return x.Linear((int)(0.5f * 9));", "(4)")]
    [InlineData("bool wide = Width > 32 && !(Width == 65); return wide ? x.Linear(3) : x;", "(3)")]
    [InlineData("return x.Linear(x.Shape[0] / 2 + x.Shape.Count);", "(5)")]
    [InlineData("var y = x.Reshape(2, 4); var (rows, columns) = y.Shape; return x.Linear(10 * rows + columns);", "(24)")]
    [InlineData("(int rows, _) = x.Reshape(2, 4).Shape; return x.Linear(rows);", "(2)")]
    [InlineData("return x.Linear(x.Reshape(2, -1).Shape[^1]);", "(4)")]
    [InlineData("int[] widths = [3, 5]; for (int i = 0; i < widths.Length; i++) x = x.Linear(widths[i]); return x;", "(5)")]
    [InlineData("return Wide(outputs: 6, x: x);", "(6)")]
    [InlineData("return Wide(x);", "(12)")]
    [InlineData("return Sum(x, x, x.Exp());", "(8)")]
    [InlineData("return Elsewhere.Halve(x);", "(4)")]
    [InlineData("Tensor y; if (Width == 64) { y = x; } else { y = x.Linear(2); } return y;", "(8)")]
    [InlineData("return Generic(x);", "(8)")]
    [InlineData("byte n = 3; uint m = 2; return x.Linear(n + (int)m);", "(5)")]
    public void Constants_are_computed_as_CSharp_does(string body, string shape)
    {
        var model = Model.Source($$"""
            [Model]
            public partial class Net
            {
                private const int Width = 64;
                private static Tensor Forward([Input(8)] Tensor x) { {{body}} }
                private static Tensor Wide(Tensor x, int outputs = 12) => x.Linear(outputs);
                private static Tensor Sum(params Tensor[] parts) { var y = parts[0]; for (int i = 1; i < parts.Length; i++) y += parts[i]; return y; }
                private static T Generic<T>(T x) => x;
            }
            public static class Elsewhere { public static Tensor Halve(Tensor x) => x.Linear(x.Shape[0] / 2); }
            """);

        Assert.Equal(shape, model.Output);
    }

    [Fact]
    public void Training_is_a_constant_of_each_program()
    {
        var net = Model.Forward("return Tensor.Training ? x * Tensor.RandomUniform(8) : x * 0.5;").Read();
        Assert.Equal(1, net.Training!.Count<RandomOp>());
        Assert.Equal(0, net.Prediction!.Count<RandomOp>());
    }

    [Fact]
    public void Random_streams_are_numbered_in_order_of_evaluation()
    {
        var graph = Model.Forward("return x.Dropout(0.5).Dropout(0.5) * Tensor.RandomNormal(8);").Training;
        Assert.Equal([(0, RandomKind.Uniform), (1, RandomKind.Uniform), (2, RandomKind.Normal)],
            graph.Nodes.Select(n => n.Op).OfType<RandomOp>().Select(r => (r.Stream, r.Kind)));
    }

    [Fact]
    public void Parameters_that_a_method_declares_itself()
    {
        var graph = Model.Forward("""
            var scale = Tensor.Parameter([8], Initializer.Constant(0.5), name: "scale");
            return x * scale + Tensor.Parameter([8]);
            """).Training;
        Assert.Equal(new ParameterOp("scale", GraphShape(8), new Initialization(InitializerKind.Constant, 0.5), Frozen: false), graph.Parameter("scale"));
        Assert.Equal(InitializerKind.Zeros, graph.Parameter("parameter_1").Initialization.Kind);
    }

    [Fact]
    public void An_output_that_ignores_the_input_is_given_for_every_row()
    {
        var graph = Model.Forward("return Tensor.Parameter([3]);").Training;
        Assert.True(graph[graph.Find(OutputRole.Prediction)].PerRow);
        Assert.Equal(1, graph.Count<InputOp>());
    }

    [Theory]
    [InlineData("public partial class Net;", "", "", "public", "class")]
    [InlineData("namespace A.B { internal sealed partial class Net; }", "A.B", "", "internal", "class")]
    [InlineData("namespace A { partial class Outer<T> { partial class Inner { [Model, Input(2), Linear(1)] private protected partial record Net; } } }", "A", "class Outer<T>, class Inner", "private protected", "record")]
    public void The_declaration_says_where_the_members_go(string text, string space, string containing, string accessibility, string keyword)
    {
        string source = text.Contains("[Model", StringComparison.Ordinal) ? text : text.Replace("public partial", "[Model, Input(2), Linear(1)] public partial").Replace("internal sealed", "[Model, Input(2), Linear(1)] internal sealed");
        var compilation = TestCompilation.Compile("using DlGen;\n" + source);
        var type = (Microsoft.CodeAnalysis.INamedTypeSymbol)compilation.GetSymbolsWithName("Net").Single();
        var declaration = Reading.ModelReader.Read(type, compilation, CancellationToken.None).Declaration!;
        Assert.Equal((space, containing, accessibility, keyword),
            (declaration.Namespace, string.Join(", ", declaration.ContainingTypes.Select(c => $"{c.Keyword} {c.Name}")), declaration.Accessibility, declaration.TypeKeyword));
    }

    [Fact]
    public void Precision_is_read() => Assert.True(Model.Source("[Model(Precision = Precision.Float64), Input(2), Linear(1)] public partial class Net;").Read().Float64);

    private static Graphs.Shape GraphShape(params int[] extents) => Graphs.Shape.Of(extents);
}
