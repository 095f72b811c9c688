using DlGen.Graphs;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>Fixed scaling inside the model, (x - mean) / std, so that callers hand in raw data. The shape stays.</summary>
internal static class Normalize
{
    public static Layer Definition { get; } = new(
        "Normalize", "(x - mean) / std with constants; transforms.Normalize", HasParameters: false, [Number("mean"), Number("std")], Compose);

    private static Value Compose(LayerCall call, Value x)
        => call.Number("std") is > 0 and var deviation ? (x - call.Number("mean")) / deviation : throw call.Invalid("std", "must be above 0");
}
