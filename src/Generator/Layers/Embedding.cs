using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>The rows of a trained table that ids name: (time) ids → (time, width). weight (vocabulary, width), N(0, 1) as nn.Embedding's.</summary>
internal static class Embedding
{
    public static Layer Definition { get; } = new(
        "Embedding", "the row of a table for each id; nn.Embedding", HasParameters: true, [Int("width")], Compose, TakesIds: true);

    private static Value Compose(LayerCall call, Value x)
    {
        int width = call.Positive("width");
        if (x.Source() is not { } ids)
            throw new ShapeException($"{call} looks up int ids, but {call.Given} and holds numbers; declare the input as [Tokens(length, vocabulary)]");
        var table = call.Weight("weight", Shape.Of(ids.Classes, width), width, ids.Classes, new Initialization(InitializerKind.Normal, 1));
        return table.Gather(x, call.ToString());
    }
}
