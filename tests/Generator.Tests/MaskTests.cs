using DlGen.Graphs;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

using Shape = DlGen.Graphs.Shape;

/// <summary>Tensors that layers take beside the one they are applied to: masks and memories; and lengths, which masks are made of.</summary>
public class MaskTests
{
    [Theory]
    [InlineData("lengths.Mask()", "(5)")]
    [InlineData("lengths.Embedding(3)", "(3)")]
    [InlineData("x.Attention(2, mask: lengths.Mask())", "(5, 6)")]
    [InlineData("x.Attention(2, mask: null)", "(5, 6)")]
    [InlineData("x.Attention(2, headWidth: 4, rotary: true, mask: Tensor.Ones(5, 5))", "(5, 6)")]
    [InlineData("x.CrossAttention(memory, 3, mask: Tensor.Ones(7))", "(5, 6)")]
    [InlineData("x.CrossAttention(memory, mask: Tensor.Ones(5, 7), heads: 1)", "(5, 6)")]
    [InlineData("x.Attention(2, mask: Tensor.Ones(2, 5, 5) & lengths.Mask())", "(5, 6)")]
    [InlineData("x.Attention(3, causal: true, mask: lengths.Mask(), attentionBias: Tensor.Parameter([3, 1, 5]))", "(5, 6)")]
    [InlineData("x.CrossAttention(memory, 2, attentionBias: Tensor.Ones(5, 7))", "(5, 6)")]
    [InlineData("memory.CrossAttention(x, 4, mask: lengths.Mask())", "(7, 4)")]
    [InlineData("x.Reshape(2, 5, 3).Transpose(0, 1, 2)[0].SinusoidalPosition()", "(5, 3)")]
    [InlineData("x.Reshape(5, 3, 2).Transpose(1, 0, 2).Rotary()", "(3, 5, 2)")]
    public void Shapes(string expression, string output) => Assert.Equal(output, Forward($"return {expression};").Output);

    [Fact]
    public void Lengths_are_one_id_a_row_from_0_to_all_steps()
        => Assert.Equal(new InputOp("lengths", Shape.Scalar, IsTarget: false, Classes: 6, AreLengths: true), Forward("return x;").Training.Nodes.Select(n => n.Op).OfType<InputOp>().Single(i => i.Variable == "lengths"));

    [Fact]
    public void The_mask_is_an_operand_of_the_op_with_a_row_for_all_queries_or_one_for_each()
    {
        Shape Mask(string mask)
        {
            var graph = Forward($"return x.Attention(2, mask: {mask});").Training;
            return graph[graph.Nodes.Single(n => n.Op is AttentionOp).Operands[3]].Shape;
        }
        Assert.Equal(Shape.Of(1, 5), Mask("lengths.Mask()"));
        Assert.Equal(Shape.Of(5, 5), Mask("lengths.Mask() & (Tensor.Constant(0, 1, 2, 3, 4).Reshape(5, 1) > 2)"));
        Assert.Equal(3, Forward("return x.Attention(2);").Training.Nodes.Single(n => n.Op is AttentionOp).Operands.Count);
    }

