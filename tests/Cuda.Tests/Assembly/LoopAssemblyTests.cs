using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Assembly;

/// <summary>What loops take of a multiprocessor, by NVIDIA's assembler where it is installed: none of their registers is spilled, and 512 threads find room.</summary>
public class LoopAssemblyTests(ITestOutputHelper output)
{
    private const int MostRegisters = 128;

    [AssembledTheory, InlineData(false, "sm_70"), InlineData(false, "sm_80"), InlineData(true, "sm_70"), InlineData(true, "sm_80")]
    public void Nothing_is_spilled(bool float64, string machine)
    {
        // The weights of the last one lie in global memory.
        Kernel[] loops = [.. LoopModels.Wide(float64), .. LoopModels.LoopsOf("GatedCell", float64).TakeLast(1), .. LoopModels.LoopsOf(LoopModels.Sequential("Input(3, 2), Gru(100), Linear(2), MeanSquaredError", float64))];
        var usage = Ptxas.Usage(PtxPrinter.Print(loops, float64).Text, machine);
        output.WriteLine(string.Join(", ", usage.Select(entry => $"{entry.Entry} {entry.Registers}")));
        Assert.NotEmpty(usage);
        Assert.All(usage, entry => Assert.True(entry.SpilledBytes == 0 && entry.Registers <= MostRegisters, $"{entry} of at most {MostRegisters} registers"));
    }
}
