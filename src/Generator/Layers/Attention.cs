using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;
using static DlGen.Layers.LayerArgument;

namespace DlGen.Layers;

/// <summary>
/// Multi-head self-attention over (time, width): query, key and value are one projection of x, cut into heads of width / heads features;
/// softmax(query·keyᵀ / √(width / heads))·value of each head, side by side again, goes through a second projection. Vaswani et al. 2017. The shape stays.
/// </summary>
internal static class Attention
{
    public static Layer Definition { get; } = new("Attention", "multi-head self-attention; nn.MultiheadAttention", HasParameters: true,
        [Int("heads"), Flag("causal", false), Flag("bias", true)], Compose);

    private static Value Compose(LayerCall call, Value x)
    {
        int heads = call.Positive("heads");
        if (x.Shape.Rank != 2)
            throw new ShapeException($"{call} expects a sequence (time, width), but {call.Given}; add Reshape(time, width)");
        int time = x.Shape[0], width = x.Shape[1];
        if (width % heads != 0)
            throw new ShapeException($"{call} cuts the width into equal heads, but {call.Given}, and {Text(heads)} does not divide {Text(width)}; take {Choices(width)}");

        // nn.MultiheadAttention: xavier_uniform over the three weights as one matrix, nn.Linear's start for the last, biases at zero.
        // Three widths beyond what an int holds are refused with the parameter's shape.
        int three = (int)Math.Min(3L * width, int.MaxValue);
        var zeros = new Initialization(InitializerKind.Zeros, 0);
        var xavier = new Initialization(InitializerKind.Uniform, Math.Sqrt(6.0 / (4.0 * width)));
        var projected = ContractOp.TimesTransposed(x, call.Weight("in_proj_weight", Shape.Of(three, width), width, three, xavier));
        if (call.Flag("bias")) projected += call.Parameter("in_proj_bias", Shape.Of(three), zeros);

        Value Heads(int part) => projected.Slice(1, part * width, width).Reshape(Shape.Of(time, heads, width / heads)).Transpose(1, 0, 2);
        var attention = new AttentionOp(call.Flag("causal"), 1 / Math.Sqrt(width / heads));
        var (output, _) = AttentionOp.Parts(call.Graph.Add(attention, Heads(0), Heads(1), Heads(2)));
        var joined = output.Transpose(1, 0, 2).Reshape(x.Shape);

        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(width));
        var y = ContractOp.TimesTransposed(joined, call.Weight("out_proj.weight", Shape.Of(width, width), width, width, start));
        return call.Flag("bias") ? y + call.Parameter("out_proj.bias", Shape.Of(width), zeros) : y;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    /// <summary>The numbers of heads that divide the width.</summary>
    private static string Choices(int width)
    {
        var small = Enumerable.Range(1, (int)Math.Sqrt(width)).Where(d => width % d == 0).ToList();
        var divisors = small.Concat(small.Select(d => width / d)).Distinct().OrderBy(d => d).Select(Text).ToList();
        return divisors.Count == 1 ? "1 head" : string.Join(", ", divisors.Take(divisors.Count - 1)) + " or " + divisors[divisors.Count - 1] + " heads";
    }
}
