using System.Diagnostics;
using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>A peer in a process of its own, asked line by line; held to one thread, with the fastest kernels it has for this machine.</summary>
internal sealed class PeerProcess : IDisposable
{
    private readonly Process process;

    private PeerProcess(Process process) => this.process = process;

    /// <summary>Starts the script with the first Python that has PyTorch, or returns null and says what is missing.</summary>
    public static PeerProcess? Start(string script)
    {
        foreach (string python in new[] { "/usr/bin/python3", "python3" })
        {
            var start = new ProcessStartInfo(python, [Path.Combine(AppContext.BaseDirectory, "Peers", script)])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            // OpenBLAS takes an AVX2 kernel on processors it does not know, and ignores torch.set_num_threads; the allocator must keep its pages.
            start.Environment["OMP_NUM_THREADS"] = "1";
            start.Environment["OPENBLAS_CORETYPE"] = "SKYLAKEX";
            start.Environment["MALLOC_MMAP_THRESHOLD_"] = "4294967296";
            start.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
            start.Environment["MALLOC_TOP_PAD_"] = "268435456";
            try
            {
                var peer = new PeerProcess(Process.Start(start)!);
                if (peer.TryAsk("version") is { } version)
                {
                    Console.WriteLine($"peer: {version}, one thread");
                    return peer;
                }
            }
            catch (System.ComponentModel.Win32Exception)
            {
                // No such program: the next one.
            }
        }
        Console.WriteLine("peer missing: Python 3 with torch and numpy (Debian: python3-torch, libopenblas0-pthread)");
        return null;
    }

    public string Ask(string command) => TryAsk(command) ?? throw new InvalidOperationException($"the peer ended while asked '{command}'");

    public double AskNumber(string command) => double.Parse(Ask(command), CultureInfo.InvariantCulture);

    public void Dispose()
    {
        process.StandardInput.Close();
        if (!process.WaitForExit(5000)) process.Kill();
        process.Dispose();
    }

    private string? TryAsk(string command)
    {
        process.StandardInput.WriteLine(command);
        process.StandardInput.Flush();
        return process.StandardOutput.ReadLine();
    }
}
