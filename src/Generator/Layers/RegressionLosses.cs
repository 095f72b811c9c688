using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>Losses whose float targets have the output's shape, element by element.</summary>
internal static class RegressionLosses
{
    public static IReadOnlyList<Loss> All { get; } =
    [
        // max(x, 0) - x·t + log(1 + e^-|x|): -t·log σ(x) - (1 - t)·log(1 - σ(x)) without overflow.
        new Loss("SigmoidCrossEntropy", "binary cross-entropy from logits, targets 0 to 1; nn.BCEWithLogitsLoss", [], SameShape,
            (_, x, t) => x.Map(ScalarOp.Maximum, 0) - x * t + (-x.Map(ScalarOp.Abs)).Exp().Map(ScalarOp.Log1p),
            x => x.Sigmoid(), Redundant: "Sigmoid"),
        Define("MeanSquaredError", "(x - t)²; nn.MSELoss", [], (_, x, t) => (x - t).Pow(2)),
        Define("MeanAbsoluteError", "|x - t|; nn.L1Loss", [], (_, x, t) => (x - t).Map(ScalarOp.Abs)),
        Define("Huber", "½·d² up to |d| = delta, then straight on; nn.HuberLoss", [Number("delta", 1)], Huber),
        Define("Hinge", "max(0, 1 - t·x), targets 1 and -1; sklearn's hinge_loss", [], (_, x, t) => (1 - (t * x)).Relu()),
        Define("KullbackLeibler", "Σ t·(log t - x) of log-probabilities x; nn.KLDivLoss", [], KullbackLeibler),
    ];

    private static Loss Define(string name, string summary, IReadOnlyList<LayerArgument> arguments, Func<LayerCall, Value, Value, Value> elements)
        => new(name, summary, arguments, SameShape, elements, x => x, Redundant: null);

    private static (Shape Shape, int Classes) SameShape(LayerCall call, Shape output) => (output, 0);

    /// <summary>With c = min(|d|, delta): c·(|d| - c/2), which is both branches at once, and so is its gradient.</summary>
    private static Value Huber(LayerCall call, Value x, Value target)
    {
        if (call.Number("delta") is not (> 0 and var delta)) throw call.Invalid("delta", "must be above 0");
        var distance = (x - target).Map(ScalarOp.Abs);
        var near = distance.Map(ScalarOp.Minimum, delta);
        return near * (distance - (near * 0.5));
    }

    /// <summary>Summed over the classes, the last axis; a class that the target rules out costs nothing, as 0 · log 0 is 0 in the limit.</summary>
    private static Value KullbackLeibler(LayerCall call, Value x, Value target)
    {
        if (x.Shape.Rank == 0) throw new ShapeException($"{call} expects log-probabilities along the last axis, but {call.Given}");
        var log = target.Where(target.Greater(0), target.Graph.Scalar(1)).Log();
        return (target * (log - x)).Sum(-1);
    }
}
