using DlGen.Graphs;

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
        new Loss("MeanSquaredError", "(x - t)²; nn.MSELoss", [], SameShape, (_, x, t) => (x - t).Pow(2), x => x, Redundant: null),
    ];

    private static (Shape Shape, int Classes) SameShape(LayerCall call, Shape output) => (output, 0);
}
