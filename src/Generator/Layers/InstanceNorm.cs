using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// (x - mean) / √(variance + epsilon) per row and channel over all positions, if affine then · weight + bias per channel; in training and
/// prediction alike. Ulyanov et al. 2016. Channels are the features of a sequence and the first axis of an image. The shape stays.
/// </summary>
internal static class InstanceNorm
{
    public static Layer Definition { get; } = new("InstanceNorm", "normalises each channel of each row; nn.InstanceNorm1d to 3d", HasParameters: true,
        [Flag("affine", false), Number("epsilon", 1e-5)], Compose, CancelsBias: true);

    private static Value Compose(LayerCall call, Value x)
    {
        int axis = Channels.Axis(call, x);
        int[] positions = x.AllAxes().Where(a => a != axis).ToArray();
        if (positions.Length == 0 || positions.All(a => x.Shape[a] == 1))
            throw new ShapeException($"{call} normalises each channel over its positions, but {call.Given}: one position each; use LayerNorm or BatchNorm");
        if (!(call.Number("epsilon") >= 0)) throw call.Invalid("epsilon", "must be at least 0");
        var centred = x - x.Mean(positions);
        var normal = centred / ((centred * centred).Mean(positions) + call.Number("epsilon")).Sqrt();
        if (!call.Flag("affine")) return normal;
        var channels = Shape.Of(x.Shape[axis]);
        return (normal * Channels.Along(x, call.Scale("weight", channels)))
            + Channels.Along(x, call.Parameter("bias", channels, new Initialization(InitializerKind.Zeros, 0)));
    }
}
