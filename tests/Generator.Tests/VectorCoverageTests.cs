using DlGen.Cpu;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Networks that are meant to be fast have no kernel that falls back to plain loops: its results would be right, and a hundred times late.</summary>
public class VectorCoverageTests
{
    [Theory]
    [InlineData("LeNet", "Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 5), Relu, MaxPool2d(2), Flatten, Linear(120), Relu, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("residual", "Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1, Bias = false), BatchNorm, Relu, MaxPool2d(2), Conv2d(32, Kernel = 3, Stride = 2, Padding = 1, Bias = false), BatchNorm, Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("depthwise", "Input(16, 8, 8), Conv2d(16, Kernel = 1), Conv2d(16, Kernel = 3, Padding = 1, Groups = 16), Relu, Conv2d(32, Kernel = 1), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("decoder", "Input(16, 6, 6), Conv2d(16, Kernel = 3, Padding = 1), Silu, Upsample2d(2, Mode = UpsampleMode.Bilinear), Conv2d(16, Kernel = 3, Padding = 1), Silu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("sequence", "Input(40, 16), Conv1d(32, Kernel = 5), Relu, MaxPool1d(2), Conv1d(32, Kernel = 3), Relu, GlobalMaxPool1d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("images of bytes", "Input(1, 28, 28, Bytes = true), Normalize(0.286, 0.353), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 5), Relu, MaxPool2d(2), Flatten, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("vectors of bytes", "Input(28, 28, Bytes = true), Flatten, Linear(32), Relu, Linear(10), SoftmaxCrossEntropy")]
    public void Every_kernel_of_a_training_step_is_printed_with_vectors(string network, string attributes)
        => Assert.True(!Plain(Model.Sequential(attributes).Lowered, EntryProgram.Gradients).Any(), $"{network}: {string.Join("\n", Plain(Model.Sequential(attributes).Lowered, EntryProgram.Gradients))}");

    /// <summary>One Map of the bytes where they lie, whatever follows, in both precisions; a copy into another order, of which there may be one, is made of its results.</summary>
    [Theory]
    [InlineData("Input(3, 32, 32, Bytes = true), Normalize(0.286, 0.353), Conv2d(16, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("Input(3, 32, 32, Bytes = true), Conv2d(16, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("Input(1, 28, 28, Bytes = true), Flatten, Linear(10), SoftmaxCrossEntropy")]
    [InlineData("Input(3, 32, 32, Bytes = true), Standardize, Conv2d(16, Kernel = 3), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy")]
    public void Bytes_become_numbers_in_one_map_with_vectors(string attributes)
    {
        foreach (string program in new[] { EntryProgram.Predict, EntryProgram.Gradients })
        {
            var map = Assert.IsType<MapKernel>(Assert.Single(Kernels(Model.Sequential(attributes).Lowered, program), k => k.Buffers.Any(b => b.IsBytes)));
            foreach (bool float64 in new[] { false, true })
            {
                Assert.True(MapTemplate.Fits(map, float64));
                Assert.Equal(attributes.Contains("Standardize", StringComparison.Ordinal) ? 3 : 1, VectorAxis.Arrange(map, float64)!.Axes.Count);
            }
        }
    }

    /// <summary>The gradient that the user of a pass gives has the channels first: it is turned before it is masked, not element by element on the way.</summary>
    [Fact]
    public void A_pass_meets_images_in_the_users_order_with_vectors()
        => Assert.Empty(Plain(Model.Sequential("Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1, Bias = false), Relu").Lowered, EntryProgram.Pass));

    /// <summary>Forward, the gradient by the image, and that by the weights.</summary>
    [Fact]
    public void Channels_with_weights_of_their_own_are_lanes_in_all_three_products()
    {
        var module = Model.Sequential("Input(16, 8, 8), Conv2d(16, Kernel = 1), Conv2d(16, Kernel = 3, Padding = 1, Groups = 16), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy").Lowered;
        Assert.Equal(3, Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>().Count(k => LaneContractionTemplate.Fits(k, float64: false)));
    }

    /// <summary>Forward, the gradient by the image, and that by the taps: the results of sums would be as right, and late.</summary>
    [Fact]
    public void Convolutions_of_many_channels_take_Winograds_products_in_all_three()
    {
        var module = Model.Sequential("Input(16, 8, 8), Conv2d(16, Kernel = 1), Conv2d(32, Kernel = 3, Padding = 1, Bias = false), BatchNorm, Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy").Lowered;
        Assert.Equal(2, Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>().Count(k => WinogradTemplate.Fits(k, float64: false)));
        Assert.Single(Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>(), k => WinogradGradientTemplate.Fits(k, float64: false));
    }

    /// <summary>
    /// Of the second convolution, with 5 × 5 taps, all three: the gradient by its image, which had no border, by tiles of the gradients by its results. Of the first, whose image has
    /// one channel, none.
    /// </summary>
    [Fact]
    public void Convolutions_with_five_taps_and_few_channels_take_them_too()
    {
        var module = Model.Sequential("Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 5), Relu, MaxPool2d(2), Flatten, Linear(10), SoftmaxCrossEntropy").Lowered;
        var taken = Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>().Where(k => WinogradTemplate.Fits(k, float64: false)).Select(k => k.Winograd!).ToList();
        Assert.Equal([(10, 10, 6, 16, false), (10, 10, 16, 6, true)], taken.Select(w => (w.Height, w.Width, w.Channels, w.Outputs, w.IsTransposed)));
        // Epilogues over a line of tiles, and over the image that they add to.
        Assert.Equal([(5, (2, 10)), (25, (14, 14))], taken.Select(w => (w.TilesFinished, w.Finished)));
        var byTaps = Assert.Single(Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>(), k => WinogradGradientTemplate.Fits(k, float64: false)).WinogradGradient!;
        Assert.Equal(2, byTaps.Blocks); // for two threads
        // What has no use for the border around the gradients by the results reads them without it.
        Assert.Equal([10 * 16, 16, 1], byTaps.Gradient.Strides.Skip(1));
        Assert.Single(Kernels(module, EntryProgram.Predict).OfType<ContractionKernel>(), k => WinogradTemplate.Fits(k, float64: false));
        // The taps are turned for their numbers alone, and not for the sum, which nobody computes.
        Assert.Single(Kernels(module, EntryProgram.Predict).OfType<MapKernel>(), k => k.Axes.All(axis => !axis.TimesRows) && k.Axes.Aggregate(1, (count, axis) => count * axis.Constant) == 6 * 5 * 5 * 16);
    }

    /// <summary>Six outputs of the first convolution, and six channels that the second's gradient goes to: vectors lie along the width.</summary>
    [Fact]
    public void Convolutions_with_few_outputs_have_vectors_along_the_width()
    {
        var module = Model.Sequential("Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 7), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy").Lowered;
        var kernels = Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>().Where(k => k.M == Extent.Of(6) && !k.Sharded);
        Assert.Equal([Extent.Of(28), Extent.Of(14)], kernels.Select(k => k.N));
    }

    /// <summary>A tile of six outputs by one row of the image would wait for its own sums.</summary>
    [Fact]
    public void Tiles_of_few_outputs_take_several_rows_of_the_image()
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(
            "using DlGen; [Model, Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy] public partial class Net;"));
        Assert.Contains("// 6 rows × 4 vectors, 2 for each 28 columns of a row of the image", text);
    }

    /// <summary>Tiles that would overlap have two results at the edges: 22² products per pair of channels for 14 × 14 results, where overlapping ones have 24².</summary>
    [Theory]
    [InlineData(14, 14, 22 * 22, new[] { "", "4x2", "2x4", "2x2" })]
    [InlineData(14, 8, 22 * 12, new[] { "", "2x4" })]
    [InlineData(8, 14, 12 * 22, new[] { "", "4x2" })]
    [InlineData(8, 8, 12 * 12, new[] { "" })]
    [InlineData(7, 14, 12 * 24, new[] { "" })] // an odd rest: all overlap
    [InlineData(26, 26, 42 * 42, new[] { "" })] // more tiles than are computed together
    public void Winograds_tiles_at_edges_have_two_results(int height, int width, int products, string[] kinds)
    {
        Assert.Equal(products, new WinogradSize(3).ProductsIn(height, width));
        string text = TestCompilation.GeneratedText(TestCompilation.Compile(
            $"using DlGen; [Model, Input(16, {height}, {width}), Conv2d(16, Kernel = 1), Conv2d(16, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(2), SoftmaxCrossEntropy] public partial class Net;"));
        foreach (string transform in new[] { "Image", "Result", "Gradient" })
            foreach (string kind in new[] { "", "4x2", "2x4", "2x2" }) Assert.Equal(kinds.Contains(kind), text.Contains($".Transform{transform}{kind}("));
    }

    /// <summary>Bias, activation and pool keep that order, and no gradient asks a prediction where the maxima stand.</summary>
    [Fact]
    public void What_is_computed_of_few_outputs_keeps_their_order_up_to_the_next_convolution()
    {
        var module = Model.Sequential("Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 5), Relu, MaxPool2d(2), Flatten, Linear(10), SoftmaxCrossEntropy").Lowered;
        var pools = Kernels(module, EntryProgram.Predict).OfType<ReductionKernel>().ToList();
        Assert.All(pools, pool => Assert.Equal(ReduceKind.Max, pool.Kind));
        Assert.Equal([2, 1], pools.Select(pool => pool.Source.Accesses[0].Strides[pool.Kept.Count - 1]));
        Assert.Empty(Plain(module, EntryProgram.Predict));
    }

    /// <summary>
    /// And in training: maxima with their places, their gradient with vectors of every number twice, the bias's sums along the lines. The first convolution's gradient by the taps has vectors of terms, and only the
    /// second convolution gets a copy with the channels last.
    /// </summary>
    [Fact]
    public void Gradients_of_few_outputs_keep_their_order()
    {
        var module = Model.Sequential("Input(1, 28, 28), Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(2), Conv2d(16, Kernel = 5), Relu, MaxPool2d(2), Flatten, Linear(10), SoftmaxCrossEntropy").Lowered;
        var kernels = Kernels(module, EntryProgram.Gradients).ToList();
        Assert.Empty(Plain(module, EntryProgram.Gradients));
        Assert.Single(kernels.OfType<ContractionKernel>(), DotContractionTemplate.Fits);
        Assert.Single(kernels.OfType<WindowKernel>(), window => window.Windows.Any(w => w.Axis == window.Kept.Count - 1));
        // The maxima themselves as a prediction has them, whoever asks for their places.
        var maxima = kernels.OfType<ReductionKernel>().Where(k => k.Kind == ReduceKind.Max).ToList();
        Assert.Equal(2, maxima.Count);
        Assert.Equal(Kernels(module, EntryProgram.Predict).OfType<ReductionKernel>(), maxima);
        Assert.Equal(2, kernels.OfType<ReductionKernel>().Count(k => k.Kind == ReduceKind.ArgMax));
        // The pool's results for the second convolution, and its gradient by them for the pool's.
        Assert.Equal(2, kernels.OfType<MapKernel>().Count(map => TranspositionTemplate.Fits(map) && map.Axes.Any(a => a is { TimesRows: false, Constant: 6 }) && map.Axes[0].TimesRows));
    }

    /// <summary>Windows that overlap, that leave a pixel over, and images that are turned as they come: nothing is computed element by element, and no buffer holds every pixel's every tap.</summary>
    [Theory]
    [InlineData("Conv2d(6, Kernel = 5, Padding = 2), Relu, MaxPool2d(3, Stride = 2), Conv2d(16, Kernel = 5), Relu, Flatten")]
    [InlineData("Conv2d(6, Kernel = 4), Relu, MaxPool2d(2), Conv2d(16, Kernel = 3), Relu, Flatten")]
    [InlineData("Conv2d(6, Kernel = 5, Padding = 2), Relu, AvgPool2d(3, Stride = 2), Conv2d(16, Kernel = 5), Relu, Flatten")]
    [InlineData("Conv2d(6, Kernel = 5), Relu, Conv2d(6, Kernel = 3), Relu, GlobalAvgPool2d")]
    public void Gradients_of_few_outputs_over_any_windows_have_vectors(string layers)
    {
        var module = Model.Sequential($"Input(1, 28, 28), {layers}, Linear(10), SoftmaxCrossEntropy").Lowered;
        Assert.True(!Plain(module, EntryProgram.Gradients).Any(), string.Join("\n", Plain(module, EntryProgram.Gradients)));
        Assert.DoesNotContain(Kernels(module, EntryProgram.Gradients).OfType<MapKernel>(), map => map.Axes.Count > 4);
        // A second convolution takes its image turned, as the first gives it, and no copy that is turned again.
        if (layers.Contains("Conv2d(6, Kernel = 3)")) Assert.Equal(3, Kernels(module, EntryProgram.Gradients).OfType<MapKernel>().Count(map => TranspositionTemplate.Fits(map) && map.Axes.Any(a => a.TimesRows)));
    }

    /// <summary>The bias's sums of a gradient in the user's order go along the lines, where they lie: a channel's pixels are a row.</summary>
    [Fact]
    public void Sums_of_what_is_turned_are_taken_where_it_lies()
    {
        var kernels = Kernels(Model.Sequential("Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)").Lowered, EntryProgram.Pass).ToList();
        Assert.Single(kernels.OfType<RowKernel>(), row => row.Inner == 64);
        Assert.DoesNotContain(kernels.OfType<ReductionKernel>(), reduction => !reduction.Sharded);
    }

    /// <summary>Channels by themselves stay where they are: last behind another convolution, first in the user's order, where nothing is turned.</summary>
    [Fact]
    public void Convolutions_of_channels_by_themselves_keep_their_order()
    {
        var behind = Kernels(Model.Sequential("Input(3, 14, 14), Conv2d(32, Kernel = 1), Relu, Conv2d(32, Kernel = 3, Padding = 1, Groups = 32), Relu, Conv2d(8, Kernel = 1), GlobalAvgPool2d, Linear(2), SoftmaxCrossEntropy").Lowered, EntryProgram.Predict).ToList();
        Assert.Single(behind.OfType<ContractionKernel>(), k => LaneContractionTemplate.Fits(k, float64: false));
        Assert.DoesNotContain(behind.OfType<MapKernel>(), map => TranspositionTemplate.Fits(map) && map.Axes.Any(a => a.TimesRows));
        var module = Model.Sequential("Input(32, 14, 14), Conv2d(32, Kernel = 3, Padding = 1, Groups = 32)").Lowered;
        // The border of one column is zeros a line apart.
        Assert.All(Plain(module, EntryProgram.Pass), k => Assert.IsType<MapKernel>(k));
        Assert.DoesNotContain(Kernels(module, EntryProgram.Pass).Concat(Kernels(module, EntryProgram.Predict)).OfType<MapKernel>(), map => TranspositionTemplate.Fits(map) && map.Axes.Any(a => a.TimesRows));
    }

    /// <summary>Taps of an image without colours for many outputs: vectors of outputs, which are more than the taps of a line.</summary>
    [Fact]
    public void Gradients_by_few_taps_have_vectors_of_outputs()
    {
        var module = Model.Sequential("Input(1, 28, 28), Conv2d(32, Kernel = 3, Padding = 1), Relu, GlobalAvgPool2d, Linear(10), SoftmaxCrossEntropy").Lowered;
        Assert.Single(Kernels(module, EntryProgram.Gradients).OfType<ContractionKernel>(), k => k.Sharded && k.M == Extent.Of(3) && k.N == Extent.Of(32));
    }

    /// <summary>The gradient by the result that the user of a pass gives is turned first.</summary>
    [Fact]
    public void A_pass_in_the_users_order_takes_them_too()
    {
        var kernels = Kernels(Model.Sequential("Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)").Lowered, EntryProgram.Pass).OfType<ContractionKernel>().ToList();
        Assert.Equal(2, kernels.Count(k => WinogradTemplate.Fits(k, float64: false)));
        Assert.Single(kernels, k => WinogradGradientTemplate.Fits(k, float64: false));
    }

    /// <summary>Not in a model that asks for the sums or computes in double, with few channels for their taps, other taps than 3 × 3 or 5 × 5 side by side, or images lower than a tile.</summary>
    [Theory]
    [InlineData("", "Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)", true)]
    [InlineData("(Winograd = true)", "Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)", true)]
    [InlineData("(Winograd = false)", "Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)", false)]
    [InlineData("(Precision = Precision.Float64)", "Input(16, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)", false)]
    [InlineData("", "Input(8, 8, 8), Conv2d(32, Kernel = 3, Padding = 1)", false)]
    [InlineData("", "Input(16, 8, 8), Conv2d(24, Kernel = 3, Padding = 1)", false)]
    [InlineData("", "Input(16, 9, 9), Conv2d(32, Kernel = 3, Padding = 2, Dilation = 2)", false)]
    [InlineData("", "Input(16, 8, 8), Conv2d(32, Kernel = 5, Padding = 2)", true)]
    [InlineData("(Winograd = false)", "Input(16, 8, 8), Conv2d(32, Kernel = 5, Padding = 2)", false)]
    [InlineData("", "Input(3, 8, 8), Conv2d(32, Kernel = 5, Padding = 2)", false)]
    [InlineData("", "Input(16, 8, 8), Conv2d(24, Kernel = 5, Padding = 2)", false)]
    [InlineData("", "Input(16, 9, 9), Conv2d(32, Kernel = 7, Padding = 3)", false)]
    [InlineData("", "Input(16, 3, 8), Conv2d(32, Kernel = 3, Padding = 1)", false)]
    public void Winograds_products_are_taken_where_they_fit_and_are_not_refused(string options, string attributes, bool taken)
    {
        string text = TestCompilation.GeneratedText(TestCompilation.Compile($$"""
            using DlGen;

            [Model{{options}}, {{attributes}}]
            public partial class Convolution;
            """));
        Assert.Equal(taken, text.Contains(".TransformImage(", StringComparison.Ordinal));
        Assert.Equal(taken, text.Contains(attributes.Contains("Kernel = 5") ? ".TransformGradientOfFive(" : ".TransformGradient(", StringComparison.Ordinal));
    }

    private static IEnumerable<Kernel> Kernels(Module module, string program)
        => module.Find(program)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).Distinct();

    private static IEnumerable<Kernel> Plain(Module module, string program)
        => Kernels(module, program).Where(k => !KernelPrinter.HasTemplate(k, new CpuOptions(Float64: false, Plain: false)) && !(k is MapKernel map && TranspositionTemplate.Fits(map)));
}
