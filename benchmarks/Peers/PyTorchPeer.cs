using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>
/// PyTorch, once for each kind of OpenBLAS's kernels that may be the fastest: those for AVX-512 and those for AVX2, which on processors with units of 256 bit win for
/// large products and lose for single rows. Each workload is timed with the kernels that do it faster.
/// </summary>
internal sealed class PyTorchPeer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dlgen-peers").FullName;
    private readonly IReadOnlyList<PyTorchProcess> processes;

    private PyTorchPeer(IReadOnlyList<PyTorchProcess> processes)
    {
        this.processes = processes;
        Version = $"{processes[0].Ask("version")} with OpenBLAS's {string.Join(" or ", processes.Select(p => p.Kernels))} kernels";
        Sgemm = processes.Max(p => p.AskNumber("sgemm 1024"));
    }

    public IEnumerable<Process> Processes => processes.Select(p => p.Process);

    public string Version { get; }

    /// <summary>GFLOP/s of a product of two 1024 x 1024 matrices.</summary>
    public double Sgemm { get; }

    /// <summary>Starts it, or gives null where no Python has it.</summary>
    public static PyTorchPeer? Start(int threads)
    {
        string[] kernels = Vector512.IsHardwareAccelerated ? ["SKYLAKEX", "HASWELL"] : ["HASWELL"];
        var started = new List<PyTorchProcess>();
        foreach (string kind in kernels)
            if (PyTorchProcess.Start(kind, threads) is { } process) started.Add(process);
            else break;
        return started.Count == 0 ? null : new PyTorchPeer(started);
    }

    /// <summary>Gives it a network with a model's parameters, and a batch.</summary>
    /// <param name="network">Its layers, as peer.py reads them.</param>
    /// <param name="model">Whose parameters it takes.</param>
    /// <param name="rows">The rows of the batch.</param>
    /// <param name="inputs">The inputs, row by row.</param>
    public void Take(string network, IModel model, int rows, float[] inputs) => Take(network, model, rows, inputs, "", []);

    /// <summary>The same with a label each row.</summary>
    public void Take(string network, IModel model, int rows, float[] inputs, int[] labels) => Take(network, model, rows, inputs, "labels", MemoryMarshal.AsBytes(labels.AsSpan()));

    /// <summary>The same with a number for each output: what it should be, or the gradient by it.</summary>
    public void Take(string network, IModel model, int rows, float[] inputs, float[] values) => Take(network, model, rows, inputs, "values", MemoryMarshal.AsBytes(values.AsSpan()));

    /// <summary>Writes what it took last as ONNX.</summary>
    public void Export(string path) => processes[0].Ask("export " + path);

    /// <summary>The contestant that does <paramref name="work"/>, a word of peer.py, with what was taken last.</summary>
    /// <param name="contest">Where is noted which kernels were the faster.</param>
    /// <param name="work">predict, addmm, gradients, input-gradient or convolution-gradients.</param>
    public Contestant Does(Contest contest, string work)
    {
        var fastest = processes[0];
        return new Contestant(Who.PyTorch, Numbers, repetitions => fastest.AskNumber($"time {work} {repetitions}"));

        float[] Numbers()
        {
            float[] numbers = NumbersOf(work);
            fastest = Fastest(work);
            contest.Note($"PyTorch with {fastest.Kernels}");
            return numbers;
        }
    }

    /// <summary>The contestant that trains with what was taken last: compared at one learning rate, timed at another, with the form of the optimizer that is the fastest.</summary>
    /// <param name="contest">Where is noted what that was.</param>
    /// <param name="optimizer">"adam" or "sgd".</param>
    /// <param name="comparedRate">The learning rate of the ten steps whose losses are compared.</param>
    /// <param name="timedRate">That of the steps that are timed.</param>
    public Contestant Trains(Contest contest, string optimizer, double comparedRate, double timedRate)
    {
        var fastest = processes[0];
        UseOptimizer(comparedRate);
        return new Contestant(Who.PyTorch, Numbers, repetitions => fastest.AskNumber($"time step {repetitions}"));

        float[] Numbers()
        {
            float[] numbers = NumbersOf("step");
            string[] forms = UseOptimizer(timedRate);
            fastest = Fastest("step");
            contest.Note($"PyTorch with {fastest.Kernels}, {forms[processes.TakeWhile(p => p != fastest).Count()]}");
            return numbers;
        }

        string[] UseOptimizer(double rate) => [.. processes.Select(p => p.Ask(string.Create(CultureInfo.InvariantCulture, $"optimizer {optimizer} {rate}")))];
    }

    public void Dispose()
    {
        foreach (var process in processes) process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Take(string network, IModel model, int rows, float[] inputs, string kind, ReadOnlySpan<byte> targets)
    {
        string parameters = Path.Combine(folder, "parameters"), inputsPath = Path.Combine(folder, "inputs"), targetsPath = Path.Combine(folder, "targets");
        float[] values = [.. model.Parameters.Where(p => !p.IsState).SelectMany(p => model.Values(p.Name))];
        File.WriteAllBytes(parameters, MemoryMarshal.AsBytes(values.AsSpan()));
        File.WriteAllBytes(inputsPath, MemoryMarshal.AsBytes(inputs.AsSpan()));
        File.WriteAllBytes(targetsPath, targets);
        foreach (var process in processes)
        {
            process.Ask($"network {network} {parameters}");
            process.Ask($"batch {rows} {inputsPath}{(kind == "" ? "" : $" {kind} {targetsPath}")}");
        }
    }

    private float[] NumbersOf(string work)
    {
        string path = Path.Combine(folder, "numbers");
        processes[0].Ask($"numbers {work} {path}");
        return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
    }

    /// <summary>The process that does some work faster, by the best of five turns of about 20 ms.</summary>
    private PyTorchProcess Fastest(string work)
    {
        if (processes.Count == 1) return processes[0];
        int repetitions = (int)Math.Clamp(20_000 / processes[0].AskNumber($"time {work} 3"), 1, 10_000);
        var best = processes.ToDictionary(p => p, _ => double.PositiveInfinity);
        for (int turn = 0; turn < 5; turn++)
            foreach (var process in processes)
                best[process] = Math.Min(best[process], process.AskNumber($"time {work} {repetitions}"));
        return best.MinBy(pair => pair.Value).Key;
    }
}
