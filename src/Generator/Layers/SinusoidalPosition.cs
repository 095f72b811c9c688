using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// x plus a fixed vector for each position: feature 2i gets sin(position / 10000^(2i / features)), feature 2i + 1 the cosine. Vaswani et al. 2017.
/// (time, features), stays.
/// </summary>
internal static class SinusoidalPosition
{
    public static Layer Definition { get; } = new("SinusoidalPosition", "adds sines and cosines of the position; Vaswani et al. 2017", HasParameters: false, [], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        if (x.Shape.Rank != 2) throw new ShapeException($"{call} expects a sequence (time, features), but {call.Given}; add Reshape(time, features)");
        int time = x.Shape[0], features = x.Shape[1];
        var (sine, cosine) = Waves.Of(x.Graph, time, features, 10000);
        var single = Shape.Of(time, sine.Shape[1], 1);
        var interleaved = x.Graph.Add(new ConcatOp(2), sine.Reshape(single), cosine.Reshape(single)).Reshape(Shape.Of(time, 2 * sine.Shape[1]));
        return x + (features == interleaved.Shape[1] ? interleaved : interleaved.Slice(1, 0, features));
    }
}
