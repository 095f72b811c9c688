using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Windows of kernel positions either way over all channels of their group, times a weight per output channel: sequences (time, features) → (times, outputs), images
/// (channels, height, width) → (outputs, height, width), volumes likewise. weight (outputs, channels / groups, kernel, …) with one kernel per axis of
/// positions, bias (outputs).
/// </summary>
internal static class Convolution
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        Define("Conv1d", "windows over a sequence times a weight each; nn.Conv1d", 1),
        Define("Conv2d", "windows over an image times a weight each; nn.Conv2d", 2),
        Define("Conv3d", "windows over a volume times a weight each; nn.Conv3d", 3),
    ];

    private static Layer Define(string name, string summary, int axes) => new(name, summary, HasParameters: true,
        [Int("channels"), Int("kernel"), Int("stride", 1), Int("padding", 0), Int("dilation", 1), Int("groups", 1), Flag("bias", true)], (call, x) => Compose(call, x, axes));

    /// <summary>Narrower images are computed with vectors of channels, whatever their order.</summary>
    private const int LeastWidth = 12;

    private static Value Compose(LayerCall call, Value x, int axes)
    {
        int outputs = call.Positive("channels"), kernel = call.Positive("kernel"), groups = call.Positive("groups");
        if (groups > 1 && outputs == groups && IsWideImage(x, axes, groups) && call.Positive("stride") == 1) return Alone(call, x, axes, kernel);
        var positions = Spatial.ChannelsLast(call, x, axes, groups);
        if (outputs % groups != 0) throw call.Invalid("channels", $"must be a multiple of the {groups} groups");
        int padding = Spatial.Padding(call);
        var windows = Spatial.Unfold(call, Spatial.Pad(positions, axes, padding), axes, kernel, call.Positive("stride"), call.Positive("dilation"), positions);

        var (weight, start) = Weight(call, outputs, x.Shape[Spatial.ChannelAxis(axes)] / groups, kernel, axes);
        return Spatial.AddBias(call, Spatial.ChannelsFirst(Multiply(windows, weight, axes, groups), axes), axes, start);
    }

    private static (Value Weight, Initialization Start) Weight(LayerCall call, int outputs, int inputs, int kernel, int axes)
    {
        int taps = (int)Math.Pow(kernel, axes);
        // nn.Conv2d: kaiming_uniform with a = √5, as nn.Linear; a window is what an output sees.
        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(inputs * taps));
        var shape = new Shape(new[] { outputs, inputs }.Concat(Enumerable.Repeat(kernel, axes)).ToEquatableArray());
        return (call.Weight("weight", shape, inputs * taps, outputs * taps, start), start);
    }

    private static bool IsWideImage(Value x, int axes, int channels) => axes > 1 && x.Shape.Rank == axes + 1 && x.Shape[Spatial.ChannelAxis(axes)] == channels && x.Shape[axes] >= LeastWidth;

    /// <summary>Every channel by itself: no order of the channels is better than the one that they come in. Where they lie last, MemoryOrder has them stay so.</summary>
    private static Value Alone(LayerCall call, Value x, int axes, int kernel)
    {
        int padding = Spatial.Padding(call), channels = x.Shape[0];
        var windows = Spatial.Unfold(call, Spatial.Pad(x, axes, padding, first: 1), axes, kernel, stride: 1, call.Positive("dilation"), x, first: 1);
        var (weight, start) = Weight(call, channels, inputs: 1, kernel, axes);
        weight = weight.Reshape(new Shape(weight.Shape.Extents.Where((_, axis) => axis != 1).ToEquatableArray()));
        int channel = 2 * axes;
        int[] places = [.. Enumerable.Range(0, channel)], positions = [.. places.Where(p => p % 2 == 0)], taps = [.. places.Where(p => p % 2 == 1)];
        return Spatial.AddBias(call, windows.Graph.Add(new ContractOp(new[] { channel }.Concat(places).ToEquatableArray(), new[] { channel }.Concat(taps).ToEquatableArray(),
            new[] { channel }.Concat(positions).ToEquatableArray(), OverRows: false), windows, weight), axes, start);
    }

    private static Value Multiply(Value windows, Value weight, int axes, int groups)
    {
        // Of axis i, 2i stands for its positions and 2i + 1 for its taps.
        int group = 2 * axes, channel = group + 1, output = group + 2;
        var places = Enumerable.Range(0, 2 * axes).ToArray();
        int[] positions = [.. places.Where(p => p % 2 == 0)], taps = [.. places.Where(p => p % 2 == 1)], inGroups = groups == 1 ? [] : [group];
        if (groups > 1) weight = weight.Reshape(new Shape(new[] { groups, weight.Shape[0] / groups }.Concat(weight.Shape.Extents.Skip(1)).ToEquatableArray()));
        int[] left = [.. places, .. inGroups, channel], right = [.. inGroups, output, channel, .. taps], result = [.. positions, .. inGroups, output];
        return windows.Graph.Add(new ContractOp(left, right, result, OverRows: false), windows, weight);
    }
}
