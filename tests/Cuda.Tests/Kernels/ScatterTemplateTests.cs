using DlGen.Ptx;
using DlGen.Tests.Assembly;

namespace DlGen.Tests.Kernels;

/// <summary>Sums by ids, a warp an id: more positions than a warp looks at, and ids that several warps share or whose lanes have several elements.</summary>
public class ScatterTemplateTests
{
    [Fact]
    public void Ids_are_shared_by_warps_and_lanes_have_several_elements() => CheckBorders(PtxPrinter.Print);

    internal static void CheckBorders(Printing print)
    {
        KernelChecks.Definition([HandMadeKernels.SumsById(3, 70), HandMadeKernels.SumsById(2, 32)], float64: false, 2e-5, print, [64, 65, 150]);
        KernelChecks.Definition([HandMadeKernels.SumsById(5500, 65)], float64: true, 1e-11, print, [1]);
    }

    [Fact]
    public void Nothing_spills()
    {
        if (Ptxas.Path is null) return;
        foreach (bool float64 in new[] { false, true })
        {
            string text = PtxPrinter.Print([HandMadeKernels.SumsById(96, 256), HandMadeKernels.SumsById(50000, 768)], float64).Text;
            foreach (string machine in new[] { "sm_70", "sm_80" })
                Assert.All(Ptxas.Usage(text, machine), used => Assert.True(used.SpilledBytes == 0 && used.Registers <= 80, $"{used} for {machine}"));
        }
    }
}
