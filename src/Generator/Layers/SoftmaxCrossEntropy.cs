using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// -log softmax(x)[label] from logits: (classes), (time, classes) or (classes, height, width), further axes are reduced; int labels of the shape
/// without the class axis. With smoothing ε the target is (1 - ε) on the label and ε / classes everywhere. nn.CrossEntropyLoss.
/// </summary>
internal static class SoftmaxCrossEntropy
{
    public static Loss Definition { get; } = new(
        "SoftmaxCrossEntropy", "-log softmax(x)[label] from logits; nn.CrossEntropyLoss", [Number("labelSmoothing", 0), Int("ignore", -1)], Target, Elements,
        logits => logits.Softmax(ClassAxis(logits.Shape)), Redundant: "Softmax");

    private static int ClassAxis(Shape logits) => logits.Rank == 3 ? 0 : logits.Rank - 1;

    private static (Shape Shape, int Classes) Target(LayerCall call, Shape logits)
    {
        if (logits.Rank is < 1 or > 3)
            throw new ShapeException($"{call} expects logits (classes), (time, classes) or (classes, height, width), but {call.Given}");
        int axis = ClassAxis(logits);
        if (logits[axis] < 2) throw new ShapeException($"{call} needs at least two classes, but {call.Given}; use SigmoidCrossEntropy for one output");
        return (logits.Without(axis), logits[axis]);
    }

    /// <summary>log Σeˣ minus the label's logit, both relative to the largest: stable, and its gradient is softmax minus one-hot.</summary>
    private static Value Elements(LayerCall call, Value logits, Value label)
    {
        double smoothing = call.Number("labelSmoothing");
        if (!(smoothing >= 0 && smoothing <= 1)) throw call.Invalid("labelSmoothing", "must be between 0 and 1");
        int axis = ClassAxis(logits.Shape);
        var shifted = logits.Shifted(axis);
        var total = shifted.Exp().Sum(axis).Log();
        // Chosen, not multiplied: a class ruled out by a logit of -∞ costs nothing, where 0 · ∞ is NaN.
        var picked = shifted.Where(label.OneHot(axis, logits.Shape[axis]), logits.Graph.Scalar(0)).Sum(axis);
        return smoothing == 0 ? total - picked : total - picked * (1 - smoothing) - shifted.Mean(axis) * smoothing;
    }
}
