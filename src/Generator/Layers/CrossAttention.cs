using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Multi-head attention of one sequence to another: queries from x (time, width), keys and values from memory (steps, features), else as
/// <see cref="Attention"/>. Where both have one width, the three projections are one matrix, else each has its own, as in nn.MultiheadAttention. x's shape stays.
/// </summary>
internal static class CrossAttention
{
    public static Layer Definition { get; } = new("CrossAttention", "multi-head attention to another sequence; nn.MultiheadAttention", HasParameters: true,
        [Int("heads"), Flag("bias", true), Int("headWidth", 0)], Compose)
    {
        Operands = [new LayerOperand("memory", Required: true), new LayerOperand("mask", Required: false), new LayerOperand("attentionBias", Required: false)],
    };

    private static Value Compose(LayerCall call, Value x)
    {
        call.Positive("heads");
        var memory = call.Operand("memory");
        if (x.Shape.Rank != 2) throw new ShapeException($"{call} expects a sequence (time, width), but {call.Given}; add Reshape(time, width)");
        if (memory.Shape.Rank != 2) throw new ShapeException($"{call} expects a memory (steps, features), but it is {memory.Shape}; add Reshape(steps, features)");
        int width = x.Shape[1], features = memory.Shape[1];
        var heads = AttentionHeads.Of(call, width);
        Value query, key, value;
        if (width == features)
        {
            var weight = heads.Weight("in_proj_weight", 3, width);
            var bias = heads.Bias();
            query = heads.Part(Projected(x, heads.Projections(weight, 0, 1), bias is null ? null : heads.Projections(bias, 0, 1)), 0);
            var both = Projected(memory, heads.Projections(weight, 1, 2), bias is null ? null : heads.Projections(bias, 1, 2));
            (key, value) = (heads.Part(both, 0), heads.Part(both, 1));
        }
        else
        {
            Value[] weights = [heads.Weight("q_proj_weight", 1, width), heads.Weight("k_proj_weight", 1, features), heads.Weight("v_proj_weight", 1, features)];
            var bias = heads.Bias();
            Value Part(Value from, int part) => heads.Part(Projected(from, weights[part], bias is null ? null : heads.Projections(bias, part, 1)), 0);
            (query, key, value) = (Part(x, 0), Part(memory, 1), Part(memory, 2));
        }
        return heads.Attend(query, key, value, isCausal: false);
    }

    private static Value Projected(Value x, Value weight, Value? bias)
    {
        var y = ContractOp.TimesTransposed(x, weight);
        return bias is null ? y : y + bias;
    }
}
