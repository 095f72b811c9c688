using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Multi-head self-attention over (time, width): query, key and value are one projection of x, cut into heads; what <see cref="AttentionHeads"/> makes of
/// them goes through a second projection. With Rotary, queries and keys are turned by their positions. Vaswani et al. 2017. The shape stays.
/// </summary>
internal static class Attention
{
    public static Layer Definition { get; } = new("Attention", "multi-head self-attention; nn.MultiheadAttention", HasParameters: true,
        [Int("heads"), Flag("causal", false), Flag("bias", true), Flag("rotary", false), Number("rotaryBase", 10000), Int("headWidth", 0)], Compose)
    {
        Operands = [new LayerOperand("mask", Required: false), new LayerOperand("attentionBias", Required: false)],
    };

    private static Value Compose(LayerCall call, Value x)
    {
        call.Positive("heads");
        if (x.Shape.Rank != 2)
            throw new ShapeException($"{call} expects a sequence (time, width), but {call.Given}; add Reshape(time, width)");
        var heads = AttentionHeads.Of(call, x.Shape[1]);
        var projected = ContractOp.TimesTransposed(x, heads.Weight("in_proj_weight", 3, x.Shape[1]));
        if (heads.Bias() is { } bias) projected += bias;
        Value query = heads.Part(projected, 0), key = heads.Part(projected, 1), value = heads.Part(projected, 2);
        if (call.Flag("rotary")) (query, key) = (heads.Turned(query), heads.Turned(key));
        return heads.Attend(query, key, value, call.Flag("causal"));
    }
}
