using DlGen.Graphs;
using DlGen.Lowering;
using DlGen.Ops;
using DlGen.Tests.Oracles;

namespace DlGen.Tests.Gradients;

using Shape = DlGen.Graphs.Shape;

/// <summary>
/// The compiler's reverse mode (every op's rule, every scalar function's derivative) against the oracle's forward mode and against central
/// differences, on the graph alone: what fails here is a gradient rule, not a kernel.
/// </summary>
public class GradientRuleTests
{
    public static TheoryData<string> UnaryFunctions => [.. Enum.GetNames<ScalarOp>().Where(n => Enum.Parse<ScalarOp>(n) is >= ScalarOp.Negate and <= ScalarOp.Relu)];

    public static TheoryData<string> BinaryFunctions => [.. Enum.GetNames<ScalarOp>().Where(n => Enum.Parse<ScalarOp>(n) is >= ScalarOp.Add and <= ScalarOp.Power)];

    [Theory]
    [MemberData(nameof(UnaryFunctions))]
    public void Unary_functions(string name)
    {
        var op = Enum.Parse<ScalarOp>(name);
        // Away from kinks and inside every function's domain.
        bool positive = op is ScalarOp.Sqrt or ScalarOp.Log or ScalarOp.Log1p;
        Check(g => (g.Input(0.3, 1.5, 4) * g.Parameter(positive ? 0.5 : -1.7, 1.9, 4)).Map(op));
    }

    [Theory]
    [MemberData(nameof(BinaryFunctions))]
    public void Binary_functions_by_both_operands(string name)
        => Check(g => (g.Input(0.5, 1.5, 3, 4) * g.Parameter(0.4, 2, 4)).Map(Enum.Parse<ScalarOp>(name), g.Input(0.5, 1.5, 4) * g.Parameter(0.4, 2, 3, 1)));

    [Theory]
    [InlineData("Less")]
    [InlineData("LessOrEqual")]
    public void Comparisons_choose_and_pass_the_chosen_gradient(string name)
        => Check(g =>
        {
            var (x, p, q) = (g.Input(-1, 1, 6), g.Parameter(-1, 1, 6), g.Parameter(-1, 1, 6));
            return p.Where(x.Map(Enum.Parse<ScalarOp>(name), p.StopGradient()), q * x);
        });

    [Fact]
    public void Ties_share_the_gradient_of_an_extremum() => Check(g =>
    {
        var x = g.Parameter(0.5, 1, 1);
        return g.Broadcast(x, 4).Max(0) * 2 + x.Map(ScalarOp.Maximum, x * 1.0);
    }, centralDifferences: false);

    [Fact]
    public void Broadcasting_sums_what_it_repeated() => Check(g => g.Parameter(-1, 1, 1, 4) * g.Parameter(-1, 1, 3, 1) + g.Input(-1, 1, 3, 4) * g.Parameter(-1, 1));

    [Fact]
    public void Sums_and_means_along_axes() => Check(g => (g.Input(-1, 1, 2, 3, 4) * g.Parameter(-1, 1, 2, 3, 4)).Sum(0, 2).Exp() + g.Parameter(-1, 1, 2, 3).Mean(1).Exp().Reshape(Shape.Of(2, 1, 1)));

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void Extrema_along_an_axis(int axis)
        => Check(g => { var x = g.Input(-1, 1, 3, 4) * g.Parameter(-2, 2, 3, 4); return x.Max(axis).Exp() - x.Min(axis).Tanh(); });

    [Fact]
    public void Linear_over_a_vector() => Check(g => ContractOp.TimesTransposed(g.Input(-1, 1, 5), g.Parameter(-1, 1, 4, 5)).Tanh());

    [Fact]
    public void Linear_over_a_sequence() => Check(g => ContractOp.TimesTransposed(ContractOp.TimesTransposed(g.Input(-1, 1, 3, 5), g.Parameter(-1, 1, 4, 5)).Tanh(), g.Parameter(-1, 1, 2, 4)));

