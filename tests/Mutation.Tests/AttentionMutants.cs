using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in attention: the layer, the op's gradient, its kernel; and its template's blocks of queries and keys.</summary>
public class AttentionMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("scale of the whole width", "Layers/Attention.cs", "1 / Math.Sqrt(width / heads))", "1 / Math.Sqrt(width))", "scores are scaled by the features of one head"),
        new("key for value", "Layers/Attention.cs", "Heads(1), Heads(2)", "Heads(1), Heads(1)", "what is mixed are the values"),
        new("heads joined without turning back", "Layers/Attention.cs", "output.Transpose(1, 0, 2).Reshape(x.Shape)", "output.Reshape(x.Shape)", "the heads of one step lie side by side"),
        new("no centre", "Ops/AttentionOp.cs", "var centre = (byOutput * output).Sum(2) - byLogSum;", "var centre = -byLogSum;", "a softmax's gradient is relative to its mean"),
        new("centre of the wrong axis", "Ops/AttentionOp.cs", "(byOutput * output).Sum(2) -", "(byOutput * output).Sum(1).Broadcast(output.Shape, output.PerRow).Slice(2, 0, 1) -", "every query has a centre of its own"),
        new("query's part for all", "Ops/AttentionOp.cs", "start += length;", "start += 0 * length;", "the gradients by key and value lie behind the query's"),
        new("sees the next step", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && j <= i + 1", "a causal query sees itself and what is before"),
        new("does not see itself", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && (j < i || i == 0)", "a causal query sees itself and what is before"),
        new("gradient without the scale", "Cpu/PlainPrinter.Attention.cs", "* weight * {notation.Constant(attention.Scale)};", "* weight;", "the scale is a factor of every score"),
        new("relative to nothing", "Cpu/PlainPrinter.Attention.cs", "largest = {maths}.Max(largest, score);", "largest = 0;", "exponentials of large scores overflow"),
        new("logarithm without the largest", "Cpu/PlainPrinter.Attention.cs", "= largest + {maths}.Log(total);", "= {maths}.Log(total);", "the sum is of exponentials relative to the largest"),
        new("output that is not divided", "Cpu/PlainPrinter.Attention.cs", "/= total;", "/= 1;", "probabilities add up to 1"),
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
