using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>DLG0201 at the layer or expression, and the training mistakes DLG03xx.</summary>
public class ShapeDiagnosticTests
{
    [Theory]
    [InlineData("Input(16, 5, 5), [|Linear(10)|]", "Linear(10) expects a vector, but the input is (16, 5, 5); add Flatten")]
    [InlineData("Input(400), Reshape(16, 5, 5), [|Linear(10)|]", "Linear(10) expects a vector, but Reshape gives (16, 5, 5); add Flatten")]
    [InlineData("Input, [|Linear(10)|]", "the input is (); add Reshape(1)")]
    [InlineData("Input(10), [|Reshape(3, 4)|]", "Reshape(3, 4) does not fit: the input is (10), which is 10 numbers")]
    [InlineData("Input(10), [|Reshape(3, -1)|]", "Reshape(3, -1) does not fit")]
    [InlineData("Input(10), [|Softmax(Axis = 1)|], Linear(1)", "Axis 1 is outside the shape (10)")]
    [InlineData("Input, [|BatchNorm|]", "BatchNorm expects a vector (features), a sequence (time, features), an image (channels, height, width) or a volume (channels, depth, height, width), but the input is ()")]
    [InlineData("Input(8), [|Attention(2)|]", "Attention(2) expects a sequence (time, width), but the input is (8); add Reshape(time, width)")]
    [InlineData("Input(4, 5, 8), Relu, [|Attention(2)|]", "Attention(2) expects a sequence (time, width), but Relu gives (4, 5, 8); add Reshape(time, width)")]
    [InlineData("Input(5, 12), [|Attention(5)|]", "Attention(5) cuts the width into equal heads, but the input is (5, 12), and 5 does not divide 12; take 1, 2, 3, 4, 6 or 12 heads, or state headWidth")]
    [InlineData("Input(1, 1000000000), [|Attention(2)|]", "(2147483647, 1000000000): more than 2^30 numbers")]
    [InlineData("Input(5, 1), [|Attention(2)|]", "2 does not divide 1; take 1 head")]
    [InlineData("Input(5, 4), [|Attention(2, HeadWidth = 2147483647)|]", "more than 2^30 numbers")]
    [InlineData("Input(5, 3), [|Rotary|]", "Rotary turns pairs of features, but there are 3; take an even number")]
    [InlineData("Input(5), [|SinusoidalPosition|]", "SinusoidalPosition expects a sequence (time, features), but the input is (5); add Reshape(time, features)")]
    [InlineData("Input(784), [|Conv2d(6, Kernel = 5)|]", "Conv2d(6, 5) expects an image (channels, height, width), but the input is (784); add Reshape(channels, height, width)")]
    [InlineData("Input(28, 28), [|Conv2d(6, Kernel = 5)|]", "but the input is (28, 28); add Reshape(1, height, width)")]
    [InlineData("Input(20, 28, 1), [|Conv2d(6, Kernel = 3)|]", "Conv2d(6, 3) has windows of 3 × 3 pixels, but the input is (20, 28, 1); choose smaller windows or more padding; images are (channels, height, width): if this one is (height, width, channels), it should be (1, 20, 28), its values in that order")]
    [InlineData("Input(20, 28, 1), [|Conv2d(6, Kernel = 5, Padding = 1)|]", "with the padding 30 × 3 pixels; choose smaller windows or more padding; images are (channels, height, width): if this one is (height, width, channels), it should be (1, 20, 28)")]
    [InlineData("Input(20, 28, 3), [|MaxPool2d(7, Stride = 2, CeilMode = true)|]", "it should be (3, 20, 28), its values in that order")]
    [InlineData("Input(9, 20, 28, 1), [|Conv3d(6, Kernel = 3)|]", "volumes are (channels, depth, height, width): if this one is (depth, height, width, channels), it should be (1, 9, 20, 28), its values in that order")]
    [InlineData("Input(64, 2, 2), [|Conv2d(6, Kernel = 3)|]", "Conv2d(6, 3) has windows of 3 × 3 pixels, but the input is (64, 2, 2); choose smaller windows or more padding")]
    [InlineData("Input(3, 4, 9), Relu, [|Conv2d(6, Kernel = 5)|]", "Conv2d(6, 5) has windows of 5 × 5 pixels, but Relu gives (3, 4, 9); choose smaller windows or more padding")]
    [InlineData("Input(3, 7, 7), [|Conv2d(6, Kernel = 5, Dilation = 3, Padding = 2)|]", "windows of 13 × 13 pixels, but the input is (3, 7, 7), with the padding 11 × 11 pixels")]
    [InlineData("Input(3, 8, 8), [|Conv2d(6, Kernel = 3, Groups = 2)|]", "Conv2d(6, 3) divides the channels into 2 groups, but the input is (3, 8, 8): 3 channels; choose a divisor of 3")]
    [InlineData("Input(8), Linear(9), [|ConvTranspose2d(6, Kernel = 3)|]", "ConvTranspose2d(6, 3) expects an image (channels, height, width), but Linear gives (9)")]
    [InlineData("Input(3, 1, 8), [|ConvTranspose2d(6, Kernel = 3, Padding = 2)|]", "ConvTranspose2d(6, 3) with padding 2 leaves nothing of the 3 pixels that it makes")]
    [InlineData("Input(3, 2, 2), [|MaxPool2d(3)|]", "MaxPool2d(3) has windows of 3 × 3 pixels, but the input is (3, 2, 2); choose smaller windows")]
    [InlineData("Input(9), [|AvgPool2d(3)|]", "AvgPool2d(3) expects an image (channels, height, width), but the input is (9)")]
    [InlineData("Input(6), [|InstanceNorm|]", "InstanceNorm normalises each channel over its positions, but the input is (6): one position each; use LayerNorm or BatchNorm")]
    [InlineData("Input(4, 1, 1), [|InstanceNorm|]", "one position each")]
    [InlineData("Input(2), Linear(1), [|NegativeLogLikelihood|]", "needs at least two classes")]
    [InlineData("Input(2, 3, 4, 5), Relu, [|NegativeLogLikelihood|]", "expects log-probabilities (classes), (time, classes)")]
    [InlineData("Input(6, 2, 2), [|GroupNorm(4)|]", "GroupNorm(4) parts the channels into equal groups, but the input is (6, 2, 2): 6 is not divisible by 4")]
    [InlineData("Input, [|LayerNorm|]", "LayerNorm normalises the last axis")]
    [InlineData("Input(4), Linear(1), [|SoftmaxCrossEntropy|]", "at least two classes, but Linear gives (1)")]
    [InlineData("Input(2, 2, 2, 2), Relu, [|SoftmaxCrossEntropy|]", "Relu gives (2, 2, 2, 2)")]
    [InlineData("Input(100000), [|Linear(100000)|]", "more than 2^30 numbers")]
    [InlineData("[|Input(100000, 100000)|], Flatten", "more than 2^30 numbers")]
    public Task A_layer_that_does_not_fit(string attributes, string words)
        => Model.Sequential(attributes).Reports("DLG0201", words);

