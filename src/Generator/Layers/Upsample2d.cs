using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// scale × scale pixels for each: (channels, height, width) → (channels, scale·height, scale·width). Nearest repeats a pixel. Bilinear mixes it with its
/// neighbours, by how far the centres of new pixels lie from those of old ones, or, with alignCorners, by a grid on which the outermost pixels coincide.
/// </summary>
internal static class Upsample2d
{
    public static Layer Definition { get; } = new("Upsample2d", "scale × scale pixels for each; nn.Upsample", HasParameters: false,
        [Int("scale"), Choice<UpsampleMode>("mode"), Flag("alignCorners", false)], Compose);

    private enum UpsampleMode { Nearest, Bilinear }

    private static Value Compose(LayerCall call, Value x)
    {
        int scale = call.Positive("scale");
        bool aligned = call.Flag("alignCorners"), bilinear = call.Choice<UpsampleMode>("mode") == UpsampleMode.Bilinear;
        if (aligned && !bilinear) throw call.Invalid("alignCorners", "has a meaning only where the mode is bilinear; state UpsampleMode.Bilinear, or leave it out");
        var image = Spatial.ChannelsLast(call, x, axes: 2);
        for (int axis = 0; axis < 2; axis++) image = !bilinear ? Repeat(image, axis, scale) : aligned ? OnGrid(image, axis, scale) : BetweenCentres(image, axis, scale);
        return Spatial.ChannelsFirst(image, axes: 2);
    }

    private static Value Repeat(Value image, int axis, int scale)
    {
        var (apart, together) = Apart(image.Shape, axis, scale);
        return image.Reshape(apart).Broadcast(together, image.PerRow).Reshape(Joined(image.Shape, axis, scale));
    }

    /// <summary>New pixel r of each old one mixes it with the one before or after it, the same way everywhere; at the ends the outermost pixel stands for its neighbour.</summary>
    private static Value BetweenCentres(Value image, int axis, int scale)
    {
        int extent = image.Shape[axis];
        Value first = image.Slice(axis, 0, 1), last = image.Slice(axis, extent - 1, 1);
        var padded = image.Graph.Add(new ConcatOp(axis), first, image, last);
        double[] offsets = [.. Enumerable.Range(0, scale).Select(r => ((r + 0.5) / scale) - 0.5)];
        var (apart, together) = Apart(image.Shape, axis, scale);
        int[] phases = [.. together.Extents.Select((_, a) => a == axis + 1 ? scale : 1)];
        Value Part(int start, Func<double, double> share)
        {
            var shares = image.Graph.Add(new ConstantOp(offsets.Select(share).ToEquatableArray(), Shape.Of(scale)));
            return padded.Slice(axis, start, extent).Reshape(apart) * shares.Reshape(new Shape(phases));
        }
        var mixed = Part(0, o => Math.Max(0, -o)) + Part(1, o => 1 - Math.Abs(o)) + Part(2, o => Math.Max(0, o));
        return mixed.Reshape(Joined(image.Shape, axis, scale));
    }

    /// <summary>A product with the matrix of shares: on a grid from corner to corner every new pixel lies elsewhere between two old ones.</summary>
    private static Value OnGrid(Value image, int axis, int scale)
    {
        int extent = image.Shape[axis], result = extent * scale;
        double[] shares = new double[result * extent];
        for (int i = 0; i < result; i++)
        {
            double place = result == 1 ? 0 : (double)i * (extent - 1) / (result - 1);
            int before = Math.Min((int)place, extent - 1), after = Math.Min(before + 1, extent - 1);
            shares[(i * extent) + before] += 1 - (place - before);
            shares[(i * extent) + after] += place - before;
        }
        var matrix = image.Graph.Add(new ConstantOp(shares, Shape.Of(result, extent)));
        int[] labels = [0, 1, 2], mixed = [.. labels.Select(l => l == axis ? 3 : l)];
        return image.Graph.Add(new ContractOp(labels, new[] { 3, axis }, mixed, OverRows: false), image, matrix);
    }

    /// <summary>The shape with an axis of 1, and then of the scale, behind the axis.</summary>
    private static (Shape One, Shape Scaled) Apart(Shape shape, int axis, int scale)
    {
        Shape With(int extent) => new(shape.Extents.Take(axis + 1).Append(extent).Concat(shape.Extents.Skip(axis + 1)).ToEquatableArray());
        return (With(1), With(scale));
    }

    private static Shape Joined(Shape shape, int axis, int scale) => new(shape.Extents.Select((e, a) => a == axis ? e * scale : e).ToEquatableArray());
}
