using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>Where the norms find channels: the features of a vector and of a sequence, and the first axis of an image.</summary>
internal static class Channels
{
    /// <summary>The axis of the channels.</summary>
    public static int Axis(LayerCall call, Value x)
        => x.Shape.Rank is >= 1 and <= 3 ? x.Shape.Rank == 3 ? 0 : x.Shape.Rank - 1
        : throw new ShapeException($"{call} expects a vector (features), a sequence (time, features) or an image (channels, height, width), but {call.Given}");

    /// <summary>One number per channel, as it meets the values of <paramref name="x"/>.</summary>
    public static Value Along(Value x, Value perChannel) => x.Shape.Rank == 3 ? perChannel.Reshape(Shape.Of(x.Shape[0], 1, 1)) : perChannel;
}
