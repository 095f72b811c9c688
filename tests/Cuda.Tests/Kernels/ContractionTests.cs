using DlGen.Kernels;
using DlGen.Ptx;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Kernels;

/// <summary>Contractions in tiles, by threads and by warps, in one part and in several.</summary>
public class ContractionTests
{
    /// <summary>Which tile of the precision, and the parts.</summary>
    public static TheoryData<int, bool, int> Tiles
    {
        get
        {
            var data = new TheoryData<int, bool, int>();
            foreach (bool float64 in new[] { false, true })
                for (int tile = 0; tile < ContractionCost.TilesFor(float64).Count(); tile++)
                    foreach (int parts in new[] { 1, 2 }) data.Add(tile, float64, parts);
            return data;
        }
    }

    [Theory, MemberData(nameof(Tiles))]
    public void Tiles_end_where_the_result_does(int tile, bool float64, int parts) => ContractionChecks.Borders(Tile(tile, float64, parts), float64, PtxPrinter.PrintInWay);

    [Theory, InlineData(2, false, 1), InlineData(2, false, 3), InlineData(3, false, 1), InlineData(1, true, 2)]
    public void Tiles_take_axes_of_every_kind(int tile, bool float64, int parts) => ContractionChecks.Layouts(Tile(tile, float64, parts), float64, PtxPrinter.PrintInWay);

    [Theory, InlineData(false, 1), InlineData(false, 3), InlineData(true, 1), InlineData(true, 2)]
    public void Threads_take_axes_of_every_kind(bool float64, int parts) => ContractionChecks.Layouts(new(ContractionForm.Thread, null, parts), float64, PtxPrinter.PrintInWay);

    [Theory, InlineData(false), InlineData(true)]
    public void Warps_take_axes_of_every_kind(bool float64) => ContractionChecks.Layouts(new(ContractionForm.Warp), float64, PtxPrinter.PrintInWay);

    /// <summary>Some of them have no terms.</summary>
    [Fact]
    public void As_many_parts_as_there_are_add_to_the_sum()
        => ContractionChecks.Check(ContractionKernels.ConvolutionGradient(4, 8, 1, 2), float64: false, Tile(2, false, 256), PtxPrinter.PrintInWay, 129, 300);

    [Fact]
    public void A_thread_of_a_tile_adds_in_the_order_of_the_record()
    {
        foreach (var tile in ContractionCost.TilesFor(float64: false))
            KernelChecks.Order((kernels, float64) => PtxPrinter.PrintInWay(kernels, float64, new(ContractionForm.Tile, tile)), PtxPrinter.PrintPlain);
    }

    /// <summary>Images, heads of attention, recurrences: windows as rows and terms, taps backwards, outer axes of both operands.</summary>
    [Theory, InlineData("OtherAxes"), InlineData("UpAndAround"), InlineData("FewChannels"), InlineData("ConvolutionOptions"), InlineData("Depthwise"), InlineData("MaskedAttention"), InlineData("Gates")]
    public void Contractions_of_models_in_tiles(string model)
    {
        var way = Tile(2, false, 1);
        foreach (var kernel in ModelKernelTests.ModuleOf(model, float64: false).Kernels.OfType<ContractionKernel>())
        {
            Assert.True(PtxPrinter.FitsTiles(kernel), kernel.ToString());
            ContractionChecks.Check(kernel, float64: false, way, PtxPrinter.PrintInWay, 3);
        }
    }

    /// <summary>What the rule chooses: threads for short sums, parts where few blocks would have long ones, large tiles for large results, and no other way where the rows change nothing.</summary>
    [Fact]
    public void The_way_follows_from_sizes_and_rows()
    {
        static List<(int FromRows, ContractionWay Way)> Chosen(ContractionKernel kernel) => new ContractionCost(kernel, float64: false).Choose();
        static ContractionWay For(ContractionKernel kernel, int rows) => Chosen(kernel).Last(c => c.FromRows <= rows).Way;

        Assert.Equal(ContractionForm.Thread, For(ContractionKernels.Convolution(8, 8, 1, 2), 1).Form);
        Assert.Equal(ContractionForm.Warp, For(ContractionKernels.Dot(2048), 64).Form);
        // The lanes of a warp would load each its own line of the weights, whose panels have 16 columns side by side.
        Assert.NotEqual(ContractionForm.Warp, For(ContractionKernels.Dense(256, 784), 32).Form);
        var large = For(ContractionKernels.Dense(4096, 1024), 4096);
        Assert.Equal((128, 128), (large.Tile!.Rows, large.Tile.Columns));
        var gradient = For(ContractionKernels.WeightGradient(256, 128), 1 << 15);
        Assert.Equal(ContractionForm.Tile, gradient.Form);
        Assert.True(gradient.Parts > 1);
        var narrow = For(ContractionKernels.Dense(10, 512), 1 << 15);
        Assert.Equal(16, narrow.Tile!.Columns);
        Assert.Single(Chosen(ContractionKernels.OneRow(512, 512)));
        Assert.All(new[] { ContractionKernels.Dense(768, 512), ContractionKernels.Convolution(28, 28, 64, 64) }, kernel => Assert.InRange(Chosen(kernel).Count, 2, 6));
    }

    /// <summary>A launch takes the variant of its rows, all of whose entries are in the text.</summary>
    [Fact]
    public void Variants_by_rows_compute_the_same()
    {
        var kernel = ContractionKernels.Dense(20, 96);
        var printed = PtxPrinter.Print([kernel], float64: false);
        var programs = PtxParser.Parse(printed.Text);
        var variants = printed.Kernels[0].Variants;
        Assert.True(variants.Count > 1);
        Assert.Equal(0, variants[0].FromRows);
        foreach (var variant in variants)
        {
            var alone = printed.Kernels[0] with { Variants = new[] { variant with { FromRows = 0 } } };
            Assert.Null(new KernelTrial(kernel, float64: false, rows: 9, seed: 1).Difference(programs, alone, ModelKernelTests.Bound(false)));
        }
    }

    private static ContractionWay Tile(int number, bool float64, int parts) => new(ContractionForm.Tile, ContractionCost.TilesFor(float64).ElementAt(number), parts);
}
