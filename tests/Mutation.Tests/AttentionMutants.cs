using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in attention: the layer, the op's gradient, its kernel; and its template's blocks of queries and keys.</summary>
public class AttentionMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("scale of the whole width", "Layers/AttentionHeads.cs", "1 / Math.Sqrt(headWidth);", "1 / Math.Sqrt(width);", "scores are scaled by the features of one head"),
        new("key for value", "Layers/Attention.cs", "value = heads.Part(projected, 2)", "value = heads.Part(projected, 1)", "what is mixed are the values"),
        new("heads joined without turning back", "Layers/AttentionHeads.cs", "output.Transpose(1, 0, 2).Reshape(", "output.Reshape(", "the heads of one step lie side by side"),
        new("no centre", "Ops/AttentionOp.cs", "var centre = (byOutput * output).Sum(2) - byLogSum;", "var centre = -byLogSum;", "a softmax's gradient is relative to its mean"),
        new("centre of the wrong axis", "Ops/AttentionOp.cs", "(byOutput * output).Sum(2) -", "(byOutput * output).Sum(1).Broadcast(output.Shape, output.PerRow).Slice(2, 0, 1) -", "every query has a centre of its own"),
        new("query's part for all", "Ops/AttentionOp.cs", "start += length;", "start += 0 * length;", "the gradients by key and value lie behind the query's"),
        new("sees the next step", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && j <= i + 1", "a causal query sees itself and what is before"),
        new("does not see itself", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && (j < i || i == 0)", "a causal query sees itself and what is before"),
        new("gradient without the scale", "Cpu/PlainPrinter.Attention.cs", "* weight * {notation.Constant(attention.Scale)};", "* weight;", "the scale is a factor of every score"),
        new("relative to nothing", "Cpu/PlainPrinter.Attention.cs", "largest = {maths}.Max(largest, score);", "largest = 0;", "exponentials of large scores overflow"),
        new("logarithm without the largest", "Cpu/PlainPrinter.Attention.cs", "= largest + {maths}.Log(total);", "= {maths}.Log(total);", "the sum is of exponentials relative to the largest"),
        new("output that is not divided", "Cpu/PlainPrinter.Attention.cs", "/= total;", "/= 1;", "probabilities add up to 1"),
        new("gradients without the mask", "Ops/AttentionOp.cs", ", .. rule.Operands.Skip(3)]", "]", "what is hidden has no gradient either"),
        new("hidden for what is seen", "Cpu/PlainPrinter.Attention.cs", "\"j\")} == {", "\"j\")} != {", "what is not 0 is seen"),
        new("nothing seen by nobody's rule", "Cpu/PlainPrinter.Attention.cs", "if (attention.Mask is not null) writer", "if (attention.Mask is null) writer", "who sees nothing gets 0"),
        new("one row of the mask for all queries", "Lowering/KernelBuilder.Attention.cs", "shape.Rank == 2 ? Inner(shape)", "shape.Rank == 2 ? [-1, Inner(shape)[1]]", "each query has keys of its own"),
        new("memory's keys with the queries' weight", "Layers/CrossAttention.cs", "heads.Projections(weight, 1, 2)", "heads.Projections(weight, 0, 2)", "keys and values have the second and third part"),
        new("turned the other way", "Layers/Rotary.cs", "(second * cosine) + (first * sine)", "(second * cosine) - (first * sine)", "a pair is turned, not stretched"),
        new("keys not turned", "Layers/Attention.cs", "heads.Turned(key))", "key)", "products depend on distances where both are turned"),
        new("steps behind the length", "Layers/Ids.cs", "b.Less(b.Index(0), b.Operand(0))", "b.Less(b.Operand(0), b.Index(0))", "a length tells which steps are there"),
    ];

    private static readonly Mutant[] OfBlocks =
    [
        new("sees the next step", "Cpu/AttentionTemplate.cs", "(k + ahead)\")};", "(k + ahead - 1)\")};", "a causal query sees itself and what is before"),
        new("does not see itself", "Cpu/AttentionTemplate.cs", "LessThanOrEqual(key,", "LessThan(key,", "a causal query sees itself and what is before"),
        new("last queries", "Cpu/AttentionTemplate.cs", "Math.Min({Block}, {Literal.Of(attention.Queries)} - i)", "Math.Min({Block}, {Literal.Of(attention.Queries - 1)} - i)", "the last block of queries is shorter"),
        new("sums that are not scaled", "Cpu/AttentionTemplate.Forward.cs", "if (j > 0) {name}_scale", "if (j < 0) {name}_scale", "a later block of keys may have a larger score"),
        new("total that is not scaled", "Cpu/AttentionTemplate.Forward.cs", "LoadUnsafe(ref {At(\"total\", v)}) * {Of(\"c\", v)};", "LoadUnsafe(ref {At(\"total\", v)});", "a later block of keys may have a larger score"),
        new("relative to nothing", "Cpu/AttentionTemplate.Forward.cs", "{form.Name}.MaxNative({Score(v)}, {Of(\"m\", v)});", "{form.Zero};", "exponentials of large scores overflow"),
        new("logarithm without the largest", "Cpu/AttentionTemplate.Forward.cs", "(m + VectorMath.Log(t))", "VectorMath.Log(t)", "the sum is of exponentials relative to the largest"),
        new("gradient without the scale", "Cpu/AttentionTemplate.Backward.cs", "* {Of(\"p\", v)} * {Scale})", "* {Of(\"p\", v)})", "the scale is a factor of every score"),
        new("queries that are not there", "Cpu/AttentionTemplate.Backward.cs", "attention.ValueWidth, Extent.Of(queries)", "attention.ValueWidth, Extent.Of(block)", "what lies behind the last query is added to the gradients by key and value"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfAttention.Value);

    public static TheoryData<string> NamesOfBlocks => Mutant.Chosen(OfBlocks);

    [Theory]
    [MemberData(nameof(NamesOfBlocks))]
    public void Is_found_in_blocks(string mutant) => MustBeFound(OfBlocks, mutant, Trial.OfAttentionBlocks.Value);
}
