using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// One number for each window of size × size pixels, channel by channel: (channels, height, width) → (channels, height, width). A stride of 0, the
/// default, is the size: windows side by side.
/// </summary>
internal static class Pooling
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        Define("MaxPool2d", "the largest pixel of each window; nn.MaxPool2d", double.NegativeInfinity, Largest),
        Define("AvgPool2d", "the mean of each window, padding counted; nn.AvgPool2d", 0, windows => windows.Mean(1, 3)),
    ];

    private static Layer Define(string name, string summary, double border, Func<Value, Value> reduce)
        => new(name, summary, HasParameters: false, [Int("size"), Int("stride", 0), Int("padding", 0)], (call, x) => Compose(call, x, border, reduce));

    private static Value Compose(LayerCall call, Value x, double border, Func<Value, Value> reduce)
    {
        int size = call.Positive("size"), stride = call.Int("stride"), padding = Images.Padding(call);
        if (stride < 0) throw call.Invalid("stride", "must be at least 1, or 0 for the size");
        if (padding > size / 2) throw call.Invalid("padding", $"must be at most half of the size, {size / 2}");
        var windows = Images.Unfold(call, Images.Pad(Images.ChannelsLast(call, x), padding, border), size, stride == 0 ? size : stride, dilation: 1);
        var pooled = reduce(windows);
        return Images.ChannelsFirst(pooled.Reshape(Shape.Of(pooled.Shape[0], pooled.Shape[2], pooled.Shape[4])));
    }

    /// <summary>
    /// The element at the place of the largest, chosen and not multiplied, so that a border of -∞ stays out. The place, not the value, is what the
    /// gradient follows: of equal pixels the first gets all of it, as in PyTorch.
    /// </summary>
    private static Value Largest(Value windows)
    {
        int taps = windows.Shape[3];
        var chosen = windows.Graph.Map(
            b => b.Select(b.Equal(b.Operand(1), b.Add(b.Multiply(b.Index(1), b.Constant(taps)), b.Index(3))), b.Operand(0), b.Constant(0)),
            windows, windows.ArgMax(1, 3));
        return chosen.Sum(1, 3);
    }
}
