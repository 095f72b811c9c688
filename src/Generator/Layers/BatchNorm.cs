using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// (x - mean) / √(variance + epsilon) · weight + bias per channel: in training with the statistics of the batch, which move the running ones by the
/// momentum; else with the running ones, their variance divided by n - 1. Ioffe and Szegedy 2015. Channels are the features of a vector and of a
/// sequence, and the first axis of an image. The shape stays.
/// </summary>
internal static class BatchNorm
{
    public static Layer Definition { get; } = new("BatchNorm", "normalises each channel over the batch; nn.BatchNorm1d to 3d", HasParameters: true,
        [Number("momentum", 0.1), Number("epsilon", 1e-5)], Compose, CancelsBias: true, MeetsRows: true);

    private static Value Compose(LayerCall call, Value x)
    {
        int axis = Channels.Axis(call, x);
        double momentum = call.Number("momentum"), epsilon = call.Number("epsilon");
        if (!(momentum is >= 0 and <= 1)) throw call.Invalid("momentum", "must be between 0 and 1");
        if (!(epsilon >= 0)) throw call.Invalid("epsilon", "must be at least 0");

        int[] others = x.AllAxes().Where(a => a != axis).ToArray();
        var channels = Shape.Of(x.Shape[axis]);
        var weight = call.Scale("weight", channels);
        var bias = call.Parameter("bias", channels, new Initialization(InitializerKind.Zeros, 0));
        Value mean = call.State("running_mean", channels, InitializerKind.Zeros), variance = call.State("running_var", channels, InitializerKind.Ones);
        if (call.Training)
        {
            var batch = MomentsOp.Of(x, others);
            var (n, batchMean, batchVariance) = (batch.Count.Reshape(channels), batch.Mean.Reshape(channels), batch.Variance.Reshape(channels));
            call.UpdateState("running_mean", (mean * (1 - momentum)) + (batchMean * momentum));
            call.UpdateState("running_var", (variance * (1 - momentum)) + (batchVariance * (n / (n - 1)) * momentum));
            (mean, variance) = (batchMean, batchVariance);
        }
        Value Along(Value perChannel) => Channels.Along(x, perChannel);
        return ((x - Along(mean)) / (Along(variance) + epsilon).Sqrt() * Along(weight)) + Along(bias);
    }
}
