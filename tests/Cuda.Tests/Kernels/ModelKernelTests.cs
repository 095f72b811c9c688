using DlGen.Cuda;
using DlGen.Emission;
using DlGen.Kernels;
using DlGen.Lowering;
using DlGen.Reading;
using DlGen.Tests.Compiling;
using DlGen.Tests.Emulation;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Kernels;

/// <summary>Every kernel of whole models, printed as PTX and emulated, against the records' definition.</summary>
public class ModelKernelTests
{
    private const int ShardRows = 4;

    private static readonly string[] Models = ["ResidualMlp", "HandWrittenAttention", "Gates", "Functions", "Statistics", "CustomLoss", "DerivedWeights", "LargeContraction"];

    public static TheoryData<string, bool> Cases
    {
        get
        {
            var cases = new TheoryData<string, bool>();
            foreach (string model in Models)
            {
                cases.Add(model, false);
                cases.Add(model, true);
            }
            return cases;
        }
    }

    [Theory, MemberData(nameof(Cases))]
    public void Kernels_compute_what_they_are_defined_to(string model, bool float64)
    {
        var module = ModuleOf(model, float64);
        var printed = PtxPrinter.Print(module.Kernels, float64);
        var programs = PtxParser.Parse(printed.Text);
        Assert.Equal(module.Kernels.Count, printed.Entries.Count);
        foreach (var entry in printed.Entries)
        {
            // No rows, one, a whole shard, and two shards with a tail.
            foreach (int rows in new[] { 0, 1, ShardRows, (2 * ShardRows) + 3 })
            {
                var trial = new KernelTrial(module.Kernels[entry.Kernel], float64, rows, ShardRows, seed: rows + 1);
                string? difference = trial.Difference(programs[entry.Name], entry, float64 ? 1e-11 : 2e-5);
                Assert.True(difference is null, $"{difference}\n{module.Kernels[entry.Kernel]}");
            }
        }
    }

    internal static Module ModuleOf(string model, bool float64)
    {
        var declaration = CompiledModels.Read(ForwardModels.Source(model, float64)).Single();
        return Lower.Run(declaration.Training!, declaration.Prediction!, [.. ModelSignature.Of(declaration).Variables.Select(v => v.Name)], float64);
    }
}
