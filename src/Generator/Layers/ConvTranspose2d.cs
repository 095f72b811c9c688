using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// The gradient of a convolution by its image, as a layer: every pixel times a window of weights, summed where windows overlap; (channels, height,
/// width) → (outputs, height, width) with (extent - 1)·stride - 2·padding + dilation·(kernel - 1) + outputPadding + 1 pixels either way.
/// weight (channels, outputs / groups, kernel, kernel), bias (outputs).
/// </summary>
internal static class ConvTranspose2d
{
    public static Layer Definition { get; } = new("ConvTranspose2d", "each pixel times a window of weights, overlaps added; nn.ConvTranspose2d", HasParameters: true,
        [
            Int("channels"), Int("kernel"), Int("stride", 1), Int("padding", 0), Int("outputPadding", 0), Int("groups", 1), Flag("bias", true), Int("dilation", 1),
        ], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int outputs = call.Positive("channels"), kernel = call.Positive("kernel"), groups = call.Positive("groups");
        var image = Spatial.ChannelsLast(call, x, 2, groups);
        if (outputs % groups != 0) throw call.Invalid("channels", $"must be a multiple of the {groups} groups");

        int inputs = x.Shape[0], area = kernel * kernel;
        // nn.ConvTranspose2d counts as inputs what its weight's second axis has: the channels that one group gives.
        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(outputs / groups * area));
        var weight = call.Weight("weight", Shape.Of(inputs, outputs / groups, kernel, kernel), outputs / groups * area, inputs * area, start);
        return Spatial.AddBias(call, Spatial.ChannelsFirst(Overlap(call, Multiply(image, weight, groups), kernel), 2), 2, start);
    }

    /// <summary>(height, width, …) → (height, taps, width, taps, …): what each pixel gives to each tap of its window.</summary>
    private static Value Multiply(Value image, Value weight, int groups)
    {
        const int Y = 0, TapY = 1, X = 2, TapX = 3, Group = 4, Channel = 5, Output = 6;
        if (groups == 1)
            return image.Graph.Add(new ContractOp(new[] { Y, X, Channel }, new[] { Channel, Output, TapY, TapX }, new[] { Y, TapY, X, TapX, Output }, OverRows: false), image, weight);
        var shape = weight.Shape;
        var grouped = weight.Reshape(Shape.Of(groups, shape[0] / groups, shape[1], shape[2], shape[3]));
        return image.Graph.Add(new ContractOp(
            new[] { Y, X, Group, Channel }, new[] { Group, Channel, Output, TapY, TapX }, new[] { Y, TapY, X, TapX, Group, Output }, OverRows: false), image, grouped);
    }

    /// <summary>The windows added up, without the padding's pixels and with those that only the output padding asks for.</summary>
    private static Value Overlap(LayerCall call, Value windows, int kernel)
    {
        int stride = call.Positive("stride"), dilation = call.Positive("dilation"), padding = Spatial.Padding(call), outputPadding = call.Int("outputPadding");
        if (outputPadding < 0 || outputPadding >= Math.Max(stride, dilation))
            throw call.Invalid("outputPadding", $"must be at least 0 and less than the stride {stride} or the dilation {dilation}");
        foreach (int axis in new[] { 0, 1 })
        {
            // Counted after the windows of the axes before it are one axis again.
            var over = new Windows(windows.Shape[axis], kernel, 0, stride, dilation);
            int extent = over.Last + 1 + outputPadding, kept = extent - (2 * padding);
            if (kept < 1)
                throw new ShapeException($"{call} with padding {padding} leaves nothing of the {extent} pixels that it makes: {call.Given}; choose a smaller padding or a larger kernel");
            windows = windows.Fold(axis, extent, over).Slice(axis, padding, kept);
        }
        return windows;
    }
}
