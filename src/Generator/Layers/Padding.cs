using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Positions around a sequence, image or volume: one number of them for all sides, or two per axis of positions, before and after, from the last axis to the first, as
/// F.pad counts them: (left, right, top, bottom). They hold a number, or what the mode takes from the positions within.
/// </summary>
internal static class Padding
{
    public static Layer Definition { get; } = new("Pad", "positions around a sequence, image or volume; F.pad", HasParameters: false,
        [Ints("sides"), Choice<PadMode>("mode"), Number("value", 0)], Compose);

    private enum PadMode { Constant, Reflect, Replicate, Circular }

    private static Value Compose(LayerCall call, Value x)
    {
        int axes = x.Shape.Rank - 1;
        if (axes is < 1 or > 3) throw new ShapeException($"{call} expects {Spatial.Order(1)}, {Spatial.Order(2)} or {Spatial.Order(3)}, but {call.Given}");
        int[] sides = call.Ints("sides");
        if (sides.Length == 1) sides = [.. Enumerable.Repeat(sides[0], 2 * axes)];
        if (sides.Length != 2 * axes) throw call.Invalid("sides", $"must be one number for all sides, or {2 * axes}: {Sides(axes)}; {call.Given}");
        if (sides.Any(s => s < 0)) throw call.Invalid("sides", "must be at least 0; slicing drops positions: x[.., 1..^1]");
        var mode = call.Choice<PadMode>("mode");
        if (mode != PadMode.Constant && call.Number("value") != 0) throw call.Invalid("value", "has a meaning only where the mode is constant");
        // Positions stand behind the channels but for sequences.
        int firstAxis = 1 - Spatial.ChannelAxis(axes);
        for (int axis = 0; axis < axes; axis++)
        {
            int before = sides[2 * (axes - 1 - axis)], after = sides[(2 * (axes - 1 - axis)) + 1];
            if (before + after > 0) x = Around(call, x, firstAxis + axis, before, after, mode);
        }
        return x;
    }

    private static string Sides(int axes) => axes switch { 1 => "before, after", 2 => "left, right, top, bottom", _ => "left, right, top, bottom, front, back" };

    private static Value Around(LayerCall call, Value x, int axis, int before, int after, PadMode mode)
    {
        int extent = x.Shape[axis], most = mode == PadMode.Reflect ? extent - 1 : extent;
        if (mode is PadMode.Reflect or PadMode.Circular && Math.Max(before, after) > most)
            throw call.Invalid("sides", $"must be at most {most} where the mode is {mode.ToString().ToLowerInvariant()}: {call.Given}");
        if (mode == PadMode.Constant) return x.Pad(axis, before, after, value: call.Number("value"));
        if (mode == PadMode.Circular)
        {
            Value[] around = [.. before > 0 ? new[] { x.Slice(axis, extent - before, before) } : [], x, .. after > 0 ? new[] { x.Slice(axis, 0, after) } : []];
            return x.Graph.Add(new ConcatOp(axis), around);
        }
        var parts = Enumerable.Range(0, before).Select(i => Source(i - before)).Append(x).Concat(Enumerable.Range(0, after).Select(i => Source(extent + i)));
        return x.Graph.Add(new ConcatOp(axis), [.. parts]);

        Value Source(int place)
        {
            int from = mode == PadMode.Replicate ? Math.Max(0, Math.Min(extent - 1, place)) : place < 0 ? -place : (2 * (extent - 1)) - place;
            return x.Slice(axis, from, 1);
        }
    }
}
