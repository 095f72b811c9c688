using DlGen.Tests.Emulation;
using DlGen.Tests.Updates;
using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults planted in the update kernels.</summary>
public class UpdateMutants(ITestOutputHelper output) : PlantedFaults(output)
{
    private static readonly Mutant[] All =
    [
        new("a guard that opens", "Cuda/PtxGuard.cs", "writer.BranchIf(writer.Emit(Predicate, \"setp.ne.s32\", writer.Emit(Integer32, \"ld.global.s32\", $\"[{status}]\"), \"0\"), done);", "_ = done;", "after a failure nothing changes"),
        new("parts that begin together", "Cuda/PtxSums.cs", "writer.Emit(Integer64, \"mov.b64\", thread)", "writer.Emit(Integer64, \"mov.b64\", \"0\")", "each part begins at its own term"),
        new("parts that overlap", "Cuda/PtxSums.cs", "writer.Do(\"add.s64\", index, index, PtxWriter.Number(parts));", "writer.Do(\"add.s64\", index, index, PtxWriter.Number(Threads));", "a part goes on behind all others"),
        new("a lane of four", "Cuda/PtxSums.cs", ".ToList().Aggregate(math.Add);", ".ToList()[0];", "all four sums are the sum"),
        new("minus infinity is finite", "Cuda/PtxSums.cs", "math.Less(math.Abs(value),", "math.Less(value,", "a loss of −∞ is a failure"),
        new("nothing beside the norm", "Cuda/PtxSums.cs", "math.Add(total, math.Constant(1e-6))", "total", "the definition adds 1e-6"),
        new("gradients scaled up", "Cuda/PtxSums.cs", "math.Select(math.Less(ratio, math.Constant(1)), ratio, math.Constant(1))", "ratio", "what is below the limit stays"),
        new("squares that are none", "Cuda/PtxSums.cs", "if (squares) math.Accumulate(sum, term, term);", "if (squares) math.Accumulate(sum, term, math.Abs(math.Constant(1)));", "a norm is made of squares"),
        new("a root of what is below zero", "Kernels/UpdateRule.Adaptive.cs", "rule.FlushNegative(rule.Subtract(square, rule.Multiply(mean, mean)))", "rule.Subtract(square, rule.Multiply(mean, mean))", "rounding takes a variance below zero"),
        new("the sign of zero", "Kernels/UpdateRuleBuilder.cs", "Constant(-1), x)", "Constant(-1), Constant(1))", "zero has no direction"),
        new("a penalty that is forgotten", "Kernels/UpdateRuleBuilder.cs", "Array.IndexOf(rates, UpdateRate.L1) < 0 ? loaded :", "rates.Length > 0 ? loaded :", "an L1 penalty is added to the gradient"),
        new("no correction of the root", "Kernels/UpdateRule.Adaptive.cs", "rule.Multiply(rule.SquareRoot(square), rule.Rate(UpdateRate.RootScale))", "rule.SquareRoot(square)", "the second moment begins at 0"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory, MemberData(nameof(Names))]
    public void Is_found(string name) => MustBeFound(All, name);

    private protected override void Check(MutatedPrinter printer)
    {
        var programs = PtxParser.Parse(printer.UpdateModule);
        foreach (bool float64 in new[] { false, true })
        {
            StepKernelChecks.Losses(float64, programs);
            StepKernelChecks.Failure(float64, programs);
            StepKernelChecks.Norm(float64, programs);
        }
        UpdateRuleTests.CheckAll(programs);
    }
}
