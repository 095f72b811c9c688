using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// In training each value is 0 with probability p and divided by 1 - p otherwise, so that the mean stays; else the identity. Srivastava et al. 2014.
/// </summary>
internal static class Dropout
{
    public static Layer Definition { get; } = new("Dropout", "0 with probability p in training; nn.Dropout", HasParameters: false, [Number("p")], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        double p = call.Number("p");
        if (!(p >= 0 && p < 1)) throw call.Invalid("p", "must be at least 0 and below 1");
        if (!call.Training || p == 0) return x;
        var kept = x.Graph.Scalar(p).Map(ScalarOp.LessOrEqual, call.Random(RandomKind.Uniform, x.Shape));
        return x * kept * (1 / (1 - p));
    }
}
