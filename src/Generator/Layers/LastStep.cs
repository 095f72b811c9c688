using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>The last step of a sequence: (time, …) → (…), x[^1]. With a mask, the last step that is there in each row; 0 where none is.</summary>
internal static class LastStep
{
    public static Layer Definition { get; } = new("LastStep", "the last step of a sequence, or the last that is there; x[:, -1]", HasParameters: false, [], Compose) { Operands = [StepMask.Operand] };

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank < 2) throw new ShapeException($"{call} expects a sequence (time, features), but {call.Given}{(x.Shape.Rank == 1 ? "; add Reshape" : "")}");
        int time = x.Shape[0];
        if (StepMask.Of(call, x) is not { } mask) return x.Slice(0, time - 1, 1).Squeeze(0);
        var alongTime = new Shape(x.Shape.Extents.Select((_, axis) => axis == 0 ? time : 1).ToEquatableArray());
        // The place of a step that is there, and for padding one that no step has.
        var last = x.Graph.Map(b => b.Select(b.Operand(0), b.Index(0), b.Constant(-1)), mask.Reshape(alongTime)).Max(0);
        return x.AtPlace(last, 0).Sum(0).Squeeze(0);
    }
}
