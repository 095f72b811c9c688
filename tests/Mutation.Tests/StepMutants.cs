using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in the program of one step: the graph that it is made of, its memory, attention of one query.</summary>
public class StepMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("carry that is not taken over", "Lowering/OneStep.Memory.cs", "Update(carries[i].Number, body[scan.Body.Outputs[i].Node]);", "Update(carries[i].Number, carries[i].Value);", "the next step gets what this one gave"),
        new("beginning at every step", "Lowering/OneStep.Memory.cs", "Map(ScalarOp.Equal, 0), memory)", "Map(ScalarOp.LessOrEqual, 2), memory)", "a recurrence begins once"),
        new("beginning at zero", "Lowering/OneStep.Memory.cs", "&& number == 0) return memory;", "|| true) return memory;", "a recurrence begins with what it says"),
        new("delay of one step less", "Lowering/OneStep.Memory.cs", "timing.Back).Slice(timing.Axis, 0, 1)", "timing.Back).Slice(timing.Axis, 1, 1)", "the first of those before is the oldest"),
        new("windows of neighbours", "Lowering/OneStep.Memory.cs", "new Windows(1, windows.Taps, 0, 1, windows.Step)", "new Windows(1, windows.Taps, 0, 1, 1)", "the taps of a window are dilated"),
        new("memory that forgets the newest", "Lowering/OneStep.Memory.cs", "joined.Slice(axis, 1, count)", "joined.Slice(axis, 0, count)", "the step's own is the newest of the next one's"),
        new("position that stands still", "Emission/SteppingClass.cs", "shown, _memory.PositionId,", "shown, new int[1],", "a table along time is read at the position"),
        new("keys written to one place", "Lowering/BodyBuilder.cs", "Graph[index].Shape.Strides()[axis], IsPanelled: false)", "0, IsPanelled: false)", "each position has its place"),
        new("memories in one place", "Lowering/Memories.cs", "length += ParameterLayout.RoundUp", "length = ParameterLayout.RoundUp", "memories lie one after the other"),
        new("updates that share memory", "Lowering/PlanMemory.cs", "fused.Graph.All(OutputRole.Memory).Select(o => o.Node)) { loss }", "fused.Graph.All(OutputRole.State).Select(o => o.Node)) { loss }", "what is taken over at the end lives until then"),
        new("values of the keys", "Lowering/OneStep.Memory.cs", "Remembered(Settled(value), 1,", "Remembered(Settled(key), 1,", "what is mixed are the values"),
        new("does not see itself", "Cpu/OneQueryAttentionTemplate.cs", ", null, null)} + 1\"", ", null, null)} + (0 < 1 ? 0 : 1)\"", "a step sees its own key"),
        new("lanes behind the last key", "Cpu/OneQueryAttentionTemplate.cs", "if (visible - j < {lanes}) score", "if (visible - j < 0) score", "what lies behind the last key does not count"),
        new("one sum of values", "Cpu/OneQueryAttentionTemplate.cs", "Enumerable.Range(0, inTurn).Select(turn => Sum(vector, turn))", "Enumerable.Range(0, 1).Select(turn => Sum(vector, turn))", "the sums in turn are added up"),
        new("keys of the query's step alone", "Lowering/OneStep.Pairs.cs", "TimeKind.Along when timing.Axis == query => Settled(operand),", "TimeKind.Along when timing.Axis == query || timing.Axis == keys => Settled(operand),", "a query meets all keys so far"),
        new("numbers of steps that are not there", "Lowering/OneStep.Pairs.cs", "b.Binary(ScalarOp.LessOrEqual, b.Index(timing.Keys), b.Operand(1))", "b.Binary(ScalarOp.LessOrEqual, b.Constant(0), b.Operand(1))", "what stands for later steps is what the ops say, not 0 / 0"),
        new("row of another step", "Lowering/OneStep.Pairs.cs", "TimeKind.Same => At(operand, query),", "TimeKind.Same => query >= 0 && values[operand]!.Shape[query] > 1 ? values[operand]!.Slice(query, 0, 1) : values[operand]!,", "of what is told for each pair a step reads its own row"),
        new("index of a query", "Lowering/OneStep.cs", "new Instruction(ScalarOp.Operand, all.Count - 1) : i)", "new Instruction(ScalarOp.Constant, Value: 5) : i)", "an index along time is the step's position"),
    ];

    private static readonly Mutant[] OfGiven =
    [
        new("what is given is never read", "Emission/SteppingClass.cs", "if (begins)", "if (begins && input.Name.Length == 0)", "what steps have in common is computed before the first of them"),
        new("given inputs in one place", "Emission/SteppingClass.cs", "TakeWhile(v => v != variable)", "TakeWhile(v => false)", "each given input of a type has its own number"),
        new("given memory in place of a step's", "Lowering/Beginning.cs", ".DefaultIfEmpty(-1).Max() + 1;", ".DefaultIfEmpty(-1).Max();", "what is given has memory of its own"),
        new("what steps hand on, read once", "Lowering/Beginning.cs", "|| node.Op is MemoryOp || node.Operands.Any(o => moves[o])", "|| node.Operands.Any(o => moves[o])", "what meets a state is computed at every step"),
        new("attention to padding", "Lowering/OneStep.Memory.cs", "var operands = node.Operands.Select((o, place)", "var operands = node.Operands.Take(3).Select((o, place)", "the mask hides keys from a step too"),
        new("hidden keys", "Cpu/OneQueryAttentionTemplate.cs", "{form.Zero}), {lowest}, score);", "{form.Zero}), score, score);", "what a mask hides does not count"),
        new("mask that is not kept", "Lowering/OneStep.Memory.cs", "Remembered(Settled(mask), axis, graph[mask].Shape[axis])", "Memory(graph[mask].Shape).Value", "each key brings its part of the mask along"),
        new("mask of the first step", "Lowering/OneStep.cs", "AtPosition(map.Expression, operands.Select(o => o!), axis, x.Shape);", "(map.Expression, operands.Select(o => o!).ToList());", "what differs along time is read at the position"),
        new("one row of what lies beside", "Lowering/OneStep.cs", "builder.Add(new GatherOp(), table, Position(x.Shape[axis]))", "builder.Add(new GatherOp(), table, Position(x.Shape[axis]).Map(ScalarOp.Multiply, 0))", "a table along time is read at the position"),
        new("given values that move", "Lowering/Memories.cs", "if (number < firstGiven) handedOn = length;", "handedOn = length;", "what is given stays when a sequence begins again"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    public static TheoryData<string> NamesOfGiven => Mutant.Chosen(OfGiven);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfSteps.Value);

    [Theory]
    [MemberData(nameof(NamesOfGiven))]
    public void Is_found_beside_what_is_given(string mutant) => MustBeFound(OfGiven, mutant, Trial.OfGivenSteps.Value);
}