    [Theory]
    [InlineData("return x.Reshape(2, 2, 2).[|Linear(10)|];", "Linear(10) expects a vector, but Reshape gives (2, 2, 2); add Flatten")]
    [InlineData("return [|x + x.Linear(9)|];", "(8) and (9) don't fit together")]
    [InlineData("var y = x; [|y *= x.Linear(9)|]; return y;", "(8) and (9) don't fit together")]
    [InlineData("return [|x[9]|];", "The slice 9..10 leaves axis 0 of (8)")]
    [InlineData("return [|x[2..2]|];", "The slice 2..2 leaves axis 0 of (8)")]
    [InlineData("return [|x[.., 1]|];", "2 slices are too many for the shape (8)")]
    [InlineData("return x.[|MatMul(Tensor.Zeros(9, 2))|];", "must equal the second-last")]
    [InlineData("return x.[|Transpose()|];", "Transpose swaps the last two axes")]
    [InlineData("return x.[|Sum(axis: 1)|];", "Axis 1 is outside the shape (8)")]
    [InlineData("return Tensor.[|Concat(x, x.Reshape(2, 4))|];", "all other extents must be equal")]
    [InlineData("return Tensor.[|Stack([x, x.Linear(3)])|];", "all shapes must be equal")]
    [InlineData("return x.Linear([|x.Shape[1]|]);", "has no axis 1")]
    [InlineData("var [|(a, b)|] = x.Shape; return x;", "has 1 axes, but 2 variables")]
    public Task An_expression_that_does_not_fit(string body, string words) => Model.Forward(body).Reports("DLG0201", words);

    [Fact]
    public Task A_shared_method_called_with_another_shape()
        => Model.Forward("return Encode(x) + Encode(x.Linear(4));", members: "[Shared] private static Tensor Encode(Tensor x) => x.[|Linear(8)|];")
            .Reports("DLG0201", "The parameter encode.linear_1.weight is shared and has the shape (8, 8)");

