using System.Diagnostics;
using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>The command "peers": starts the peers, measures the workloads that were asked for, prints the table and writes it.</summary>
internal static class PeerBenchmark
{
    /// <summary>PyTorch's product of 1024 must reach this share of the FMA peak: else it lacks its fast kernels, and to be faster says nothing.</summary>
    private const double SoundPeer = 0.85;

    /// <summary>A machine whose FMA peak falls by more than this in a quarter of the rounds is busy.</summary>
    private const double SteadyPeak = 0.15;

    /// <summary>How often a workload is measured anew when the machine was busy meanwhile.</summary>
    private const int Attempts = 3;

    public static int Run(Options options)
    {
        if (options.Avx2 && System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated) return RestartWithoutAvx512();
        if (OurThreads.Use(options.Threads) is { } impossible)
        {
            Console.Error.WriteLine(impossible);
            return 2;
        }

        var workloads = AllWorkloads.Where(w => options.Names.Count == 0 || options.Names.Contains(w.Group) || options.Names.Contains(w.Name)).ToList();
        if (options.Names.FirstOrDefault(n => !AllWorkloads.Any(w => n == w.Group || n == w.Name)) is { } unknown)
        {
            Console.Error.WriteLine($"no workload '{unknown}'; there are {string.Join(", ", AllWorkloads.Select(w => w.Group).Distinct())}, and of each its cases, as \"{AllWorkloads[0].Name}\"");
            return 2;
        }

        using var pyTorch = PyTorchPeer.Start(options.Threads);
        // Held to 256 bit are this process's kernels and OpenBLAS's; ONNX Runtime looks at the processor itself.
        using var onnxRuntime = options.Avx2 ? null : OnnxRuntimePeer.Start(options.Threads);
        var results = new Results(options, pyTorch, onnxRuntime);
        Console.WriteLine(results.Heading());
        if (pyTorch is null) Console.WriteLine("PyTorch is missing: needs Python 3 with torch and numpy (Debian: python3-torch, libopenblas0-pthread). ONNX Runtime takes its models from it and is not timed either.");
        if (onnxRuntime is null)
            Console.WriteLine(options.Avx2 ? "ONNX Runtime can't be held to 256 bit and is left out." : "ONNX Runtime is missing: run benchmarks/get-onnxruntime.sh, or name the library in ONNXRUNTIME_LIBRARY.");
        if (pyTorch is not null && pyTorch.Sgemm < SoundPeer * results.Peak * options.Threads)
        {
            string crippled = string.Create(CultureInfo.InvariantCulture, $"PyTorch's sgemm 1024 runs at {pyTorch.Sgemm:F0} GFLOP/s, under {SoundPeer:P0} of the FMA peak of {results.Peak * options.Threads:F0}");
            if (!options.Busy)
            {
                Console.Error.WriteLine(crippled + ": nothing is compared with it. Is the machine busy? --busy goes on all the same.");
                return 1;
            }
            results.Warn(crippled);
        }

        var setting = new Setting(pyTorch, onnxRuntime, options.Threads);
        Console.WriteLine();
        Console.WriteLine(Results.TableHead);
        foreach (var workload in workloads)
        {
            var row = Measure(workload, setting, options);
            results.Add(row);
            Console.WriteLine(Results.Line(row));
        }
        foreach (string note in results.Notes()) Console.WriteLine(note);
        if (results.Disturbed && !options.Busy)
        {
            Console.Error.WriteLine("The machine was too busy for the workloads marked so; --busy shows what was measured.");
            return 1;
        }
        if (options.WritesResults) results.Write(Path.Combine(Sources.Folder, "RESULTS.md"));
        return results.Disagreed ? 1 : 0;
    }

    private static IReadOnlyList<Workload> AllWorkloads { get; } =
        [.. LinearWorkloads.All, .. LinearGradientWorkloads.All, .. MlpWorkloads.Steps, .. MlpWorkloads.Predictions, .. SmallPredictWorkloads.All, .. GeluWorkloads.All];

    private static Row Measure(Workload workload, Setting setting, Options options)
    {
        using var contest = workload.Prepare(setting);
        if (contest.FindDisagreement() is { } disagreement) return new Row(workload) { Disagreement = disagreement };
        using var self = Process.GetCurrentProcess();
        Process[] ours = [self, .. setting.PyTorch?.Processes ?? []];
        string? busy = null;
        Timings? timings = null;
        for (int attempt = 0; attempt < Attempts; attempt++)
        {
            var others = new OtherLoad(ours);
            timings = Rounds.Measure(contest.Contestants);
            busy = Busy(timings, others.Cores(), options.Threads);
            if (busy is null || options.Busy) break;
        }
        return new Row(workload) { Timings = busy is null || options.Busy ? timings : null, Busy = busy, Notes = contest.Notes };
    }

    /// <summary>What was wrong with the machine, or null. Others may have what we leave them but half a core: then nobody had to share one with us.</summary>
    private static string? Busy(Timings timings, double others, int threads)
    {
        double free = Math.Max(0.1, Machine.Cores - threads - 0.5);
        if (timings.Wander > SteadyPeak) return string.Create(CultureInfo.InvariantCulture, $"FMA peak fell by {timings.Wander:P0}");
        return others > free ? string.Create(CultureInfo.InvariantCulture, $"others used {others:F1} of {Machine.Cores} cores") : null;
    }

    /// <summary>The runtime decides at its start which instructions it uses, so a process of 256 bit is another one.</summary>
    private static int RestartWithoutAvx512()
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, Environment.GetCommandLineArgs().Skip(1));
        if (Path.GetFileNameWithoutExtension(Environment.ProcessPath!) == "dotnet") start.ArgumentList.Insert(0, Environment.GetCommandLineArgs()[0]);
        start.Environment["DOTNET_EnableAVX512"] = "0";
        using var process = Process.Start(start)!;
        process.WaitForExit();
        return process.ExitCode;
    }
}
