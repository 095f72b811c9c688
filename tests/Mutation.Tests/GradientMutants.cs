using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in the derivatives of scalar functions, in the gradient rules of ops, in the walk through the graph and in the layers.</summary>
public class GradientMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("tanh", "Graph/ScalarOp.cs", "b.Subtract(b.Constant(1), b.Multiply(y, y))", "b.Subtract(b.Constant(1), y)", "its derivative is 1 - y²"),
        new("common slope twice", "Ops/MapOp.cs", "foreach (var factor in common) rest.Remove(factor);", "", "what all derivatives share multiplies the gradient once"),
        new("slope of some for all", "Ops/MapOp.cs", "shared!.Where(next!.Contains)", "shared!.Concat(next!.Except(shared!))", "a factor is common if each derivative has it"),
        new("erf", "Graph/ScalarOp.cs", "2 / Math.Sqrt(Math.PI)", "1 / Math.Sqrt(Math.PI)", "GELU's gradient halves a term"),
        new("divisor", "Graph/ScalarOp.cs", "b.Negate(b.Divide(y, x[1]))", "b.Divide(y, x[1])", "a quotient falls as its divisor grows"),
        new("maximum of equals", "Graph/ScalarOp.cs", "b.Less(x[1 - i], x[i])", "b.Binary(ScalarOp.LessOrEqual, x[1 - i], x[i])", "each of two equals gets half"),
        new("select", "Graph/ScalarOp.cs", "1 => b.Select(x[0], b.Constant(1), b.Constant(0))", "1 => b.Select(x[0], b.Constant(0), b.Constant(1))", "the gradient goes to the branch that was not taken"),
        new("power's base", "Graph/ScalarOp.cs", "b.Subtract(x[1], b.Constant(1))", "x[1]", "the exponent falls by one"),
        new("shared subexpression", "Graph/Expression.cs", "adjoints[target] = adjoints[target] < 0 ? step : builder.Add(adjoints[target], step);", "adjoints[target] = step;", "a subexpression used twice gets both adjoints"),
        new("extremum of equals", "Ops/ReduceOp.cs", "upstream * winners / winners.Sum([.. Axes])", "upstream * winners", "the equals share one gradient"),
        new("variance's gradient", "Ops/MomentsOp.cs", "* scale * 2;", "* scale;", "a square grows twice as fast as its root"),
        new("mean's gradient", "Ops/MomentsOp.cs", "var byMean = Part(rule.Upstream, Mean) * scale;", "var byMean = Part(rule.Upstream, Mean) * scale * 0;", "the mean moves with every row"),
        new("contraction's left side", "Ops/ContractOp.cs", "new ContractOp(Result, Right, Left, upstream.PerRow && !left.PerRow), upstream, right)", "new ContractOp(Right, Result, Left, upstream.PerRow && !left.PerRow), upstream, right)", "the labels belong to the other operand"),
        new("contraction over the rows", "Ops/ContractOp.cs", "upstream.PerRow && !right.PerRow", "false", "a weight's gradient sums over the batch"),
        new("sum over the rows", "Graph/GraphBuilder.cs", "bool overRows = x.PerRow && !perRow;", "const bool overRows = false;", "a bias's gradient sums over the batch"),
        new("slice's start", "Ops/MovementOps.cs", "rule.Upstream.Pad(Axis, Start, rule.Operands[0].Shape[Axis] - 1 - Last, Step - 1)", "rule.Upstream.Pad(Axis, 0, rule.Operands[0].Shape[Axis] - 1 - Last + Start, Step - 1)", "the gradient returns to where the slice was"),
        new("concat's parts", "Ops/MovementOps.cs", "start += operand.Shape[Axis];", "start += rule.Operands[0].Shape[Axis];", "each part begins where the one before it ends"),
        new("transpose", "Ops/MovementOps.cs", "inverse[Axes[i]] = i", "inverse[i] = Axes[i]", "the gradient takes the inverse permutation"),
        new("value used twice", "Graph/ReverseMode.cs", "is { } sum ? sum + gradient : gradient", "is { } sum ? sum : gradient", "gradients of two readers add up"),
        new("stopped gradient", "Lowering/Simplify.cs", "case StopGradientOp when !keepStops:", "case StopGradientOp:", "no gradient flows through StopGradient"),
        new("transposes in a row", "Lowering/Simplify.cs", "transpose.Axes.Select(a => inner.Axes[a])", "inner.Axes.Select(a => transpose.Axes[a])", "permutations do not commute"),
        new("absorbed transpose", "Lowering/Simplify.cs", "source[transpose.Axes[axis]] = labels[axis]", "source[axis] = labels[transpose.Axes[axis]]", "labels go back to the axes they came from"),
        new("dropout's scale", "Layers/Dropout.cs", "x * kept * (1 / (1 - p))", "x * kept * (1 / p)", "what is kept grows by 1 / (1 - p)"),
        new("loss scale by shard", "Emission/ProgramWriter.References.cs", "(1 / divisor);", "(1.0 / Math.Min(rows, {Literal.Of(module.ShardRows)}));", "the gradient is of the mean over the batch"),
        new("weights left out of the mean", "Emission/Members.Training.cs", "Check.Weight(Weigh({VariableNames}, rows), batchWeight)", "Check.Weight(rows, batchWeight)", "the gradient divides by the weights"),
        new("weight without axes", "Layers/Network.Losses.cs", "Row(weight.Broadcast(weighted.Shape, perRow: true).Sum(weighted.AllAxes()))", "Row(weight.Sum(weight.AllAxes()))", "a row's weight counts for each of its elements"),
        new("mean of weighted losses", "Layers/Network.Losses.cs", "Row(weighted.Sum(weighted.AllAxes()))", "Row(weighted.Mean(weighted.AllAxes()))", "the sum of the weights has the elements in it already"),
        new("weight of what is ignored", "Layers/Ids.cs", "labels.Map(ScalarOp.Equal, ignored).Map(ScalarOp.Not)", "labels.Map(ScalarOp.Equal, ignored)", "what is not ignored counts"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfLowering.Value);
}
