using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// What layers over positions share: sequences (time, features), images (channels, height, width) and volumes (channels, depth, height, width), told apart by
/// how many axes of positions they have. Inside a layer channels come last, so that those of a position lie side by side.
/// </summary>
internal static class Spatial
{
    /// <summary>The positions first, then the channels, or (…, groups, channels of a group) if there is more than one group.</summary>
    /// <param name="axes">How many axes of positions the layer works over.</param>
    public static Value ChannelsLast(LayerCall call, Value x, int axes, int groups = 1)
    {
        if (x.Shape.Rank != axes + 1)
            throw new ShapeException($"{call} expects {Expected(axes)}, but {call.Given}; {Advice(axes, x.Shape.Rank)}");
        int channels = x.Shape[ChannelAxis(axes)];
        if (channels % groups != 0)
            throw new ShapeException($"{call} divides the channels into {groups} groups, but {call.Given}: {channels} channels; choose a divisor of {channels}");
        var last = axes == 1 ? x : x.Transpose([.. Enumerable.Range(1, axes), 0]);
        return groups == 1 ? last : last.Reshape(new Shape(last.Shape.Extents.Take(axes).Concat([groups, channels / groups]).ToEquatableArray()));
    }

    /// <summary>The order in which the user knows the value, from one whose channels, whatever their axes, come after the positions.</summary>
    public static Value ChannelsFirst(Value x, int axes)
    {
        var positions = x.Shape.Extents.Take(axes).ToArray();
        var flat = x.Reshape(new Shape(positions.Append(x.Shape.Count / positions.Aggregate(1, (product, e) => product * e)).ToEquatableArray()));
        return axes == 1 ? flat : flat.Transpose([axes, .. Enumerable.Range(0, axes)]);
    }

    /// <summary>The axis of the channels as the user knows the value.</summary>
    public static int ChannelAxis(int axes) => axes == 1 ? 1 : 0;

    /// <summary>The same number on all sides of all positions.</summary>
    /// <param name="first">Which axis is the first of the positions.</param>
    public static Value Pad(Value x, int axes, int padding, double value = 0, int first = 0)
        => Enumerable.Range(first, axes).Aggregate(x, (padded, axis) => padded.Pad(axis, padding, padding, value: value));

    /// <summary>All windows, (height, width, …) → (positions, taps, positions, taps, …).</summary>
    /// <param name="given">What was padded to it.</param>
    /// <param name="first">Which axis is the first of the positions.</param>
    public static Value Unfold(LayerCall call, Value x, int axes, int taps, int stride, int dilation, Value given, int first = 0)
    {
        int span = ((taps - 1) * dilation) + 1;
        int[] extents = [.. x.Shape.Extents.Skip(first).Take(axes)], positions = [.. given.Shape.Extents.Skip(first).Take(axes)];
        if (extents.Any(e => span > e))
            throw new ShapeException($"{call} has windows of {Times(Enumerable.Repeat(span, axes))} {Unit(axes)}, but {call.Given}{(extents.SequenceEqual(positions) ? "" : $", with the padding {Times(extents)} {Unit(axes)}")}; choose smaller windows or more padding"
                + Doubt(axes, given.Shape.Count / positions.Aggregate(1, (product, e) => product * e), positions));
        for (int axis = 0; axis < axes; axis++) x = x.Unfold(first + (2 * axis), Windows.Over(extents[axis], taps, stride, dilation));
        return x;
    }

    /// <summary>A padding of at least 0.</summary>
    public static int Padding(LayerCall call) => call.Int("padding") is >= 0 and var padding ? padding : throw call.Invalid("padding", "must be at least 0");

    /// <summary>Adds one number to each channel.</summary>
    public static Value AddBias(LayerCall call, Value x, int axes, Initialization start)
    {
        if (!call.Flag("bias")) return x;
        return x + Channels.Along(x, call.Parameter("bias", Shape.Of(x.Shape[ChannelAxis(axes)]), start));
    }

    /// <summary>The order of a value with so many axes of positions, in words.</summary>
    public static string Order(int axes) => axes switch { 1 => "(time, features)", 2 => "(channels, height, width)", _ => "(channels, depth, height, width)" };

    private static string Expected(int axes) => axes switch { 1 => "a sequence ", 2 => "an image ", _ => "a volume " } + Order(axes);

    private static string Advice(int axes, int rank) => axes switch
    {
        1 when rank == 3 => "use the layer for images, whose name ends with 2d, or add Reshape(time, features)",
        1 => "add Reshape(time, features)",
        2 when rank == 2 => "add Reshape(1, height, width)",
        2 when rank == 4 => "use the layer for volumes, whose name ends with 3d, or add Reshape(channels, height, width)",
        2 => "add Reshape(channels, height, width)",
        _ when rank == 3 => "add Reshape(1, depth, height, width)",
        _ => "add Reshape(channels, depth, height, width)",
    };

    /// <summary>Where windows do not fit, the axes may stand in another order; channels in the last place show in its being as short as colours are few, and no other being so.</summary>
    private static string Doubt(int axes, int channels, int[] positions)
    {
        const int Colours = 4;
        if (axes == 1) return "; sequences are (time, features), PyTorch's are (features, time)";
        if (positions[axes - 1] > Colours || positions.Take(axes - 1).Append(channels).Any(e => e <= Colours)) return "";
        string asDeclared = Order(axes).Replace("(channels, ", "(").Replace("width)", "width, channels)");
        return $"; {(axes == 2 ? "images" : "volumes")} are {Order(axes)}: if this one is {asDeclared}, it should be ({string.Join(", ", new[] { positions[axes - 1], channels }.Concat(positions.Take(axes - 1)))}), its values in that order";
    }

    private static string Unit(int axes) => axes switch { 1 => "time steps", 2 => "pixels", _ => "voxels" };

    private static string Times(IEnumerable<int> extents) => string.Join(" × ", extents);
}
