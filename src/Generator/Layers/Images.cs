using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// What layers over images share. A network sees (channels, height, width); inside a layer channels come last, so that a pixel's lie side by side.
/// </summary>
internal static class Images
{
    /// <summary>The image (height, width, channels), or (height, width, groups, channels of a group) if there is more than one group.</summary>
    public static Value ChannelsLast(LayerCall call, Value x, int groups = 1)
    {
        if (x.Shape.Rank != 3)
            throw new ShapeException($"{call} expects an image (channels, height, width), but {call.Given}; {(x.Shape.Rank == 2 ? "add Reshape(1, height, width)" : "add Reshape(channels, height, width)")}");
        if (x.Shape[0] % groups != 0)
            throw new ShapeException($"{call} divides the channels into {groups} groups, but {call.Given}: {x.Shape[0]} channels; choose a divisor of {x.Shape[0]}");
        var image = x.Transpose(1, 2, 0);
        return groups == 1 ? image : image.Reshape(Shape.Of(x.Shape[1], x.Shape[2], groups, x.Shape[0] / groups));
    }

    /// <summary>The image (channels, height, width) again.</summary>
    public static Value ChannelsFirst(Value image)
    {
        var shape = Shape.Of(image.Shape[0], image.Shape[1], image.Shape.Count / (image.Shape[0] * image.Shape[1]));
        return image.Reshape(shape).Transpose(2, 0, 1);
    }

    /// <summary>The same number on all four sides.</summary>
    public static Value Pad(Value image, int padding, double value = 0)
        => padding == 0 ? image : image.Pad(0, padding, padding, value: value).Pad(1, padding, padding, value: value);

    /// <summary>All windows of an image, (height, width, …) → (positions, taps, positions, taps, …).</summary>
    public static Value Unfold(LayerCall call, Value image, int taps, int stride, int dilation)
    {
        int span = ((taps - 1) * dilation) + 1;
        if (span > image.Shape[0] || span > image.Shape[1])
            throw new ShapeException($"{call} has windows of {span} × {span} pixels, but {call.Given}, with the padding {image.Shape[0]} × {image.Shape[1]} pixels; choose smaller windows or more padding");
        return image.Unfold(0, Windows.Over(image.Shape[0], taps, stride, dilation)).Unfold(2, Windows.Over(image.Shape[1], taps, stride, dilation));
    }

    /// <summary>A padding of at least 0.</summary>
    public static int Padding(LayerCall call) => call.Int("padding") is >= 0 and var padding ? padding : throw call.Invalid("padding", "must be at least 0");

    /// <summary>Adds one number to each channel.</summary>
    public static Value AddBias(LayerCall call, Value x, Initialization start)
        => call.Flag("bias") ? x + call.Parameter("bias", Shape.Of(x.Shape[0]), start).Reshape(Shape.Of(x.Shape[0], 1, 1)) : x;
}
