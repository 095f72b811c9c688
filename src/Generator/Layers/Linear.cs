using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>y = x·Wᵀ + b over the last axis: (inputs) → (outputs), (time, inputs) → (time, outputs). weight (outputs, inputs), bias (outputs).</summary>
internal static class Linear
{
    public static Layer Definition { get; } = new(
        "Linear", "x·Wᵀ + b over the last axis; nn.Linear", HasParameters: true, [Int("outputs"), Flag("bias", true)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int outputs = call.Positive("outputs");
        if (x.Shape.Rank is not (1 or 2))
            throw new ShapeException($"{call} expects a vector, but {call.Given}; add {(x.Shape.Rank == 0 ? "Reshape(1)" : "Flatten")}");
        int inputs = x.Shape.Last;
        // nn.Linear: kaiming_uniform with a = √5 is U(-1/√inputs, 1/√inputs), and the bias starts alike.
        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(inputs));
        var y = ContractOp.TimesTransposed(x, call.Weight("weight", Shape.Of(outputs, inputs), inputs, outputs, start));
        return call.Flag("bias") ? y + call.Parameter("bias", Shape.Of(outputs), start) : y;
    }
}
