using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Batch normalisation while predicting: multiplied into the product before it, so that only a shift remains.</summary>
public class FoldingTests
{
    [Theory]
    [InlineData("BatchNorm, Relu", "Relu", 12)]
    [InlineData("BatchNorm(Epsilon = 1e-3), Silu", "Silu", 12)]
    [InlineData("BatchNorm", "", 12)]
    public void What_runs_per_row_is_what_a_bias_runs(string normalised, string plain, int width)
    {
        var folded = Lowered($"Input(7), Linear({width}, Bias = false), {normalised}{(normalised.Length > 0 ? ", " : "")}Linear(3), MeanSquaredError");
        var biased = Lowered($"Input(7), Linear({width}), {plain}{(plain.Length > 0 ? ", " : "")}Linear(3), MeanSquaredError");
        foreach (string program in new[] { EntryProgram.Predict, EntryProgram.Evaluate })
        {
            Assert.Equal(PerRow(biased, program), PerRow(folded, program));
            Assert.NotEmpty(Phases(folded, program, PhaseKind.Prepare));
        }
    }

    [Fact]
    public void Behind_a_convolution_too()
        => Assert.Equal(PerRow(Lowered("Input(2, 5, 5), Conv2d(4, Kernel = 3), Relu, Flatten, Linear(3), MeanSquaredError"), EntryProgram.Predict),
            PerRow(Lowered("Input(2, 5, 5), Conv2d(4, Kernel = 3, Bias = false), BatchNorm, Relu, Flatten, Linear(3), MeanSquaredError"), EntryProgram.Predict));

    [Fact]
    public void A_bias_before_it_is_folded_too()
        => Assert.Equal(PerRow(Lowered("Input(7), Linear(12), Relu, Linear(3), MeanSquaredError"), EntryProgram.Predict),
            PerRow(Lowered("Input(7), Linear(12), BatchNorm, Relu, Linear(3), MeanSquaredError"), EntryProgram.Predict));

    [Fact]
    public void Behind_a_nonlinearity_it_stays()
    {
        var module = Lowered("Input(7), Linear(12), Relu, BatchNorm, Linear(3), MeanSquaredError");
        Assert.NotEqual(PerRow(Lowered("Input(7), Linear(12), Relu, Linear(3), MeanSquaredError"), EntryProgram.Predict), PerRow(module, EntryProgram.Predict));
    }

    [Fact]
    public void A_step_goes_through_the_rows_once_per_meeting()
    {
        var module = Lowered("Input(7), Linear(12, Bias = false), BatchNorm, Relu, Linear(3), MeanSquaredError");
        // Products; statistics; normalised rows, loss and its gradient; sums for the statistics' gradient; gradients by the rows; by the parameters.
        Assert.Equal([PhaseKind.Shards, PhaseKind.Batch, PhaseKind.Shards, PhaseKind.Batch, PhaseKind.Shards, PhaseKind.Batch],
            module.Find(EntryProgram.Gradients)!.Phases.Select(p => p.Kind).Where(k => k != PhaseKind.Prepare));
        Assert.Equal([PhaseKind.Shards], module.Find(EntryProgram.Predict)!.Phases.Select(p => p.Kind).Where(k => k != PhaseKind.Prepare));
    }

    /// <summary>The gradients that meet in front of a residual block are added up once, and what the norm before it sums of them reads the sum.</summary>
    [Fact]
    public void What_a_norm_sums_of_two_gradients_is_their_sum()
    {
        var module = Model.Forward("x = x.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().Relu(); return (x + x.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().Tanh()).Flatten().Linear(3);",
            input: "2, 6, 6", attributes: "SoftmaxCrossEntropy").Lowered;
        var sums = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).OfType<ReductionKernel>().ToList();
        Assert.NotEmpty(sums);
        Assert.DoesNotContain(sums, k => k.Source.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Add } && k.Source.Code[c.A].Op == BodyOp.Load && k.Source.Code[c.B].Op == BodyOp.Load));
    }

    /// <summary>
    /// What an activation behind a norm lets through of the gradient is made where the gradient is, in the convolution behind it, once: the norm's sums and its gradient read that,
    /// and neither the activation nor another gradient.
    /// </summary>
    [Fact]
    public void The_slope_of_an_activation_behind_a_norm_multiplies_the_gradient_once()
    {
        var module = Lowered("Input(2, 6, 6), Conv2d(16, Kernel = 3, Bias = false), BatchNorm, Relu, Conv2d(16, Kernel = 3), Flatten, Linear(3), MeanSquaredError");
        var kernels = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).ToList();
        Assert.Single(kernels, HasSlope);
        Assert.IsType<ContractionKernel>(kernels.Single(HasSlope));
        Assert.All(kernels.OfType<ReductionKernel>(), k => Assert.InRange(k.Source.Accesses.Count(a => a.Strides.All(s => s != 0)), 0, 2));

        static bool HasSlope(Kernel kernel) => kernel switch
        {
            MapKernel map => IsCompared(map.Body),
            ReductionKernel reduction => IsCompared(reduction.Source),
            ContractionKernel contraction => IsCompared(contraction.Epilogue),
            _ => false,
        };

        static bool IsCompared(KernelBody body) => body.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Less });
    }

    /// <summary>What a residual sum was is made again of what the forward pass left, on the way to the gradient that its activation lets through, which the pool's windows are summed for.</summary>
    [Fact]
    public void What_an_earlier_phase_left_is_computed_on_the_way()
    {
        var module = Model.Forward("x = x.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().Relu(); x = (x + x.Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm()).Relu(); return x.MaxPool2d(2).Conv2d(16, kernel: 3, padding: 1, bias: false).BatchNorm().Relu().Flatten().Linear(3);",
            input: "2, 6, 6", attributes: "SoftmaxCrossEntropy").Lowered;
        var windows = module.Find(EntryProgram.Gradients)!.Phases.SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel]).OfType<WindowKernel>();
        Assert.Contains(Assert.Single(windows).Epilogue.Code, c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Less });
    }

    /// <summary>Taken apart, x to the power of 2 to the 30 has as many factors.</summary>
    [Fact]
    public void High_powers_are_not_taken_apart()
        => Assert.NotEmpty(Model.Forward("var p = x.Linear(8); for (int i = 0; i < 30; i++) p = p * p; return p * Tensor.Parameter([8], Init.Ones);", input: "8", attributes: "MeanSquaredError").Lowered.Kernels);

    /// <summary>The products and what is done with their results; where the weights lie is another matter, for folded ones are a derived copy.</summary>
    private static List<string> PerRow(Module module, string program) => [.. Phases(module, program, PhaseKind.Shards).Select(kernel => kernel is ContractionKernel c
        ? $"{c.M}, {c.N}, {c.K}: {string.Join("; ", c.Epilogue.Code)}; {string.Join("; ", c.Epilogue.Accesses)}" : kernel.ToString())];

    private static List<Kernel> Phases(Module module, string program, PhaseKind kind)
        => [.. module.Find(program)!.Phases.Where(p => p.Kind == kind).SelectMany(p => p.Launches).Select(l => module.Kernels[l.Kernel])];

    private static Module Lowered(string attributes) => Model.Sequential(attributes).Lowered;
}
