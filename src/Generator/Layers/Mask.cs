using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>The argument mask of layers over a sequence (time, …): for each time step 1 where it is there, 0 where it is padding.</summary>
internal static class Mask
{
    public static LayerArgument Argument { get; } = LayerArgument.Tensors("mask");

    /// <summary>The mask of the sequence, (time), or null where none is stated.</summary>
    public static Value? Of(LayerCall call, Value x)
    {
        if (call.Tensor(Argument.Name) is not { } mask) return null;
        var expected = Shape.Of(x.Shape[0]);
        return mask.Shape.Equals(expected) ? mask : throw new ShapeException($"{call} expects a mask of the shape {expected}, 1 or 0 for each time step, but it is {mask.Shape}");
    }
}
