using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// (x - mean) / √(variance + epsilon) per row and group of neighbouring channels, over all positions; then · weight + bias per channel. Wu and He 2018.
/// Channels are the features of a vector and of a sequence, and the first axis of an image. The shape stays.
/// </summary>
internal static class GroupNorm
{
    public static Layer Definition { get; } = new("GroupNorm", "normalises groups of channels, row by row; nn.GroupNorm", HasParameters: true,
        [Int("groups"), Number("epsilon", 1e-5)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int axis = Channels.Axis(call, x), channels = x.Shape[axis], groups = call.Positive("groups");
        if (channels % groups != 0) throw new ShapeException($"{call} parts the channels into equal groups, but {call.Given}: {channels} is not divisible by {groups}");
        if (!(call.Number("epsilon") >= 0)) throw call.Invalid("epsilon", "must be at least 0");

        // The channel axis becomes (groups, channels of a group); all but the groups is normalised.
        int[] extents = [.. x.Shape.Extents.Take(axis), groups, channels / groups, .. x.Shape.Extents.Skip(axis + 1)];
        int[] others = Enumerable.Range(0, extents.Length).Where(a => a != axis).ToArray();
        var grouped = x.Reshape(new Shape(extents));
        var centred = grouped - grouped.Mean(others);
        var variance = (centred * centred).Mean(others);
        var normal = (centred / (variance + call.Number("epsilon")).Sqrt()).Reshape(x.Shape);

        return (normal * Channels.Along(x, call.Scale("weight", Shape.Of(channels))))
            + Channels.Along(x, call.Parameter("bias", Shape.Of(channels), new Initialization(InitializerKind.Zeros, 0)));
    }
}
