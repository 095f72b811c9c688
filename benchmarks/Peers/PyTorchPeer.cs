using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>PyTorch in a process of its own, asked line by line (<c>peer.py</c>); held to a number of threads, with the fastest kernels it has for this machine.</summary>
internal sealed class PyTorchPeer : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("dlgen-peers").FullName;

    private PyTorchPeer(Process process, string version, string coreType, double sgemm)
    {
        Process = process;
        Version = $"{version}, OpenBLAS kernels {coreType}";
        Sgemm = sgemm;
    }

    public Process Process { get; }

    public string Version { get; }

    /// <summary>GFLOP/s of a product of two 1024 x 1024 matrices.</summary>
    public double Sgemm { get; }

    /// <summary>Starts the first Python that has PyTorch once for each kind of OpenBLAS's kernels and keeps the fastest; null where there is none.</summary>
    public static PyTorchPeer? Start(int threads)
    {
        // OpenBLAS takes a slow kernel on processors it does not know. On those with 256-bit units its AVX2 kernels beat those of AVX-512.
        string[] coreTypes = Vector512.IsHardwareAccelerated ? ["SKYLAKEX", "HASWELL", "ZEN"] : ["HASWELL", "ZEN"];
        PyTorchPeer? fastest = null;
        foreach (string coreType in coreTypes)
        {
            var peer = new[] { "/usr/bin/python3", "python3" }.Select(python => Start(python, coreType, threads)).FirstOrDefault(p => p is not null);
            if (peer is null) return fastest;
            var slower = fastest is null || peer.Sgemm > fastest.Sgemm ? fastest : peer;
            if (slower != peer) fastest = peer;
            slower?.Dispose();
        }
        return fastest;
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
    public void Export(string path) => Ask("export " + path);

    /// <summary>Makes a new optimizer, "adam" or "sgd"; gives the form that was fastest.</summary>
    public string UseOptimizer(string kind, double rate) => Ask(string.Create(CultureInfo.InvariantCulture, $"optimizer {kind} {rate}"));

    /// <summary>The contestant that does <paramref name="work"/>, a word of peer.py, with what was taken last.</summary>
    /// <param name="work">predict, addmm, gradients, input-gradient or step.</param>
    /// <param name="beforeTiming">Called between the comparison of the numbers and the first timing.</param>
    public Contestant Does(string work, Action? beforeTiming = null)
    {
        return new Contestant(Who.PyTorch, Numbers, repetitions => double.Parse(Ask($"time {work} {repetitions}"), CultureInfo.InvariantCulture));

        float[] Numbers()
        {
            string path = Path.Combine(folder, "numbers");
            Ask($"numbers {work} {path}");
            beforeTiming?.Invoke();
            return MemoryMarshal.Cast<byte, float>(File.ReadAllBytes(path)).ToArray();
        }
    }

    public void Dispose()
    {
        Process.StandardInput.Close();
        if (!Process.WaitForExit(5000)) Process.Kill();
        Process.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private static PyTorchPeer? Start(string python, string coreType, int threads)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Peers", "peer.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // OpenBLAS ignores torch.set_num_threads, and the allocator must keep its pages.
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_CORETYPE"] = coreType;
        if (!Vector512.IsHardwareAccelerated) start.Environment["ONEDNN_MAX_CPU_ISA"] = start.Environment["DNNL_MAX_CPU_ISA"] = "AVX2";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        start.Environment["MALLOC_TOP_PAD_"] = "268435456";
        try
        {
            var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            if (TryAsk(process, "version") is { } version && TryAsk(process, "sgemm 1024") is { } sgemm)
                return new PyTorchPeer(process, version, coreType, double.Parse(sgemm, CultureInfo.InvariantCulture));
            process.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program: the next one.
        }
        return null;
    }

    private static string? TryAsk(Process process, string command)
    {
        try
        {
            process.StandardInput.WriteLine(command);
            process.StandardInput.Flush();
            return process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            // It ended: this Python has no PyTorch.
            return null;
        }
    }

    private void Take(string network, IModel model, int rows, float[] inputs, string kind, ReadOnlySpan<byte> targets)
    {
        string parameters = Path.Combine(folder, "parameters.safetensors"), inputsPath = Path.Combine(folder, "inputs"), targetsPath = Path.Combine(folder, "targets");
        model.Save(parameters);
        File.WriteAllBytes(inputsPath, MemoryMarshal.AsBytes(inputs.AsSpan()));
        File.WriteAllBytes(targetsPath, targets);
        Ask($"network {network} {parameters}");
        Ask($"batch {rows} {inputsPath}{(kind == "" ? "" : $" {kind} {targetsPath}")}");
    }

    private string Ask(string command) => TryAsk(Process, command) ?? throw new InvalidOperationException($"PyTorch ended while asked '{command}'");
}
