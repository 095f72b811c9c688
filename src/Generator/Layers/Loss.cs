using DlGen.Graphs;

namespace DlGen.Layers;

/// <summary>
/// What the compiler knows of one loss: one number per row, further axes averaged; generated code averages rows.
/// </summary>
/// <param name="Target">The target that goes with an output of that shape: its shape, and the number of classes for int labels (0 for float targets).</param>
/// <param name="Compose">The loss of each row, shape (), from the network's output and the target.</param>
/// <param name="Link">What Predict applies to the output: softmax and sigmoid for the losses that start from logits.</param>
/// <param name="Redundant">The layer that must not stand right before it, because the loss applies it itself; or null.</param>
internal sealed record Loss(
    string Name,
    string Summary,
    IReadOnlyList<LayerArgument> Arguments,
    Func<LayerCall, Shape, (Shape Shape, int Classes)> Target,
    Func<LayerCall, Value, Value, Value> Compose,
    Func<Value, Value> Link,
    string? Redundant);
