using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// A window of kernel × kernel pixels over all channels of its group, times a weight per output channel: (channels, height, width) → (outputs, height,
/// width). weight (outputs, channels / groups, kernel, kernel), bias (outputs).
/// </summary>
internal static class Conv2d
{
    public static Layer Definition { get; } = new("Conv2d", "windows over an image times a weight each; nn.Conv2d", HasParameters: true,
        [Int("channels"), Int("kernel"), Int("stride", 1), Int("padding", 0), Int("dilation", 1), Int("groups", 1), Flag("bias", true)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int outputs = call.Positive("channels"), kernel = call.Positive("kernel"), groups = call.Positive("groups");
        var image = Images.ChannelsLast(call, x, groups);
        if (outputs % groups != 0) throw call.Invalid("channels", $"must be a multiple of the {groups} groups");
        var windows = Images.Unfold(call, Images.Pad(image, Images.Padding(call)), kernel, call.Positive("stride"), call.Positive("dilation"));

        int inputs = x.Shape[0] / groups, area = kernel * kernel;
        // nn.Conv2d: kaiming_uniform with a = √5, as nn.Linear; a window is what an output sees.
        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(inputs * area));
        var weight = call.Weight("weight", Shape.Of(outputs, inputs, kernel, kernel), inputs * area, outputs * area, start);
        return Images.AddBias(call, Images.ChannelsFirst(Multiply(windows, weight, groups)), start);
    }

    private static Value Multiply(Value windows, Value weight, int groups)
    {
        const int Y = 0, TapY = 1, X = 2, TapX = 3, Group = 4, Channel = 5, Output = 6;
        if (groups == 1)
            return windows.Graph.Add(new ContractOp(new[] { Y, TapY, X, TapX, Channel }, new[] { Output, Channel, TapY, TapX }, new[] { Y, X, Output }, OverRows: false), windows, weight);
        var shape = weight.Shape;
        var grouped = weight.Reshape(Shape.Of(groups, shape[0] / groups, shape[1], shape[2], shape[3]));
        return windows.Graph.Add(new ContractOp(
            new[] { Y, TapY, X, TapX, Group, Channel }, new[] { Group, Output, Channel, TapY, TapX }, new[] { Y, X, Group, Output }, OverRows: false), windows, grouped);
    }
}
