using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Losses of int labels: (classes), (time, classes) or (classes, height, width) from the network, labels of the shape without the class axis.
/// </summary>
internal static class ClassLosses
{
    private static readonly LayerArgument Ignore = Int("ignore", -1);

    public static IReadOnlyList<Loss> All { get; } =
    [
        // -log softmax(x)[label]. With smoothing ε the target is (1 - ε) on the label and ε / classes everywhere.
        new Loss("SoftmaxCrossEntropy", "-log softmax(x)[label] from logits; nn.CrossEntropyLoss", [Number("labelSmoothing", 0), Ignore], Target, CrossEntropy,
            logits => logits.Softmax(ClassAxis(logits.Shape)), Redundant: "Softmax", IsOfLabels: true),
        new Loss("NegativeLogLikelihood", "-x[label] from log-probabilities; nn.NLLLoss", [Ignore], Target, (_, x, label) => -Picked(x, label), x => x, Redundant: null, IsOfLabels: true),
    ];

    public static int ClassAxis(Shape logits) => logits.Rank == 3 ? 0 : logits.Rank - 1;

    private static (Shape Shape, int Classes) Target(LayerCall call, Shape logits)
    {
        if (logits.Rank is < 1 or > 3)
            throw new ShapeException($"{call} expects {(call.Kind == "SoftmaxCrossEntropy" ? "logits" : "log-probabilities")} (classes), (time, classes) or (classes, height, width), but {call.Given}");
        int axis = ClassAxis(logits);
        if (logits[axis] < 2) throw new ShapeException($"{call} needs at least two classes, but {call.Given}; use SigmoidCrossEntropy for one output");
        return (logits.Without(axis), logits[axis]);
    }

    /// <summary>log Σeˣ minus the label's logit, both relative to the largest: stable, and its gradient is softmax minus one-hot.</summary>
    private static Value CrossEntropy(LayerCall call, Value logits, Value label)
    {
        double smoothing = call.Number("labelSmoothing");
        if (!(smoothing >= 0 && smoothing <= 1)) throw call.Invalid("labelSmoothing", "must be between 0 and 1");
        int axis = ClassAxis(logits.Shape);
        var shifted = logits.Shifted(axis);
        var total = shifted.Exp().Sum(axis).Log();
        var picked = Picked(shifted, label);
        return smoothing == 0 ? total - picked : total - picked * (1 - smoothing) - shifted.Mean(axis) * smoothing;
    }

    /// <summary>The label's element along the class axis. Chosen, not multiplied: a class ruled out by a logit of -∞ costs nothing, where 0 · ∞ is NaN.</summary>
    private static Value Picked(Value x, Value label)
    {
        int axis = ClassAxis(x.Shape);
        return x.Where(label.OneHot(axis, x.Shape[axis]), x.Graph.Scalar(0)).Sum(axis);
    }
}
