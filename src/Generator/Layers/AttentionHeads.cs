using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Layers;

/// <summary>
/// What the layers of attention have in common: softmax(query·keyᵀ / √(head width))·value of each head, side by side again, through a last projection;
/// names, shapes and starts of the parameters are nn.MultiheadAttention's.
/// </summary>
internal sealed class AttentionHeads
{
    private readonly LayerCall call;
    private readonly int width;
    private readonly int count;
    private readonly int headWidth;

    private AttentionHeads(LayerCall call, int width, int count, int headWidth)
    {
        (this.call, this.width, this.count, this.headWidth) = (call, width, count, headWidth);
    }

    /// <summary>The features of all heads.</summary>
    private int Inner => count * headWidth;

    /// <summary>The heads of a layer that gives this width: its argument headWidth, or equal parts of the width.</summary>
    public static AttentionHeads Of(LayerCall call, int width)
    {
        int count = call.Positive("heads"), headWidth = call.Int("headWidth");
        if (headWidth < 0) throw call.Invalid("headWidth", "must be at least 1, or 0 for width / heads");
        if (headWidth == 0 && width % count != 0)
            throw new ShapeException($"{call} cuts the width into equal heads, but {call.Given}, and {Text(count)} does not divide {Text(width)}; take {Choices(width)}, or state headWidth");
        // More features than an int holds are refused with the parameter's shape.
        return new AttentionHeads(call, width, count, headWidth > 0 ? (int)Math.Min(headWidth, int.MaxValue / count) : width / count);
    }

    /// <summary>
    /// The weight of so many projections to all heads, (parts·heads·headWidth, inputs); xavier_uniform over the whole matrix. Beyond what an int holds its
    /// shape is refused.
    /// </summary>
    public Value Weight(string name, int parts, int inputs)
    {
        int outputs = (int)Math.Min((long)parts * Inner, int.MaxValue);
        return call.Weight(name, Shape.Of(outputs, inputs), inputs, outputs, new Initialization(InitializerKind.Uniform, Math.Sqrt(6.0 / ((double)outputs + inputs))));
    }

    /// <summary>The bias of the projections of query, key and value, one behind the other; null without biases.</summary>
    public Value? Bias() => call.Flag("bias") ? call.Parameter("in_proj_bias", Shape.Of(3 * Inner), new Initialization(InitializerKind.Zeros, 0)) : null;

    /// <summary>Parts of what lies side by side, query, key and value: of a bias, or of the first axis of a weight.</summary>
    public Value Projections(Value parameter, int first, int parts) => parameter.Slice(0, first * Inner, parts * Inner);

    /// <summary>One of the projections that lie side by side in each step, (time, …) → (time, heads, headWidth).</summary>
    public Value Part(Value projected, int part)
        => projected.Slice(1, part * Inner, Inner).Reshape(Shape.Of(projected.Shape[0], count, headWidth));

    /// <summary>(time, heads, headWidth) with the rotary position embedding that the layer's arguments state.</summary>
    public Value Turned(Value x) => Rotary.Turn(x, timeAxis: 0, Rotary.Base(call, "rotaryBase"), $"{call}, rotary,");

    /// <summary>From queries, keys and values of the shape (time, heads, headWidth) to the layer's result, (time, width).</summary>
    public Value Attend(Value query, Value key, Value value, bool isCausal)
    {
        int queries = query.Shape[0], keys = key.Shape[0];
        double scale = 1 / Math.Sqrt(headWidth);
        var operands = new[] { query, key, value }.Select(x => x.Transpose(1, 0, 2)).ToList();
        var mask = Mask(queries, keys);
        if (mask is not null) operands.Add(mask);
        var output = Added(Shape.Of(count, queries, keys)) is { } added
            ? Mixed(ContractOp.MatMul(operands[0], operands[1].Transpose(0, 2, 1)) * scale + added, isCausal, mask, operands[2])
            : AttentionOp.Parts(call.Graph.Add(new AttentionOp(isCausal, scale), operands.ToArray())).Output;
        var joined = output.Transpose(1, 0, 2).Reshape(Shape.Of(queries, Inner));

        var start = new Initialization(InitializerKind.Uniform, 1 / Math.Sqrt(Inner));
        var y = ContractOp.TimesTransposed(joined, call.Weight("out_proj.weight", Shape.Of(width, Inner), Inner, width, start));
        return call.Flag("bias") ? y + call.Parameter("out_proj.bias", Shape.Of(width), new Initialization(InitializerKind.Zeros, 0)) : y;
    }

    /// <summary>
    /// The values by the softmax of scores (heads, queries, keys). What is added to scores may need a gradient of its size, so the scores are in memory here, as ops like all others. What is hidden, or -∞ itself, counts
    /// nothing, and a query that sees nothing gets 0, as <see cref="AttentionOp"/> has it.
    /// </summary>
    private static Value Mixed(Value scores, bool isCausal, Value? mask, Value values)
    {
        const double Lowest = -1e30;
        var graph = scores.Graph;
        var seen = mask;
        if (isCausal)
        {
            var reached = graph.Map(b => b.Binary(ScalarOp.LessOrEqual, b.Index(1), b.Index(0)), [], Shape.Of(scores.Shape[1], scores.Shape[2]), perRow: false);
            seen = seen is null ? reached : reached.Where(seen, graph.Scalar(0));
        }
        var visible = seen is null ? scores : scores.Where(seen, graph.Scalar(double.NegativeInfinity));
        var largest = visible.Max(2).Map(ScalarOp.Maximum, Lowest).StopGradient();
        var exponentials = (visible - largest).Exp();
        var total = exponentials.Sum(2);
        return ContractOp.MatMul(exponentials / total.Where(total, graph.Scalar(1)), values);
    }

    /// <summary>What is added to the scores, or null.</summary>
    private Value? Added(Shape scores)
    {
        if (call.StatedOperand("attentionBias") is not { } added) return null;
        if (added.Node.Op is MapOp { Expression: var e } && e.Code[e.Result].Op is ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal or ScalarOp.Not or ScalarOp.And or ScalarOp.Or)
            throw new ShapeException($"{call} adds an attentionBias to the scores, but it is a condition, 1 or 0; give it as the mask, which says what is seen");
        bool fits = added.Shape.Rank <= 3 && Enumerable.Range(1, added.Shape.Rank).All(i => added.Shape[added.Shape.Rank - i] == 1 || added.Shape[added.Shape.Rank - i] == scores[3 - i]);
        return fits ? added : throw new ShapeException($"{call} expects an attentionBias that broadcasts to the scores {scores}, heads, queries and keys, but it is {added.Shape}");
    }

    /// <summary>As the op takes it: (queries or 1, keys), or for each head.</summary>
    private Value? Mask(int queries, int keys)
    {
        if (call.StatedOperand("mask") is not { } mask) return null;
        if (mask.Shape.Equals(Shape.Of(keys))) return mask.Reshape(Shape.Of(1, keys));
        return mask.Shape.Equals(Shape.Of(queries, keys)) || mask.Shape.Equals(Shape.Of(count, queries, keys)) || mask.Shape.Equals(Shape.Of(count, 1, keys))
            ? mask
            : throw new ShapeException($"{call} expects a mask ({Text(keys)}), not 0 for the steps that are there, ({Text(queries)}, {Text(keys)}), not 0 where a step sees another, or ({Text(count)}, {Text(queries)}, {Text(keys)}), for each head, but it is {mask.Shape}");
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