    [Fact]
    public void Products_of_two_values_per_row() => Check(g =>
    {
        var x = g.Input(-1, 1, 3, 5);
        var (q, k) = (ContractOp.TimesTransposed(x, g.Parameter(-1, 1, 4, 5)), ContractOp.TimesTransposed(x, g.Parameter(-1, 1, 4, 5)));
        return ContractOp.MatMul(q, k.Transpose(1, 0));
    });

    [Fact]
    public void Batched_products() => Check(g => ContractOp.MatMul(g.Input(-1, 1, 2, 3, 4) * g.Parameter(-1, 1, 2, 3, 4), g.Parameter(-1, 1, 2, 4, 5)).Exp());

    [Fact]
    public void Shared_times_shared_then_rows() => Check(g => ContractOp.MatMul(g.Input(-1, 1, 3), ContractOp.MatMul(g.Parameter(-1, 1, 3, 4), g.Parameter(-1, 1, 4, 2))).Tanh());

    [Fact]
    public void Movements() => Check(g =>
    {
        var x = (g.Input(-1, 1, 3, 4) * g.Parameter(-1, 1, 3, 4)).Tanh();
        var parts = g.Add(new ConcatOp(1), x.Slice(1, 1, 2), x.Transpose(1, 0).Slice(0, 0, 3).Pad(1, 1, 0), g.Parameter(-1, 1, 3, 1));
        return parts.Reshape(Shape.Of(7, 3)).Exp();
    });

    [Theory]
    [InlineData(2, 1, 3, 1)]
    [InlineData(0, 2, 3, 1)]
    [InlineData(0, 2, 3, 2)]
    [InlineData(4, 1, 3, -2)]
    public void Windows_unfolded_and_folded(int start, int stride, int taps, int step) => Check(g =>
    {
        var windows = new Windows(3, taps, start, stride, step);
        var x = (g.Input(-1, 1, 2, 9, 2) * g.Parameter(-1, 1, 2, 9, 2)).Unfold(1, windows);
        return (x * x * g.Parameter(-1, 1, 3, taps, 1)).Fold(1, 10, windows).Exp();
    });

    [Fact]
    public void Slices_with_a_step_and_paddings_between() => Check(g =>
    {
        var x = g.Input(-1, 1, 3, 7) * g.Parameter(-1, 1, 3, 7);
        return (x.Slice(1, 1, 2, step: 3) + x.Slice(0, 0, 2, step: 2).Pad(0, 0, 0, interior: 1).Slice(1, 0, 2)).Exp().Pad(1, 1, 2, interior: 2, value: 0.5).Exp();
    });

    [Fact]
    public void The_place_of_a_maximum_chooses_what_gets_the_gradient() => Check(g =>
    {
        var x = g.Input(-1, 1, 3, 2, 4) * g.Parameter(-2, 2, 3, 2, 4);
        var place = x.ArgMax(0, 2);
        return x.Graph.Map(b => b.Select(b.Equal(b.Operand(1), b.Add(b.Multiply(b.Index(0), b.Constant(4)), b.Index(2))), b.Operand(0), b.Constant(0)), x, place).Sum(0, 2).Exp();
    });

    [Theory]
    [InlineData(new int[0])]
    [InlineData(new[] { 1, 2 })]
    public void Statistics_of_the_batch(int[] axes) => Check(g =>
    {
        var x = (g.Input(-1, 1, 2, 3, 2) * g.Parameter(0.5, 2, 2, 3, 2)).Exp();
        var (count, mean, variance) = MomentsOp.Of(x, axes);
        return (x - mean) / (variance * (count / (count - 1)) + 0.1).Sqrt() + mean.Tanh();
    });

