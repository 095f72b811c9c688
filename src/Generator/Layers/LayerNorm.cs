using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>(x - mean) / √(variance + epsilon) · weight + bias over the last axis, the variance divided by n. Ba et al. 2016. The shape stays.</summary>
internal static class LayerNorm
{
    public static Layer Definition { get; } = new(
        "LayerNorm", "normalises the last axis; nn.LayerNorm", HasParameters: true, [Number("epsilon", 1e-5)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank == 0) throw new ShapeException($"{call} normalises the last axis, but {call.Given}; add Reshape(1)");
        if (!(call.Number("epsilon") >= 0)) throw call.Invalid("epsilon", "must be at least 0");
        var width = Shape.Of(x.Shape.Last);
        var centred = x - x.Mean(-1);
        var variance = (centred * centred).Mean(-1);
        return centred / (variance + call.Number("epsilon")).Sqrt() * call.Scale("weight", width)
            + call.Parameter("bias", width, new Initialization(InitializerKind.Zeros, 0));
    }
}
