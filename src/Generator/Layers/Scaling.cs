using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// Scaling of raw data by numbers that are fitted on the training data, channel by channel, and kept in the model as states: scikit-learn's
/// StandardScaler and MinMaxScaler. Both begin as the identity, which is how training tells that they are not fitted yet. The shape stays.
/// </summary>
internal static class Scaling
{
    public static IReadOnlyList<Layer> All { get; } =
    [
        Define("Standardize", "(x - mean) / std of the training data; StandardScaler", "mean", "std", (x, mean, std) => (x - mean) / std),
        Define("MinMaxScale", "(x - min) / (max - min) of the training data; MinMaxScaler", "min", "max", (x, min, max) => (x - min) / (max - min)),
    ];

    private static Layer Define(string name, string summary, string zero, string one, Func<Value, Value, Value, Value> scale)
        => new(name, summary, HasParameters: false, [], (call, x) =>
        {
            int axis = Channels.Axis(call, x);
            var channels = Shape.Of(x.Shape[axis]);
            // A frozen model inside of another one brings its numbers with it.
            if (!call.IsFixed)
            {
                if (call.InputOf(x) is not { IsTarget: false } input)
                    throw new LayerException($"{call} is fitted on the data, so it stands right after an input, but {call.Given}; inside of a network use BatchNorm or LayerNorm");
                call.Fit(input.Variable, channels.Count, x.Shape.Rank == 3 ? x.Shape[1] * x.Shape[2] : 1);
            }
            return scale(x, Channels.Along(x, call.State(zero, channels, InitializerKind.Zeros)), Channels.Along(x, call.State(one, channels, InitializerKind.Ones)));
        });
}

/// <summary>
/// A scaling of a network: its states, the input that it is fitted on, and where a channel's elements lie there: element i of a row is of
/// channel i / <paramref name="Inner"/> % <paramref name="Channels"/>.
/// </summary>
internal readonly record struct FittedScaling(string Path, string Kind, string Variable, int Channels, int Inner);