    [Theory]
    [InlineData(false, 1)]
    [InlineData(false, 4)]
    [InlineData(true, 4)]
    public void Recurrences_by_sequences_beginnings_and_captured_values(bool reverse, int steps) => Check(g =>
    {
        var x = g.Input(-1, 1, steps, 3) * g.Parameter(-1, 1, steps, 3);
        var (weight, context, start, fixedSequence) = (g.Parameter(-1, 1, 3, 3), g.Input(-1, 1, 2) * g.Parameter(-1, 1, 2), g.Parameter(-1, 1, 3), g.Parameter(-1, 1, steps, 2));
        var body = new ScanBody(x.Graph, steps);
        var (h, c) = (body.Carry(start), body.Carry(context.Exp()));
        var (step, shift, product) = (body.Sequence(x), body.Sequence(fixedSequence), body.Capture(weight));
        var gate = (ContractOp.TimesTransposed(h, product) + ContractOp.TimesTransposed(step, product)).Sigmoid();
        var next = (gate * step) + c.Sum(0) + (h.Max(0) * body.Capture(start));
        var (op, operands) = body.Close([next, (c * body.Capture(context)) - shift], [ContractOp.MatMul(h, product).Tanh(), step.Reshape(Shape.Of(3, 1)).Exp()], reverse);
        var packed = x.Graph.Add(op, operands);
        var parts = new[] { op.Results(packed, 0), op.Sources(packed, 0), op.Final(packed, 0), op.Results(packed, 1), op.Final(packed, 1), op.Initial(packed, 0), op.Results(packed, 2), op.Results(packed, 3) };
        return g.Add(new ConcatOp(0), [.. parts.Select(p => p.Reshape(Shape.Of(p.Shape.Count)))]);
    });

    /// <summary>More keys than queries, fewer, and one; the logarithm of the sum has a gradient of its own. Query, key or value may be shared by all rows.</summary>
    [Theory]
    [InlineData(3, 3, false)]
    [InlineData(4, 4, true)]
    [InlineData(2, 5, false)]
    [InlineData(2, 5, true)]
    [InlineData(5, 2, true)]
    [InlineData(3, 1, false)]
    public void Attention_and_the_logarithm_of_its_sums(int queries, int keys, bool isCausal) => Check(g =>
    {
        Value Operand(int positions, int width) => (g.Input(-1, 1, 2, positions, width) * g.Parameter(-2, 2, 2, positions, width)).Tanh() * 2;
        var (output, logSum) = AttentionOp.Parts(g.Add(new AttentionOp(isCausal, 0.7), Operand(queries, 3), Operand(keys, 3), Operand(keys, 2)));
        var (byMemory, logSumByMemory) = AttentionOp.Parts(g.Add(new AttentionOp(isCausal, 1.3), g.Parameter(-1, 1, 2, queries, 3), Operand(keys, 3), g.Parameter(-1, 1, 2, keys, 2)));
        return output.Exp() + logSum.Tanh() + byMemory.Tanh() * logSumByMemory;
    });

    /// <summary>
    /// Keys that a row or a query does not see; the second query of some rows sees none. In one case the mask belongs to all rows, in the other what it
    /// masks does.
    /// </summary>
    [Theory]
    [InlineData(3, 4, 1, false)]
    [InlineData(3, 4, 3, false)]
    [InlineData(4, 3, 1, true)]
    [InlineData(4, 3, 4, true)]
    public void Attention_with_a_mask(int queries, int keys, int maskRows, bool isCausal) => Check(g =>
    {
        Value Operand(int positions, int width) => (g.Input(-1, 1, 2, positions, width) * g.Parameter(-2, 2, 2, positions, width)).Tanh() * 2;
        var mask = g.Map(b => b.Less(b.Constant(0), b.Operand(0)), g.Input(-1, 1, maskRows, keys));
        var shared = g.Add(new ConstantOp(Enumerable.Range(0, maskRows * keys).Select(i => i % 3 == 1 ? -2.0 : i / keys == 1 ? 0 : i % 2).ToEquatableArray(), Shape.Of(maskRows, keys)));
        var (output, logSum) = AttentionOp.Parts(g.Add(new AttentionOp(isCausal, 0.7), Operand(queries, 3), Operand(keys, 3), Operand(keys, 2), shared));
        var (byRow, logSumByRow) = AttentionOp.Parts(g.Add(new AttentionOp(isCausal, 1.3), g.Parameter(-1, 1, 2, queries, 3), g.Parameter(-1, 1, 2, keys, 3), g.Parameter(-1, 1, 2, keys, 2), mask));
        var ofHeads = g.Map(b => b.Less(b.Constant(0), b.Operand(0)), g.Input(-1, 1, 2, maskRows, keys));
        var (byHead, logSumByHead) = AttentionOp.Parts(g.Add(new AttentionOp(isCausal, 1.1), Operand(queries, 3), g.Parameter(-1, 1, 2, keys, 3), g.Parameter(-1, 1, 2, keys, 2), ofHeads));
        return output.Exp() + logSum.Tanh() + byRow.Tanh() * logSumByRow - byHead.Exp() * logSumByHead;
    });

