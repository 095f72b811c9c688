using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>Contractions by tensor cores: exactly those of rounded operands, and near to those of all digits.</summary>
public class MatrixContractionTests
{
    private static readonly MatrixNumbers[] Both = [MatrixNumbers.Tf32, MatrixNumbers.BFloat16];

    /// <summary>Which tile of the numbers, and the parts.</summary>
    public static TheoryData<string, int, int> Tiles
    {
        get
        {
            var data = new TheoryData<string, int, int>();
            foreach (var numbers in Both)
                for (int tile = 0; tile < ContractionCost.TilesFor(numbers).Count(); tile++)
                    foreach (int parts in new[] { 1, 2 }) data.Add(numbers.ToString(), tile, parts);
            return data;
        }
    }

    [Theory, MemberData(nameof(Tiles))]
    public void Tiles_end_where_the_result_does(string numbers, int tile, int parts) => ContractionChecks.Borders(Way(numbers, tile, parts), float64: false, PtxPrinter.PrintInWay);

    [Theory, MemberData(nameof(Tiles))]
    public void Tiles_take_axes_of_every_kind(string numbers, int tile, int parts) => ContractionChecks.Layouts(Way(numbers, tile, parts), float64: false, PtxPrinter.PrintInWay);

    [Theory, InlineData("ConvolutionOptions"), InlineData("Gates")]
    public void Contractions_of_models_in_tiles(string model)
    {
        var kernels = ModelKernelTests.ModuleOf(model, float64: false).Kernels.OfType<ContractionKernel>().ToList();
        foreach (var numbers in Both)
            foreach (var kernel in kernels) ContractionChecks.Check(kernel, float64: false, Way(numbers.ToString(), tile: 2, parts: 1), PtxPrinter.PrintInWay, 3);
    }

    /// <summary>What rounding the operands costs, of the largest result: no more than the modes state, and more than sums in float would err.</summary>
    [Theory, InlineData("Tf32", 2e-3), InlineData("BFloat16", 2e-2)]
    public void Rounded_operands_cost_what_is_stated(string numbers, double bound)
    {
        foreach (var (kernel, rows) in new[]
        {
            (ContractionKernels.Dense(64, 257), 65), (ContractionKernels.WeightGradient(64, 64), 301), (ContractionKernels.Convolution(6, 6, 8, 32), 3), (ContractionKernels.BackwardConvolution(6, 6, 8, 32), 3),
            (ContractionKernels.ConvolutionGradient(6, 6, 8, 32), 3), (ContractionKernels.Heads(33, 33, 40), 2),
        })
        {
            var printed = PtxPrinter.PrintInWay([kernel], float64: false, Way(numbers, tile: 2, parts: 1));
            double error = new KernelTrial(kernel, float64: false, rows, seed: 3).LargestError(PtxParser.Parse(printed.Text), printed.Kernels[0]);
            Assert.InRange(error, bound / 100, bound);
        }
    }

    /// <summary>Large products take them, by the rows too; what has fewer rows, columns or terms than a matrix does not, nor anything where nobody asked for it.</summary>
    [Theory, InlineData("Tf32"), InlineData("BFloat16")]
    public void Large_contractions_take_them_and_small_ones_do_not(string name)
    {
        var numbers = Enum.Parse<MatrixNumbers>(name);
        static bool Takes(ContractionKernel kernel, MatrixNumbers numbers, int rows)
            => new ContractionCost(kernel, float64: false, numbers).Choose().Last(c => c.FromRows <= rows).Way.Tile is { IsForTensorCores: true };

        ContractionKernel[] large = [ContractionKernels.Dense(1024, 1024), ContractionKernels.WeightGradient(512, 512), ContractionKernels.Convolution(28, 28, 64, 64), ContractionKernels.ConvolutionGradient(28, 28, 64, 64), ContractionKernels.Heads(128, 128, 64)];
        Assert.All(large, kernel => Assert.True(Takes(kernel, numbers, 256), kernel.ToString()));
        Assert.All(large, kernel => Assert.False(Takes(kernel, MatrixNumbers.None, 256), kernel.ToString()));
        ContractionKernel[] small = [ContractionKernels.Dense(10, 512), ContractionKernels.Dense(512, 15), ContractionKernels.WeightGradient(8, 512), ContractionKernels.OneRow(512, 512), ContractionKernels.Depthwise(64, 56), ContractionKernels.Dot(2048)];
        Assert.All(small, kernel => Assert.False(Takes(kernel, numbers, 4096), kernel.ToString()));
    }

    /// <summary>A text asks for the older machine where nothing in it needs the newer one.</summary>
    [Fact]
    public void The_text_asks_for_what_it_needs()
    {
        var large = PtxPrinter.PrintForTensorCores([ContractionKernels.Dense(512, 512)], MatrixNumbers.Tf32);
        Assert.StartsWith(".version 7.0\n.target sm_80\n", large.Text, StringComparison.Ordinal);
        Assert.Equal(80, large.ComputeCapability);
        var small = PtxPrinter.PrintForTensorCores([ContractionKernels.Dense(8, 8)], MatrixNumbers.Tf32);
        Assert.Equal(PtxPrinter.Print([ContractionKernels.Dense(8, 8)], float64: false), small);
        Assert.Equal(70, small.ComputeCapability);
    }

    private static ContractionWay Way(string numbers, int tile, int parts) => new(ContractionForm.Tile, ContractionCost.TilesFor(Enum.Parse<MatrixNumbers>(numbers)).ElementAt(tile), parts);
}
