using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Rotary position embedding: feature i and feature i + half of each step are turned as a pair by the angle position / base^(2i / features), so that the
/// product of two steps depends on their distance. Su et al. 2021; halves as GPT-NeoX's and Llama's rotate_half. (time, features) or (heads, time, features), stays.
/// </summary>
internal static class Rotary
{
    public static Layer Definition { get; } = new("Rotary", "turns pairs of features by their position; Llama's rotate_half", HasParameters: false, [Number("base", 10000)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank is not (2 or 3)) throw new ShapeException($"{call} expects (time, features) or (heads, time, features), but {call.Given}; add Reshape");
        return Turn(x, timeAxis: x.Shape.Rank - 2, Base(call, "base"), call.ToString());
    }

    /// <summary>An argument that is a base of angles.</summary>
    public static double Base(LayerCall call, string argument)
        => call.Number(argument) is > 0 and < double.PositiveInfinity and var value ? value : throw call.Invalid(argument, "must be above 0");

    /// <summary>The last axis of x turned by the position along another.</summary>
    public static Value Turn(Value x, int timeAxis, double @base, string maker)
    {
        int features = x.Shape.Last, half = features / 2;
        if (features % 2 != 0) throw new ShapeException($"{maker} turns pairs of features, but there are {features.ToString(CultureInfo.InvariantCulture)}; take an even number");
        var (sine, cosine) = Waves.Of(x.Graph, x.Shape[timeAxis], features, @base);
        var along = new Shape(x.Shape.Extents.Select((extent, axis) => axis == timeAxis ? extent : 1).ToEquatableArray()).With(x.Shape.Rank - 1, half);
        (sine, cosine) = (sine.Reshape(along), cosine.Reshape(along));
        Value first = x.Slice(-1, 0, half), second = x.Slice(-1, half, half);
        return x.Graph.Add(new ConcatOp(x.Shape.Rank - 1), (first * cosine) - (second * sine), (second * cosine) + (first * sine));
    }
}