    [Fact]
    public void Attention_to_another_sequence_has_PyTorchs_parameters()
    {
        var graph = Forward("return x.CrossAttention(x.Relu(), 2) + x.CrossAttention(memory, 3, headWidth: 5) + x.CrossAttention(memory, 1, bias: false);").Training;
        ParameterOp Of(string path, double start, params int[] shape)
            => new(path, new Shape(shape), new Initialization(start == 0 ? InitializerKind.Zeros : InitializerKind.Uniform, start), false);
        // xavier_uniform of each matrix: √(6 / (inputs + outputs)).
        ParameterOp[] expected =
        [
            Of("crossattention_1.in_proj_weight", 0.5, 18, 6), Of("crossattention_1.in_proj_bias", 0, 18),
            Of("crossattention_1.out_proj.weight", 1 / Math.Sqrt(6), 6, 6), Of("crossattention_1.out_proj.bias", 0, 6),
            Of("crossattention_2.q_proj_weight", Math.Sqrt(6.0 / 21), 15, 6), Of("crossattention_2.k_proj_weight", Math.Sqrt(6.0 / 19), 15, 4), Of("crossattention_2.v_proj_weight", Math.Sqrt(6.0 / 19), 15, 4),
            Of("crossattention_2.in_proj_bias", 0, 45), Of("crossattention_2.out_proj.weight", 1 / Math.Sqrt(15), 6, 15), Of("crossattention_2.out_proj.bias", 0, 6),
        ];
        foreach (var parameter in expected) Assert.Equal(parameter, graph.Parameter(parameter.Path));
        Assert.Equal(["crossattention_3.k_proj_weight", "crossattention_3.out_proj.weight", "crossattention_3.q_proj_weight", "crossattention_3.v_proj_weight"],
            graph.ParameterPaths().Where(p => p.StartsWith("crossattention_3", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        Assert.Equal(10 + 4, graph.ParameterPaths().Count());
    }

    [Fact]
    public void Heads_of_a_width_of_their_own_scale_by_it()
    {
        var graph = Forward("return x.Attention(2, headWidth: 4);").Training;
        Assert.Equal(new AttentionOp(IsCausal: false, 0.5), graph.Nodes.Single(n => n.Op is AttentionOp).Op);
        Assert.Equal((Shape.Of(24, 6), Shape.Of(6, 8)), (graph.Parameter("attention_1.in_proj_weight").Extents, graph.Parameter("attention_1.out_proj.weight").Extents));
    }

    [Theory]
    [InlineData("x.[|Attention(2, mask: Tensor.Ones(6))|]", "Attention(2) expects a mask (5), not 0 for the steps that are there, (5, 5), not 0 where a step sees another, or (2, 5, 5), for each head, but it is (6)")]
    [InlineData("x.[|Attention(3, mask: Tensor.Ones(2, 5, 5))|]", "or (3, 5, 5), for each head, but it is (2, 5, 5)")]
    [InlineData("x.[|Attention(2, attentionBias: Tensor.Ones(4, 5))|]", "Attention(2) expects an attentionBias that broadcasts to the scores (2, 5, 5), heads, queries and keys, but it is (4, 5)")]
    [InlineData("x.[|Attention(2, attentionBias: Tensor.Ones(1, 1, 1, 5))|]", "but it is (1, 1, 1, 5)")]
    [InlineData("x.[|Attention(2, attentionBias: x[.., 0] != 0)|]", "Attention(2) adds an attentionBias to the scores, but it is a condition, 1 or 0; give it as the mask, which says what is seen")]
    [InlineData("x.[|Attention(2, mask: 1)|]", "but it is ()")]
    [InlineData("x.[|CrossAttention(memory, 2, mask: Tensor.Ones(7, 5))|]", "CrossAttention(2) expects a mask (7), not 0 for the steps that are there, (5, 7)")]
    [InlineData("x.[|CrossAttention(memory[0], 2)|]", "CrossAttention(2) expects a memory (steps, features), but it is (4); add Reshape(steps, features)")]
    [InlineData("x[0].[|CrossAttention(memory, 2)|]", "CrossAttention(2) expects a sequence (time, width), but its input is (6)")]
    [InlineData("x.[|CrossAttention(memory, 4)|]", "4 does not divide 6; take 1, 2, 3 or 6 heads, or state headWidth")]
    [InlineData("x.[|Attention(2, rotary: true)|]", "Attention(2), rotary, turns pairs of features, but there are 3; take an even number")]
    [InlineData("x[.., ..5].[|Rotary()|]", "Rotary turns pairs of features, but there are 5")]
    [InlineData("x[0].[|Rotary()|]", "Rotary expects (time, features) or (heads, time, features), but its input is (6)")]
    [InlineData("x[0].[|SinusoidalPosition()|]", "SinusoidalPosition expects a sequence (time, features), but its input is (6)")]
    public Task What_does_not_fit(string expression, string words) => Forward($"return {expression};").Reports("DLG0201", words);

    [Theory]
    [InlineData("x.[|Attention(2, headWidth: -1)|]", "Attention(2): headWidth must be at least 1, or 0 for width / heads")]
    [InlineData("x.[|Attention(2, headWidth: 4, rotary: true, rotaryBase: 0)|]", "Attention(2): rotaryBase must be above 0")]
    [InlineData("x.[|Rotary(@base: -1)|]", "Rotary: base must be above 0")]
    [InlineData("x.[|Mask()|]", "Mask tells which steps come before a row's length, but was not called on lengths; declare them as a parameter of Forward, [Lengths(time)] Tensor lengths, or compare: x != 0")]
    [InlineData("words.[|Mask()|]", "or compare: words != 0")]
    public Task What_is_out_of_range(string expression, string words) => Forward($"return {expression};").Reports("DLG0109", words);

    [Theory]
    [InlineData("x.[|Attention(2, mask: lengths)|]", "The mask of Attention(2) needs numbers, but lengths holds the lengths of sequences; write lengths.Mask(), 1 for the steps that are there, whose Sum() is the length")]
    [InlineData("[|x / lengths|]", "Arithmetic needs numbers, but lengths holds the lengths of sequences")]
    [InlineData("x.[|CrossAttention(words, 2)|]", "The memory of CrossAttention(2) needs numbers, but words holds ids of a vocabulary of 9")]
    public Task Ids_are_neither_masks_nor_memories(string expression, string words) => Forward($"return {expression};").Reports("DLG0202", words);

    [Fact]
    public Task A_length_needs_steps() => Model.Source("""
        [Model]
        public partial class Net { private static Tensor Forward([Input(5, 6)] Tensor x, [[|Lengths(0)|]] Tensor lengths) => x; }
        """).Reports("DLG0109", "Lengths(0): time must be at least 1");

    [Fact]
    public Task An_input_is_declared_once() => Model.Source("""
        [Model]
        public partial class Net { private static Tensor Forward([Input(5, 6)] Tensor x, [Tokens(5, 6), Lengths(5)] Tensor [|lengths|]) => x; }
        """).Reports("DLG0106", "declares 'lengths' as ids, [Tokens(…)], and as lengths, [Lengths(…)], at once");

    [Fact]
    public Task Attention_is_over_the_whole_sequence()
        => Forward("return Tensor.Scan(x, Tensor.Zeros(6), (state, step) => (state + step).Reshape(1, 6).[|CrossAttention(memory, 2, mask: Tensor.Ones(7))|].Reshape(6));")
            .Reports("DLG0109", "can't run within the cell of a recurrence");

    private static Model Forward(string body) => Model.Source($$"""
        [Model]
        public partial class Net
        {
            private static Tensor Forward([Input(5, 6)] Tensor x, [Input(7, 4)] Tensor memory, [Lengths(5)] Tensor lengths, [Tokens(5, 9)] Tensor words)
            {
                {{body}}
            }
        }
        """);
}
