using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in recurrences: the op and its gradient, what moves out of the loop, the loop itself, the layers.</summary>
public class RecurrenceMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("results a slot off", "Ops/ScanOp.cs", "FirstResult => Reverse ? 0 : 1;", "FirstResult => Reverse ? 1 : 0;", "the beginning has a slot of its own"),
        new("sources a slot off", "Ops/ScanOp.cs", "FirstSource => Reverse ? 1 : 0;", "FirstSource => Reverse ? 0 : 1;", "a step reads what the one before wrote"),
        new("beginning in the first slot", "Ops/ScanOp.cs", "InitialSlot => Reverse ? Steps : 0;", "InitialSlot => 0;", "backwards, the beginning is the last slot"),
        new("last state of time", "Ops/ScanOp.cs", "Times(packed, carry, Reverse ? 0 : Steps, 1)", "Times(packed, carry, Steps, 1)", "backwards, the last step is that of time 0"),
        new("columns of two outputs", "Ops/ScanOp.cs", "Body.Outputs.Take(output)", "Body.Outputs.Take(Math.Min(output, 1))", "outputs stand side by side"),
        new("axes not moved by time", "Ops/OverSteps.cs", "axes.Select(a => a + 1)", "axes.Select(a => a)", "time is a further leading axis"),
        new("small operands aligned with time", "Ops/OverSteps.cs", ".Concat(Enumerable.Repeat(1, rank + 1 - o.Shape.Rank))", "", "operands align at their last axis, time at its own"),
        new("product of the steps not summed", "Ops/OverSteps.cs", "With(contract.Result, !summed)", "With(contract.Result, true)", "a weight's gradient is the sum over the steps"),
        new("sum of the first step", "Ops/ScanLift.cs", "values[index]!.Sum(0).Squeeze(0)", "values[index]!.Slice(0, 0, 1).Squeeze(0)", "a captured value has a gradient at every step"),
        new("gradients of weights in the loop", "Ops/ScanLift.cs", "onCarry[i] && feedsCarry[i]", "onCarry[i]", "rows don't meet in a loop"),
        new("outputs that no step writes", "Ops/ScanLift.cs", "hasSteps[i] || body.Outputs.Any(o => o.Node == i)", "hasSteps[i]", "each step writes all outputs, also what is always the same"),
        new("part of an export at its start", "Ops/ScanLift.cs", "partOf.Add(part, (whole, concat.Axis, start));", "partOf.Add(part, (whole, concat.Axis, 0));", "parts lie one behind the other"),
        new("part of a whole at its start", "Lowering/InsideAssemblies.cs", "start += graph[operand].Shape[axis];", "start += 0;", "parts lie one behind the other"),
        new("gradient of the beginning at its end", "Ops/ScanGradient.cs", "Slice(0, scan.InitialSlot, 1)", "Slice(0, scan.Steps - scan.InitialSlot, 1)", "backwards, the beginning comes last"),
        new("beginning read from outside", "Ops/ScanGradient.cs", "start + scan.Initial(rule.Upstream, i)", "start", "what follows the loop reads the beginning too"),
        new("gradient in the same direction", "Ops/ScanGradient.cs", "!scan.Reverse)", "scan.Reverse)", "gradients run against time"),
        new("gradient of one step", "Ops/ScanGradient.cs", "? given + carried[i] : given", "? given : given", "a state's gradient comes from the next step too"),
        new("starts at time 0", "Lowering/KernelBuilder.Scan.cs", "scan.Reverse ? scan.Steps - 1 : 0", "0", "backwards, the last time comes first"),
        new("always forwards", "Lowering/KernelBuilder.Scan.cs", "scan.Reverse ? -1 : 1", "1", "backwards, time falls"),
        new("arguments that stand still", "Emission/ProgramWriter.References.cs", "argument.StepStride == 0 ?", "argument.StepStride < 1 << 20 ?", "every step has slots of its own"),
        new("elements of a step apart", "Lowering/Layout.Scan.cs", "return fits ? operand : Copy(operand);", "return fits ? operand : operand;", "a body reads a step's elements side by side"),
        new("read once in a loop", "Lowering/PlanMemory.cs", "? loops[loop.Scan].Last : position;", "? position : position;", "later steps read again what the first did"),
        new("part that begins at its start", "Lowering/Simplify.Slices.cs", "(x, start) = (part, first);", "(x, start) = (part, 0);", "a slice of a part may begin within it"),
        new("slice before a padded part", "Lowering/Simplify.Slices.cs", "first + pad.Before - start", "first - start", "what is padded begins behind the padding"),
        new("slices side by side with a gap", "Lowering/Simplify.Slices.cs", "node.Shape[axis] - pads[i - 1].After != pads[i].Before", "pads[i - 1].Before > pads[i].Before", "what no slice holds has the gradient 0"),
        new("gates in another order", "Layers/Lstm.cs", "(sums.Gate(1, units).Sigmoid() * c) + (sums.Gate(0, units)", "(sums.Gate(0, units).Sigmoid() * c) + (sums.Gate(1, units)", "gates are i, f, g, o"),
        new("reset before the product", "Layers/Gru.cs", "(reset * fromState.Gate(2, units))", "fromState.Gate(2, units)", "r scales what comes from the state"),
        new("last state for both directions", "Layers/RecurrentLayer.cs", "runs.Skip((layers - 1) * directions).Select(run => run.Final(0))", "runs.Skip((layers - 1) * directions).Select(run => run.States(0).Slice(0, x.Shape[0] - 1, 1).Squeeze(0))", "the last state backwards is that of time 0"),
        new("padding moves the state", "Layers/RecurrentLayer.cs", "value.Where(isThere, states[i])", "value", "padding leaves the state as it is"),
        new("padding gives a state", "Layers/RecurrentLayer.cs", "return mask is null ? x : x.Where(mask.Reshape(Shape.Of(x.Shape[0], 1)), x.Graph.Scalar(0));", "return x;", "what padding gives is 0"),
        new("initial state of the first layer", "Layers/RecurrentLayer.cs", "initial[runs.Count]", "initial[0]", "each layer and direction begins with its own"),
        new("dropout before the first layer", "Layers/RecurrentLayer.cs", "if (layer > 0) x = Dropout", "if (layer >= 0) x = Dropout", "dropout is between layers"),
        new("last step that is padding", "Layers/LastStep.cs", "b.Index(0), b.Constant(-1)), mask", "b.Index(0), b.Index(0)), mask", "the last step is one that is there"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfRecurrences.Value);
}