    [Theory]
    [InlineData("Input(4), Linear(3), [|Softmax|], SoftmaxCrossEntropy", "DLG0301")]
    [InlineData("Input(4), Linear(3), [|Sigmoid|], SigmoidCrossEntropy", "DLG0302")]
    [InlineData("Input(4), Linear(3), [|Dropout(0.5)|]", "DLG0303")]
    [InlineData("Input(4), Linear(3), [|Dropout(0.5)|], MeanSquaredError", "DLG0303")]
    [InlineData("Input(4), [|Linear(3)|], BatchNorm", "DLG0308")]
    [InlineData("Input(1, 6, 6), [|Conv2d(3, Kernel = 3)|], BatchNorm", "DLG0308")]
    [InlineData("Input(1, 7, 6), [|MaxPool2d(2)|]", "DLG0306")]
    [InlineData("Input(1, 8, 9), [|AvgPool2d(3, Stride = 4, Padding = 1)|]", "DLG0306")]
    [InlineData("Input(2, 4), LayerNorm, [|Linear(3)|], BatchNorm, Flatten, Linear(2)", "DLG0308")]
    public Task What_compiles_but_trains_badly(string attributes, string id) => Model.Sequential(attributes).Reports(id);

    [Theory]
    [InlineData("Input(4), Linear(3), Softmax")]
    [InlineData("Input(4), Linear(3), Softmax, MeanSquaredError")]
    [InlineData("Input(4), Linear(3), Sigmoid, MeanSquaredError")]
    [InlineData("Input(4), Softmax, Linear(3), SoftmaxCrossEntropy")]
    [InlineData("Input(4), Dropout(0.5), Linear(3)")]
    [InlineData("Input(4), Linear(3, Bias = false), BatchNorm")]
    [InlineData("Input(4), Linear(3), Relu, BatchNorm")]
    [InlineData("Input(1, 6, 6), Conv2d(3, Kernel = 3, Bias = false), BatchNorm")]
    [InlineData("Input(1, 8, 6), MaxPool2d(2)")]
    [InlineData("Input(1, 7, 9), AvgPool2d(3, Stride = 2, Padding = 1)")]
    [InlineData("Input(1, 8, 8), MaxPool2d(3, Stride = 2, Padding = 1), Conv2d(2, Kernel = 3, Stride = 2)")]
    [InlineData("Input(2, 4), Linear(3), Flatten, BatchNorm")]
    public Task Their_fine_twins(string attributes) => Model.Sequential(attributes).ReportsNothing();

    [Fact]
    public Task A_pool_says_what_it_leaves_out()
        => Model.Forward("return x.Conv2d(4, kernel: 3).[|MaxPool2d(2, stride: 3)|];", input: "1, 7, 9")
            .Reports("DLG0306", "MaxPool2d leaves out the last 2 columns of (4, 5, 7), where no window reaches");

    [Fact]
    public Task A_pool_over_time_says_what_it_leaves_out()
        => Model.Forward("return x.[|MaxPool1d(3)|];", input: "40, 3").Reports("DLG0306", "MaxPool1d leaves out the last time step of (40, 3)");

    [Fact]
    public Task A_pool_over_a_volume_says_what_it_leaves_out()
        => Model.Forward("return x.[|MaxPool3d(2)|];", input: "2, 5, 4, 7").Reports("DLG0306", "MaxPool3d leaves out the last slice and column of (2, 5, 4, 7)");

    [Fact]
    public Task Softmax_before_its_loss_in_Forward()
        => Model.Forward("return x.Linear(3).[|Softmax()|];", attributes: "SoftmaxCrossEntropy").Reports("DLG0301");

    [Fact]
    public Task A_layer_that_nothing_uses() => Model.Forward("var y = x.[|Linear(3)|]; return x.Linear(2);").Reports("DLG0304", "linear_1");

    [Fact]
    public Task A_layer_that_only_prediction_uses_is_used()
        => Model.Forward("var y = x.Linear(8); var z = y.Tanh(); return Tensor.Training ? y : z;").ReportsNothing();

    [Fact]
    public Task Warnings_follow_pragma() => Model.Source("""
        [Model, Input(4), Linear(3), SoftmaxCrossEntropy]
        #pragma warning disable DLG0301
        [Softmax]
        #pragma warning restore DLG0301
        public partial class Net;
        """).ReportsNothing();

    [Fact]
    public async Task Shapes_are_shown_when_editorconfig_asks_for_it()
    {
        var model = Model.Forward("for (int i = 4; i > 2; i--) x = x.Linear(i); return x.Relu();");
        await model.ReportsNothing();
        var found = await TestCompilation.Analyze(TestCompilation.Compile(model.Text), ("dlgen_show_shapes", "true"));
        Assert.Equal(["Linear gives (4), then (3)", "Relu gives (3)"], found.Select(d => d.GetMessage()));
        Assert.All(found, d => Assert.Equal("DLG0501", d.Id));
    }
}
