using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>The operand mask of layers over a sequence (time, …): for each time step 1 where it is there, 0 where it is padding.</summary>
internal static class StepMask
{
    public static LayerOperand Operand { get; } = new("mask", Required: false);

    /// <summary>The mask of the sequence, (time), or null where none is stated.</summary>
    public static Value? Of(LayerCall call, Value x)
    {
        if (call.StatedOperand(Operand.Name) is not { } mask) return null;
        var expected = Shape.Of(x.Shape[0]);
        return mask.Shape.Equals(expected) ? mask : throw new ShapeException($"{call} expects a mask of the shape {expected}, 1 or 0 for each time step, but it is {mask.Shape}");
    }
}
