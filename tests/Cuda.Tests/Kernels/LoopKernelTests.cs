using DlGen.Compiled;
using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ptx;

namespace DlGen.Tests.Kernels;

/// <summary>Loops as one kernel: against the definition of their rounds, with how many launches they leave, and where they stay launches.</summary>
public class LoopKernelTests
{
    /// <summary>None, one, and around the rows of a block.</summary>
    private static readonly int[] Rows = [0, 1, 3, 4, 5, 16, 17];

    /// <summary>Layers and directions, masks, cells with norms and several states, a convolution, heads.</summary>
    public static TheoryData<string, bool> Models => new()
    {
        { "StackedLstm", false }, { "MaskedGru", true }, { "GatedCell", false }, { "GatedCell", true }, { "TupleStates", false }, { "ConvolvingCell", false },
        { "HeadsOfRecurrence", true }, { "Elman", false }, { "DelayLine", false },
    };

    [Theory, MemberData(nameof(Models))]
    public void Rounds_compute_what_they_are_defined_to(string model, bool float64) => CheckModel(model, float64, PtxPrinter.Print);

    [Theory, InlineData(false), InlineData(true)]
    public void Wide_rounds_compute_what_they_are_defined_to(bool float64) => CheckWide(float64, PtxPrinter.Print);

    internal static void CheckModel(string model, bool float64, Printing print)
    {
        var loops = LoopModels.LoopsOf(model, float64);
        Assert.NotEmpty(loops);
        KernelChecks.Definition(loops, float64, ModelKernelTests.Bound(float64), print, Rows);
    }

    internal static void CheckWide(bool float64, Printing print)
        => KernelChecks.Definition(LoopModels.Wide(float64), float64, ModelKernelTests.Bound(float64), print, [1, 17]);

    /// <summary>The networks that benchmarks/Gpu times: each loop is one launch, whatever its steps.</summary>
    [Theory]
    [InlineData("Lstm(64)", "Predict", 62, 7)]
    [InlineData("Lstm(64)", "Gradients", 135, 25)]
    [InlineData("Gru(64)", "Predict", 61, 6)]
    [InlineData("Gru(64)", "Gradients", 137, 27)]
    [InlineData("Rnn(64, Layers = 2, Bidirectional = true)", "Gradients", 392, 64)]
    public void A_loop_is_one_launch(string layer, string program, int before, int after)
    {
        var lowered = LoopModels.Sequential($"Input(28, 28), {layer}, Linear(10), SoftmaxCrossEntropy");
        Assert.Equal((before, after), (Launches(lowered, program), Launches(JoinLoops.Run(lowered), program)));
    }

    /// <summary>Blocks would read more weights in each round than they have time for.</summary>
    [Fact]
    public void Many_weights_stay_launches()
    {
        var lowered = LoopModels.Sequential("Input(3, 2), Lstm(257), Linear(2), MeanSquaredError");
        Assert.Equal(lowered.Programs, JoinLoops.Run(lowered).Programs);
    }

    /// <summary>A round in which rows meet, or that has another kind of kernel, cannot run block by block.</summary>
    [Fact]
    public void Rows_that_meet_stay_launches()
    {
        var lowered = ModelKernelTests.ModuleOf("Elman", float64: false);
        Assert.NotEmpty(LoopModels.LoopsOf(lowered));
        var products = lowered.Kernels.OfType<ContractionKernel>().Where(kernel => kernel is { M.TimesRows: true, K.Count: 1 }).ToHashSet();
        Kernel OverRows(Kernel kernel) => kernel is ContractionKernel product && products.Contains(product) ? product with { M = Extent.Of(1), K = new[] { Extent.Rows } } : kernel;
        Kernel Drawn(Kernel kernel) => kernel is ContractionKernel product && products.Contains(product) ? new RandomKernel(product.Buffers, DlGen.Ops.RandomKind.Uniform, 0, 1) : kernel;
        foreach (Func<Kernel, Kernel> changed in new[] { OverRows, Drawn })
        {
            var module = lowered with { Kernels = lowered.Kernels.Select(changed).ToEquatableArray() };
            Assert.Empty(LoopModels.LoopsOf(module));
            Assert.Equal(module.Programs, JoinLoops.Run(module).Programs);
        }
    }

    /// <summary>The places that were planned for values within a round are another's too, whose rows have another length: rows that do not wait for each other must not write there.</summary>
    [Theory, MemberData(nameof(Models))]
    public void What_lives_within_a_round_lies_in_memory_of_its_own(string model, bool float64)
    {
        foreach (var launch in LoopModels.LoopsOf(model, float64).Cast<LoopKernel>().SelectMany(loop => loop.Launches))
            foreach (var (buffer, use) in launch.Kernel.Buffers.Zip(launch.Buffers))
                Assert.True(!buffer.IsWritten || use.IsOwn || (use.StepStride != 0 && use.RowStride >= Math.Abs(use.StepStride)), use.ToString());
    }

    /// <summary>Weights lie in shared memory where the device has enough of it for a block.</summary>
    [Fact]
    public void A_device_takes_the_way_that_it_has_the_memory_for()
    {
        var kernel = PtxPrinter.Print(LoopModels.Wide(float64: false), float64: false).Kernels[0];
        var there = new CudaKernel(kernel.Buffers, false, [.. kernel.Variants.Select(variant => new CudaVariant(variant.FromRows, 0, 0, [.. variant.Entries.Select(e => new CudaEntry(e.Name, e.Threads, e.SharedBytes))]))]);
        string Taken(int rows, int sharedBytes) => there.For(rows, sharedBytes).Entries[0].Name;
        Assert.Equal(["loop_0_small", "loop_0_1", "loop_0_4", "loop_0_16"], there.Variants.Select(variant => variant.Entries[0].Name));
        Assert.Equal(("loop_0_small", "loop_0_1"), (Taken(1, 64 * 1024), Taken(1, 96 * 1024)));
        Assert.Equal(("loop_0_1", "loop_0_4"), (Taken(527, 96 * 1024), Taken(528, 96 * 1024)));
        Assert.Equal("loop_0_16", Taken(2112, 96 * 1024));
        Assert.All(there.Variants, variant => Assert.InRange(variant.Entries[0].SharedBytes, 0, variant.Entries[0].Name == "loop_0_small" ? 48 * 1024 : 96 * 1024));
    }

    private static int Launches(Module module, string program) => module.Find(program)!.Phases.SelectMany(phase => phase.Launches).Sum(launch => launch.Loop?.Steps ?? 1);
}
