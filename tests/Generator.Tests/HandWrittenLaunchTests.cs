using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>LayerNorm, GELU and softmax written from their parts become the catalogue's kernels: the same launches in the same order.</summary>
public class HandWrittenLaunchTests
{
    private const string Catalogue = """
        var y = x.Linear(32, name: "first").LayerNorm(name: "norm").Gelu();
        return y.Linear(10, name: "last").Softmax().Log();
        """;

    private const string ByHand = """
        var y = x.Linear(32, name: "first");
        var centred = y - y.Mean(-1, keep: true);
        y = centred / ((centred * centred).Mean(-1, keep: true) + 1e-5).Sqrt();
        y = y * Tensor.Parameter([32], Init.Ones, name: "weight") + Tensor.Parameter([32], name: "bias");
        y = 0.5 * y * (1 + (y * System.Math.Sqrt(0.5)).Erf());
        y = y.Linear(10, name: "last");
        var shifted = (y - y.Max(-1, keep: true).StopGradient()).Exp();
        return (shifted / shifted.Sum(-1, keep: true)).Log();
        """;

    [Fact]
    public void Every_entry_program_launches_equal_kernels()
    {
        Module catalogue = Lowered(Catalogue), byHand = Lowered(ByHand);
        Assert.Equal(catalogue.Programs.Count, byHand.Programs.Count);
        foreach (var (expected, actual) in catalogue.Programs.Zip(byHand.Programs)) Assert.Equal(Launches(catalogue, expected), Launches(byHand, actual));
// Two products with their biases, the norm with GELU, the two softmaxes: fused, not one by one.
        Assert.Equal(4, Launches(catalogue, catalogue.Find(EntryProgram.Predict)!).Count);
    }

    private static List<Kernel> Launches(Module module, EntryProgram program) => [.. program.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel])];

    private static Module Lowered(string body) => Model.Forward(body, input: "24", attributes: "SoftmaxCrossEntropy").Lowered;
}
