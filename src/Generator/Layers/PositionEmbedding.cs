using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>x plus a trained vector for each position: (time, features), stays. weight (time, features), N(0, 0.02²) as GPT-2's and BERT's.</summary>
internal static class PositionEmbedding
{
    public static Layer Definition { get; } = new("PositionEmbedding", "adds a trained vector to each position; nn.Embedding of the positions", HasParameters: true, [], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank != 2) throw new ShapeException($"{call} expects a sequence (time, features), but {call.Given}; add Reshape(time, features)");
        return x + call.Weight("weight", x.Shape, x.Shape[1], x.Shape[0], new Initialization(InitializerKind.Normal, 0.02));
    }
}
