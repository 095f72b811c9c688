using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Cases;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>A printer of contractions in a given way.</summary>
internal delegate PtxModule PrintingInWay(IReadOnlyList<Kernel> kernels, bool float64, ContractionWay? way);

/// <summary>Contractions against their definition, in every way, of sizes around the borders of tiles.</summary>
internal static class ContractionChecks
{
    /// <summary>A tile over what fits it and what does not, in one direction at a time: rows, columns, terms; operands loaded 16 bytes at a time and one by one.</summary>
    public static void Borders(ContractionWay way, bool float64, PrintingInWay print)
    {
        var tile = way.Tile!;
        int terms = Math.Max((2 * tile.Depth) + 1, 33);
        Check(ContractionKernels.Dense(tile.Columns + 1, terms), float64, way, print, 0, 1, tile.Rows);
        Check(ContractionKernels.Dense(tile.Columns + 4, terms + 3), float64, way, print, tile.Rows);
        Check(ContractionKernels.Dense(tile.Columns, terms + 3), float64, way, print, 0, 1, tile.Rows + 1);
        Check(ContractionKernels.WeightGradient(tile.Rows + 4, tile.Columns), float64, way, print, 0, 1, (4 * tile.Depth) + 1);
        Check(ContractionKernels.WeightGradient(8, tile.Columns + 4), float64, way, print, 2 * tile.Depth);
        Check(ContractionKernels.WeightGradient(7, 5), float64, way, print, (2 * tile.Depth) + 1);
    }

    /// <summary>Axes of every kind.</summary>
    public static void Layouts(ContractionWay way, bool float64, PrintingInWay print)
    {
        Check(ContractionKernels.WeightGradient(6, 5, positions: 3), float64, way, print, 0, 1, 13);
        Check(ContractionKernels.Convolution(3, 5, 2, 6), float64, way, print, 1, 3);
        Check(ContractionKernels.Convolution(3, 5, 4, 8), float64, way, print, 3);
        Check(ContractionKernels.BackwardConvolution(3, 4, 4, 5), float64, way, print, 1, 2);
        Check(ContractionKernels.BackwardConvolution(2, 3, 3, 4), float64, way, print, 2);
        Check(ContractionKernels.ConvolutionGradient(3, 5, 4, 4), float64, way, print, 0, 3);
        Check(ContractionKernels.ConvolutionGradient(2, 3, 3, 5), float64, way, print, 2);
        // A row has as many terms as a step, or as some steps.
        Check(ContractionKernels.ConvolutionGradient(4, 4, 3, 4), float64, way, print, 0, 3);
        Check(ContractionKernels.ConvolutionGradient(4, 8, 4, 3), float64, way, print, 2);
        Check(ContractionKernels.Heads(7, 5, 8), float64, way, print, 0, 2);
        Check(ContractionKernels.Heads(3, 6, 7), float64, way, print, 1);
        Check(ContractionKernels.Depthwise(3, 4), float64, way, print, 0, 3);
        Check(ContractionKernels.OneRow(70, 40), float64, way, print, 1);
        Check(ContractionKernels.Dot(75), float64, way, print, 0, 3);
        Check(ContractionKernels.WithIds(9, 11), float64, way, print, 2);
    }

    /// <summary>Where the way takes it; the second entry adds the parts of a sum, if there are any.</summary>
    public static void Check(ContractionKernel kernel, bool float64, ContractionWay way, PrintingInWay print, params int[] rows)
    {
        if (!PtxPrinter.Takes(kernel, way)) return;
        var printed = print([kernel], float64, way);
        var programs = PtxParser.Parse(printed.Text);
        var variant = Assert.Single(printed.Kernels[0].Variants);
        Assert.Equal(way.Tile is { IsForTensorCores: true } ? 80 : 70, printed.ComputeCapability);
        Assert.Equal(way.Parts > 1 ? 2 : 1, variant.Entries.Count);
        foreach (int count in rows)
        {
            var trial = new KernelTrial(kernel, float64, count, seed: count + 1, operands: way.Tile?.Numbers ?? MatrixNumbers.None);
            string? difference = trial.Difference(programs, printed.Kernels[0], ModelKernelTests.Bound(float64));
            Assert.True(difference is null, $"{way}\n{difference}\n{kernel}");
            if (!CaseExport.IsAsked || print != PtxPrinter.PrintInWay || way.Tile is not { IsForTensorCores: true }) continue;
            foreach (var made in trial.Cases(printed.Kernels[0], ModelKernelTests.Bound(float64))) CaseExport.Add(printed.Text, made);
        }
    }
}
