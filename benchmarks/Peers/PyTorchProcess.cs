using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>A Python with PyTorch that runs <c>peer.py</c> and is asked line by line; held to a number of threads and to one kind of OpenBLAS's kernels.</summary>
internal sealed class PyTorchProcess : IDisposable
{
    private volatile string lastError = "";

    private PyTorchProcess(Process process, string kernels)
    {
        Process = process;
        Kernels = kernels;
    }

    /// <summary>Where a Python with PyTorch is looked for.</summary>
    public static IReadOnlyList<string> Pythons { get; } = ["/usr/bin/python3", "python3"];

    public Process Process { get; }

    /// <summary>OpenBLAS's name for its kernels.</summary>
    public string Kernels { get; }

    /// <summary>Starts the first Python that has PyTorch; null where none has.</summary>
    public static PyTorchProcess? Start(string kernels, int threads) =>
        Pythons.Select(python => Start(python, kernels, threads)).FirstOrDefault(p => p is not null);

    public string Ask(string command) => TryAsk(command) ?? throw new InvalidOperationException($"PyTorch ended while asked '{command}': {lastError}");

    public double AskNumber(string command) => double.Parse(Ask(command), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        try
        {
            Process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended by itself.
        }
        if (!Process.WaitForExit(5000)) Process.Kill();
        Process.Dispose();
    }

    private static PyTorchProcess? Start(string python, string kernels, int threads)
    {
        var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Peers", "peer.py")])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        // OpenBLAS ignores torch.set_num_threads and takes a slow kernel on processors it does not know; the allocator must keep its pages.
        start.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        start.Environment["OPENBLAS_CORETYPE"] = kernels;
        if (!Vector512.IsHardwareAccelerated) start.Environment["ONEDNN_MAX_CPU_ISA"] = start.Environment["DNNL_MAX_CPU_ISA"] = "AVX2";
        start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
        start.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        start.Environment["MALLOC_TOP_PAD_"] = "268435456";
        try
        {
            var peer = new PyTorchProcess(Process.Start(start)!, kernels);
            peer.Process.ErrorDataReceived += (_, line) => peer.lastError = line.Data ?? peer.lastError;
            peer.Process.BeginErrorReadLine();
            if (peer.TryAsk("version") is not null) return peer;
            peer.Dispose();
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // No such program: the next one.
        }
        return null;
    }

    private string? TryAsk(string command)
    {
        try
        {
            Process.StandardInput.WriteLine(command);
            Process.StandardInput.Flush();
            return Process.StandardOutput.ReadLine();
        }
        catch (IOException)
        {
            // It ended before it was asked: this Python has no PyTorch.
            return null;
        }
    }
}
