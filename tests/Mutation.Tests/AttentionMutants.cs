using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in attention: the layer, the op's gradient, its kernel.</summary>
public class AttentionMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("scale of the whole width", "Layers/AttentionHeads.cs", "1 / Math.Sqrt(headWidth))", "1 / Math.Sqrt(width))", "scores are scaled by the features of one head"),
        new("key for value", "Layers/Attention.cs", "value = heads.Part(projected, 2)", "value = heads.Part(projected, 1)", "what is mixed are the values"),
        new("heads joined without turning back", "Layers/AttentionHeads.cs", "output.Transpose(1, 0, 2).Reshape(", "output.Reshape(", "the heads of one step lie side by side"),
        new("no centre", "Ops/AttentionOp.cs", "var centre = (byOutput * output).Sum(2) - byLogSum;", "var centre = -byLogSum;", "a softmax's gradient is relative to its mean"),
        new("centre of the wrong axis", "Ops/AttentionOp.cs", "(byOutput * output).Sum(2) -", "(byOutput * output).Sum(1).Broadcast(output.Shape, output.PerRow).Slice(2, 0, 1) -", "every query has a centre of its own"),
        new("key's part for the value", "Ops/AttentionOp.cs", "Slice(2, key.Shape[2], value.Shape[2])", "Slice(2, 0, value.Shape[2])", "the value's gradient lies behind the key's"),
        new("sees the next step", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && j <= i + 1", "a causal query sees itself and what is before"),
        new("does not see itself", "Cpu/PlainPrinter.Attention.cs", " && j <= i", " && (j < i || i == 0)", "a causal query sees itself and what is before"),
        new("key seen by queries before it", "Cpu/PlainPrinter.Attention.cs", "(attention.IsCausal ? \"j\" : \"0\")", "\"0\"", "a causal key has no gradient by earlier queries"),
        new("gradient without the scale", "Cpu/PlainPrinter.Attention.cs", "* weight * {notation.Constant(attention.Scale)};", "* weight;", "the scale is a factor of every score"),
        new("relative to nothing", "Cpu/PlainPrinter.Attention.cs", "largest = {maths}.Max(largest, score);", "largest = 0;", "exponentials of large scores overflow"),
        new("logarithm without the largest", "Cpu/PlainPrinter.Attention.cs", "= largest + {maths}.Log(total);", "= {maths}.Log(total);", "the sum is of exponentials relative to the largest"),
        new("output that is not divided", "Cpu/PlainPrinter.Attention.cs", "/= total;", "/= 1;", "probabilities add up to 1"),
        new("values behind the keys", "Cpu/PlainPrinter.Attention.cs", "({Literal.Of(attention.Width)} + e)", "e", "the value's gradient lies behind the key's"),
        new("gradients without the mask", "Ops/AttentionOp.cs", ", .. rule.Operands.Skip(3)]", "]", "what is hidden has no gradient either"),
        new("hidden for what is seen", "Cpu/PlainPrinter.Attention.cs", "\"j\")} == {", "\"j\")} != {", "what is not 0 is seen"),
        new("key and value behind the mask", "Cpu/PlainPrinter.Attention.cs", "PrintMask(attention, outer);\n        PrintSlope", "PrintSlope", "a hidden key has no gradient by this query"),
        new("nothing seen by nobody's rule", "Cpu/PlainPrinter.Attention.cs", "if (attention.Mask is not null) writer", "if (attention.Mask is null) writer", "who sees nothing gets 0"),
        new("one row of the mask for all queries", "Lowering/KernelBuilder.Attention.cs", "shape.Rank == 2 ? Inner(shape)", "shape.Rank == 2 ? [-1, Inner(shape)[1]]", "each query has keys of its own"),
        new("memory's keys with the queries' weight", "Layers/CrossAttention.cs", "heads.Projections(weight, 1, 2)", "heads.Projections(weight, 0, 2)", "keys and values have the second and third part"),
        new("turned the other way", "Layers/Rotary.cs", "(second * cosine) + (first * sine)", "(second * cosine) - (first * sine)", "a pair is turned, not stretched"),
        new("keys not turned", "Layers/Attention.cs", "heads.Turned(key))", "key)", "products depend on distances where both are turned"),
        new("steps behind the length", "Layers/Ids.cs", "b.Less(b.Index(0), b.Operand(0))", "b.Less(b.Operand(0), b.Index(0))", "a length tells which steps are there"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfAttention.Value);
}
