using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Running;

namespace DlGen.Benchmarks;

/// <summary>Single kernels, through models that consist of nothing else, on 64 rows of 1024 numbers; Adam on the million parameters of Linear(1024).</summary>
public class KernelBenchmarks
{
    private const int Rows = 64, Width = 1024;
    private readonly float[] inputs = Samples.Centred(Rows * Width);
    private readonly float[] outputs = new float[Rows * Width];
    private readonly SoftmaxRow softmax = new();
    private readonly LayerNormRow layerNorm = new();
    private readonly GeluActivation.Pass gelu = new GeluActivation().CreatePass(Rows);
    private readonly Linear1024 linear = new(seed: 1);
    private readonly Optimizer adam = Optimizer.Adam(1e-6);

    /// <summary>The command "kernels"; further arguments are BenchmarkDotNet's, as <c>--filter *Softmax*</c>.</summary>
    internal static int Run(string[] arguments)
    {
        string[] all = ["--filter", "*"];
        BenchmarkSwitcher.FromTypes([typeof(KernelBenchmarks)]).Run(arguments.Length == 0 ? all : arguments);
        return 0;
    }

    /// <summary>Gives the pass something to go back from, and every parameter a gradient.</summary>
    [GlobalSetup]
    public void GoForward()
    {
        gelu.Forward(inputs);
        var pass = linear.CreatePass(Rows);
        pass.Forward(inputs);
        pass.Backward(inputs);
    }

    [Benchmark]
    public void Softmax() => softmax.Predict(inputs, outputs);

    [Benchmark]
    public void LayerNorm() => layerNorm.Predict(inputs, outputs);

    [Benchmark]
    public void GeluGradient() => gelu.Backward(inputs);

    [Benchmark]
    public void AdamStep() => adam.Step(linear.Parameters);
}
