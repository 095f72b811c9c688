using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Kernels;

namespace DlGen.Tests.Assembly;

/// <summary>What tiles cost in registers: none is spilled, and a multiprocessor holds 512 threads at least.</summary>
public class ContractionAssemblyTests
{
    private const int MostRegisters = 128;

    public static TheoryData<int, bool> Tiles
    {
        get
        {
            var data = new TheoryData<int, bool>();
            foreach (bool float64 in new[] { false, true })
                for (int tile = 0; tile < ContractionCost.TilesFor(float64).Count(); tile++) data.Add(tile, float64);
            return data;
        }
    }

    public static TheoryData<string, int> MatrixTiles
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (string numbers in new[] { nameof(MatrixNumbers.Tf32), nameof(MatrixNumbers.BFloat16) })
                for (int tile = 0; tile < ContractionCost.TilesFor(Enum.Parse<MatrixNumbers>(numbers)).Count(); tile++) data.Add(numbers, tile);
            return data;
        }
    }

    [AssembledTheory, MemberData(nameof(Tiles))]
    public void Tiles_have_their_registers(int number, bool float64) => MustHaveRegisters(ContractionCost.TilesFor(float64).ElementAt(number), float64, "sm_70", "sm_80");

    [AssembledTheory, MemberData(nameof(MatrixTiles))]
    public void Tiles_of_tensor_cores_do_too(string numbers, int number)
        => MustHaveRegisters(ContractionCost.TilesFor(Enum.Parse<MatrixNumbers>(numbers)).ElementAt(number), float64: false, "sm_80");

    private static void MustHaveRegisters(ContractionTile tile, bool float64, params string[] machines)
    {
        ContractionKernel[] all =
        [
            ContractionKernels.Dense(768, 512), ContractionKernels.Convolution(28, 28, 64, 64), ContractionKernels.ConvolutionGradient(28, 28, 64, 64), ContractionKernels.Convolution(27, 27, 5, 10),
            ContractionKernels.Heads(31, 31, 40),
        ];
        var inParts = new ContractionWay(ContractionForm.Tile, tile, 2);
        Kernel[] kernels = [.. all.Where(kernel => PtxPrinter.Takes(kernel, inParts))];
        string text = PtxPrinter.PrintInWay(kernels, float64, inParts with { Parts = 1 }).Text + PtxPrinter.PrintInWay(kernels, float64, inParts).Text.Split("_size 64\n")[1];
        foreach (string machine in machines)
        {
            var usage = Ptxas.Usage(text, machine);
            Assert.True(usage.Count == 3 * kernels.Length && kernels.Length >= 3, text);
            Assert.All(usage, entry => Assert.True(entry.SpilledBytes == 0 && entry.Registers <= MostRegisters, $"{machine}: {entry}"));
        }
    }
}
