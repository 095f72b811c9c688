using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// What the compiler knows of one loss: this one definition serves the attribute and the method of Tensor. Either gives one number per row: the
/// mean over its elements, or with <see cref="Reduction.Sum"/> their sum; generated code averages rows. With <see cref="Reduction.None"/> it gives
/// the elements themselves.
/// </summary>
/// <param name="Arguments">Beside the target and the reduction, which every method takes.</param>
/// <param name="Target">The target that goes with an output of that shape: its shape, and the number of classes for int labels (0 for float targets).</param>
/// <param name="Elements">The loss before the reduction, from the network's output and the target.</param>
/// <param name="Link">What Predict applies to the output under the attribute: softmax and sigmoid for the losses that start from logits.</param>
/// <param name="IsOfLabels">Whether its targets are int labels: the greatest output is then the class.</param>
/// <param name="Redundant">The layer that must not stand right before it, because the loss applies it itself; or null.</param>
internal sealed record Loss(
    string Name,
    string Summary,
    IReadOnlyList<LayerArgument> Arguments,
    Func<LayerCall, Shape, (Shape Shape, int Classes)> Target,
    Func<LayerCall, Value, Value, Value> Elements,
    Func<Value, Value> Link,
    string? Redundant,
    bool IsOfLabels = false)
{
    public Value Compose(LayerCall call, Value output, Value target, Reduction reduction)
    {
        var elements = Elements(call, output, target);
        var (shape, classes) = Target(call, output.Shape);
        // What is summed over classes has kept that axis with extent 1.
        if (shape.Count != elements.Shape.Count) shape = shape.Without(shape.Rank - 1);
        // Chosen, not multiplied, as for every label: what is ignored costs nothing, whatever the network gives there.
        if (classes > 0 && target.Source() is { Ignored: { } ignored }) elements = elements.Reshape(shape).Where(target.Counts(ignored), output.Graph.Scalar(0));
        if (reduction == Reduction.None) return elements.Reshape(shape);
        int[] axes = elements.AllAxes();
        return (reduction == Reduction.Sum ? elements.Sum(axes) : elements.Mean(axes)).Reshape(Shape.Scalar);
    }
}

/// <summary>How the elements of a row become its one number, if they do: the names of the runtime library's enum.</summary>
internal enum Reduction { Mean, Sum, None }

/// <summary>
/// What a loss gives, each row's or each element's, and its weights of the same axes or broadcast to them (null: all the same). The whole is
/// Σ weight·loss / Σ weight over the batch.
/// </summary>
internal sealed record WeightedLoss(Value Loss, Value? Weight);

/// <summary>One use of a loss: <paramref name="Output"/> is the node that it judges, <paramref name="Target"/> the one that it judges it by; with an attribute Predict applies the loss's link.</summary>
internal readonly record struct LossApplication(Loss Loss, int Output, int Target, bool HasLink);