    /// <summary>Nine ids of five entries: some are named by several rows, some twice by one.</summary>
    [Fact]
    public void Entries_that_ids_name() => Check(g => g.Add(new GatherOp(), g.Parameter(-1, 1, 5, 2), g.Tokens(5, 3)).Exp() * g.Parameter(-1, 1, 3, 1));

    [Fact]
    public void Entries_of_a_computed_table() => Check(g => g.Add(new GatherOp(), (g.Parameter(-1, 1, 2, 4) * g.Parameter(-1, 1, 2, 1)).Tanh().Transpose(1, 0), g.Tokens(4)).Exp());

    [Fact]
    public void Entries_of_a_table_per_row() => Check(g => g.Add(new GatherOp(), (g.Input(-1, 1, 4, 2) * g.Parameter(-1, 1, 4, 2)).Exp(), g.Tokens(4, 2, 1)));

    [Fact]
    public void Sums_by_id() => Check(g => g.Add(new ScatterAddOp(4), (g.Input(-1, 1, 3, 2) * g.Parameter(-1, 1, 3, 2)).Exp(), g.Tokens(4, 3)).Tanh() * g.Input(-1, 1, 4, 2));

    [Fact]
    public void A_value_used_twice_adds_its_gradients() => Check(g => { var x = g.Input(-1, 1, 4) * g.Parameter(-1, 1, 4); return (x * x.Sigmoid()) + x.Exp() - (x / (x * x + 2)); });

    [Fact]
    public void No_gradient_passes_a_stop() => Check(g => { var p = g.Parameter(-1, 1, 4); return p.StopGradient() * p.Exp(); }, centralDifferences: false);

    [Fact]
    public void Layer_norm_and_softmax_by_hand() => Check(g =>
    {
        var x = ContractOp.TimesTransposed(g.Input(-1, 1, 2, 5), g.Parameter(-1, 1, 6, 5));
        var centred = x - x.Mean(1);
        var normal = centred / (centred * centred).Mean(1).Map(ScalarOp.Add, 1e-5).Sqrt() * g.Parameter(0.5, 1, 6) + g.Parameter(-1, 1, 6);
        var e = (normal - normal.Max(1).StopGradient()).Exp();
        return e / e.Sum(1);
    });

    private static void Check(Func<LossGraph, Value> body, bool centralDifferences = true)
    {
        var (graph, values) = LossGraph.Of(body);
        var oracle = Oracle.Differentiate(graph, values);
        var reverse = Differentiate.LossByParameters(graph);
        foreach (var (path, expected) in oracle.Gradients)
        {
            Comparison.CloseGradient("reverse mode by " + path, expected, Oracle.Evaluate(reverse, values, reverse.Find(OutputRole.Gradient, path)), Comparison.Float64);
            if (centralDifferences) Comparison.CloseGradient("central differences by " + path, expected, CentralDifferences.By(path, graph, values), 1e-7);
        }
    }
}
