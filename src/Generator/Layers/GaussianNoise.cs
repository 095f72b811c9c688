using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>In training x + sigma · N(0, 1), drawn anew for every element, row and step; else the identity. Bishop 1995. The shape stays.</summary>
internal static class GaussianNoise
{
    public static Layer Definition { get; } = new("GaussianNoise", "adds normal noise in training; x + sigma * torch.randn_like(x)", HasParameters: false, [Number("sigma")], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        double sigma = call.Number("sigma");
        if (!(sigma >= 0)) throw call.Invalid("sigma", "must be at least 0");
        return call.Training && sigma > 0 ? x + (call.Random(RandomKind.Normal, x.Shape) * sigma) : x;
    }
}
