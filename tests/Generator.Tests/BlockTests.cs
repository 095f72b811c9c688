using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>[Block(nameof(Stage), …)]: a static method among the layers of the sequential form.</summary>
public class BlockTests
{
    private const string Methods = """
        private static Tensor Stage(Tensor x, int width, int layers) { for (int i = 0; i < layers; i++) x = x.Linear(width, bias: false); return x.Relu(); }
        private static Tensor Plain(Tensor x) => x.Linear(4, bias: false);
        private static Tensor Wide(Tensor x, int width = 5, bool bias = false) => x.Linear(width, bias: bias);
        private static Tensor Many(Tensor x, params int[] widths) { foreach (int width in widths) x = x.Linear(width, bias: false); return x; }
        private static Tensor Scale(Tensor x, double by, string name, Init init) => by * x.Linear(4, bias: false, name: name, init: init);
        [Shared] private static Tensor Same(Tensor x) => x.Linear(8, bias: false);
        private static Tensor Deep(Tensor x, int[] widths) => Many(x, widths);
        """;

    [Theory]
    [InlineData("Block(nameof(Stage), 6, 2)", "stage_1.linear_1,stage_1.linear_2", "(6)")]
    [InlineData("Block(nameof(Stage), 6, 1, Repeat = 2), Linear(3, Bias = false)", "stage_1.linear_1,stage_2.linear_1,linear_1", "(3)")]
    [InlineData("Block(nameof(Plain))", "plain_1.linear_1", "(4)")]
    [InlineData("Block(\"Plain\"), Block(nameof(Plain))", "plain_1.linear_1,plain_2.linear_1", "(4)")]
    [InlineData("Block(nameof(Wide))", "wide_1.linear_1", "(5)")]
    [InlineData("Block(nameof(Wide), 7)", "wide_1.linear_1", "(7)")]
    [InlineData("Block(nameof(Many))", "", "(8)")]
    [InlineData("Block(nameof(Many), 7, 6)", "many_1.linear_1,many_1.linear_2", "(6)")]
    [InlineData("Block(nameof(Many), new[] { 7, 6 })", "many_1.linear_1,many_1.linear_2", "(6)")]
    [InlineData("Block(nameof(Deep), new[] { 7, 6 })", "deep_1.many_1.linear_1,deep_1.many_1.linear_2", "(6)")]
    [InlineData("Block(nameof(Scale), 2, \"own\", Init.Zeros)", "scale_1.own", "(4)")]
    [InlineData("Block(nameof(Same), Repeat = 3)", "same.linear_1", "(8)")]
    public void A_block_calls_a_method_with_constants(string layers, string paths, string output)
    {
        var model = Source(layers);
        Assert.Equal(paths.Length == 0 ? [] : paths.Split(',').Select(p => p + ".weight"), model.Training.ParameterPaths());
        Assert.Equal(output, model.Output);
    }

    /// <summary>VGG-11 in five lines.</summary>
    [Fact]
    public void Blocks_and_calls_in_Forward_are_one_network()
    {
        const string Stage = """
            private static Tensor Stage(Tensor x, int channels, int convolutions)
            {
                for (int i = 0; i < convolutions; i++) x = x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm().Relu();
                return x.MaxPool2d(2);
            }
            """;
        var blocks = Model.Source($$"""
            [Model, Input(3, 32, 32)]
            [Block(nameof(Stage), 4, 1), Block(nameof(Stage), 8, 1), Block(nameof(Stage), 8, 2), Block(nameof(Stage), 8, 2, Repeat = 2)]
            [Flatten, Linear(16), Relu, Dropout(0.5), Linear(10)]
            [SoftmaxCrossEntropy]
            public partial class Net { {{Stage}} }
            """);
        var forward = Model.Source($$"""
            [Model, SoftmaxCrossEntropy]
            public partial class Net
            {
                private static Tensor Forward([Input(3, 32, 32)] Tensor inputs)
                {
                    foreach (var (channels, convolutions) in new[] { (4, 1), (8, 1), (8, 2), (8, 2), (8, 2) }) inputs = Stage(inputs, channels, convolutions);
                    return inputs.Flatten().Linear(16).Relu().Dropout(0.5).Linear(10);
                }
                {{Stage}}
            }
            """);
        Assert.Equal(forward.Read() with { HasForward = false }, blocks.Read());
    }

    [Theory]
    [InlineData("[|Block(\"Missing\")|]", "Net has no method Missing")]
    [InlineData("[|Block(nameof(Overloaded))|]", "Overloaded has several overloads")]
    [InlineData("[|Block(nameof(OnInstance))|]", "OnInstance is not static")]
    [InlineData("[|Block(nameof(Generic))|]", "Generic is generic")]
    [InlineData("[|Block(nameof(Number), 3)|]", "Number must take a Tensor first and give one")]
    [InlineData("[|Block(nameof(Stage), 6)|]", "Stage takes (int width, int layers) after the tensor, but is given (6)")]
    [InlineData("[|Block(nameof(Stage), 6, 0.5)|]", "but is given (6, 0.5)")]
    [InlineData("[|Block(nameof(Stage), 6, 1, 2)|]", "but is given (6, 1, 2)")]
    [InlineData("[|Block(nameof(Stage), \"6\", true)|]", "but is given (\"6\", true)")]
    [InlineData("[|Block(nameof(Many), 1, 0.5)|]", "Many takes (int[] widths) after the tensor")]
    [InlineData("[|Block(nameof(Scale), 1, null!, Init.Zeros)|]", "Scale takes (double by, string name, Init init) after the tensor, but is given (1, null, 1)")]
    public Task Blocks_that_do_not_fit(string layers, string words) => Source(layers).Reports("DLG0116", words);

    [Theory]
    [InlineData("[|Block(nameof(Plain), Repeat = 0)|]", "Block(Plain): Repeat must be at least 1")]
    [InlineData("[|Block(nameof(Plain), null!)|]", "null has no meaning here")]
    public Task Arguments_out_of_range(string layers, string words) => Source(layers).Reports("DLG0109", words);

    [Fact]
    public Task A_problem_in_the_method_is_reported_there() => Source("Block(nameof(Wrong))", "private static Tensor Wrong(Tensor x) => x.[|Linear(0)|];").Reports("DLG0109", "Linear(0)");

    [Fact]
    public Task Repeating_without_end() => Source("[|Block(nameof(Nothing), Repeat = 2000000000)|]", "private static Tensor Nothing(Tensor x) => x;").Reports("DLG0121", "10,000");

    [Fact]
    public Task The_method_is_used() => Source("Block(nameof(Stage), 6, 2), Linear(2), SoftmaxCrossEntropy").ReportsNothing();

    private static Model Source(string layers, string members = "") => Model.Source($$"""
        [Model, Input(8), {{layers}}]
        public partial class Net
        {
            {{Methods}}
            private static Tensor Overloaded(Tensor x) => x;
            private static Tensor Overloaded(Tensor x, int n) => x;
            private Tensor OnInstance(Tensor x) => x;
            private static Tensor Generic<T>(Tensor x) => x;
            private static int Number(int n) => n;
            {{members}}
        }
        """);
}
