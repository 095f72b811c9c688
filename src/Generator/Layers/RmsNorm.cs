using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>x / √(mean of x² + epsilon) · weight over the last axis. Zhang and Sennrich 2019. The shape stays.</summary>
internal static class RmsNorm
{
    /// <summary>The machine epsilon of float: what PyTorch takes for it where none is stated.</summary>
    private const double FloatEpsilon = 1.1920928955078125e-7;

    public static Layer Definition { get; } = new(
        "RmsNorm", "scales the last axis to mean square 1; nn.RMSNorm", HasParameters: true, [Number("epsilon", FloatEpsilon)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank == 0) throw new ShapeException($"{call} scales the last axis, but {call.Given}; add Reshape(1)");
        if (!(call.Number("epsilon") >= 0)) throw call.Invalid("epsilon", "must be at least 0");
        return x / ((x * x).Mean(-1) + call.Number("epsilon")).Sqrt() * call.Scale("weight", Shape.Of(x.Shape.Last));
    }
}
