using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// In training each value, or each channel of an image whole, is 0 with probability p and divided by 1 - p otherwise, so that the mean stays; else the identity.
/// Srivastava et al. 2014; Tompson et al. 2015.
/// </summary>
internal static class Dropout
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        new Layer("Dropout", "0 with probability p in training; nn.Dropout", HasParameters: false, [Number("p")], (call, x) => Apply(call, "p", x, x.Shape)),
        new Layer("Dropout2d", "whole channels 0 with probability p in training; nn.Dropout2d", HasParameters: false, [Number("p")], Channels),
    ];

    private static Value Channels(LayerCall call, Value x)
        => x.Shape.Rank == 3 ? Apply(call, "p", x, Shape.Of(x.Shape[0], 1, 1)) : throw new ShapeException($"{call} expects an image {Spatial.Order(2)}, but {call.Given}; use Dropout");

    /// <param name="argument">The layer's argument that is the probability.</param>
    /// <param name="drawn">The shape of what is drawn: extents of 1 share a draw.</param>
    public static Value Apply(LayerCall call, string argument, Value x, Shape drawn)
    {
        double p = call.Number(argument);
        if (!(p >= 0 && p < 1)) throw call.Invalid(argument, "must be at least 0 and below 1");
        if (!call.Training || p == 0) return x;
        var kept = x.Graph.Scalar(p).Map(ScalarOp.LessOrEqual, call.Random(RandomKind.Uniform, drawn));
        return x * kept * (1 / (1 - p));
    }
}
