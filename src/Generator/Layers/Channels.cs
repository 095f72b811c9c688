using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>Where channels are: the features of a vector and of a sequence, and the first axis of an image and of a volume.</summary>
internal static class Channels
{
    /// <summary>The axis of the channels.</summary>
    public static int Axis(LayerCall call, Value x) => x.Shape.Rank is >= 1 and <= 4 ? Axis(x.Shape)
        : throw new ShapeException($"{call} expects a vector (features), a sequence {Spatial.Order(1)}, an image {Spatial.Order(2)} or a volume {Spatial.Order(3)}, but {call.Given}");

    /// <summary>One number per channel, as it meets the values of <paramref name="x"/>.</summary>
    public static Value Along(Value x, Value perChannel)
        => perChannel.Reshape(new Shape(Enumerable.Repeat(1, x.Shape.Rank - 1 - Axis(x.Shape)).Prepend(x.Shape[Axis(x.Shape)]).ToEquatableArray()));

    private static int Axis(Shape shape) => shape.Rank <= 2 ? shape.Rank - 1 : 0;
}
