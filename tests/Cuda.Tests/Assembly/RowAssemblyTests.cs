using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Assembly;

/// <summary>What the templates of rows, reductions and maps take of a multiprocessor, by NVIDIA's assembler where it is installed.</summary>
public class RowAssemblyTests(ITestOutputHelper output)
{
    /// <summary>Four blocks of 256 threads find registers on a multiprocessor.</summary>
    private const int MostRegisters = 64;

    [Theory, InlineData(false, "sm_70"), InlineData(false, "sm_80"), InlineData(true, "sm_70"), InlineData(true, "sm_80")]
    public void Nothing_is_spilled(bool float64, string machine)
    {
        Kernel[] kernels =
        [
            .. BorderKernels.Rows, .. BorderKernels.ShortRows, .. BorderKernels.Reductions, .. BorderKernels.Places, .. BorderKernels.Maps, .. UpdateRule.All(float64).Select(rule => rule.Kernel),
        ];
        string text = PtxPrinter.Print(kernels, float64).Text;
        if (Ptxas.Path is null)
        {
            output.WriteLine("ptxas was not found: get-ptxas.sh fetches it");
            return;
        }
        var usage = Ptxas.Usage(text, machine);
        output.WriteLine(string.Join(", ", usage.Select(entry => $"{entry.Entry} {entry.Registers}")));
        Assert.NotEmpty(usage);
        Assert.All(usage, entry => Assert.True(entry.SpilledBytes == 0 && entry.Registers <= MostRegisters, $"{entry} of at most {MostRegisters} registers"));
    }
}
