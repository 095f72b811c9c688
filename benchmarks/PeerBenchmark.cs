using System.Diagnostics;
using System.Globalization;
using System.Runtime.Intrinsics;

namespace DlGen.Benchmarks;

/// <summary>The command "peers": for each table starts the peers, measures the workloads that were asked for, prints the table and writes it.</summary>
internal static class PeerBenchmark
{
    /// <summary>PyTorch's product of 1024 must reach this share of the FMA peak: else it lacks its fast kernels, and to be faster says nothing.</summary>
    private const double SoundPeer = 0.85;

    /// <summary>A machine whose FMA peak falls by more than this in a quarter of the rounds is busy.</summary>
    private const double SteadyPeak = 0.15;

    /// <summary>How often a workload is measured anew when the machine was busy meanwhile.</summary>
    private const int Attempts = 3;

    private static IReadOnlyList<Workload> AllWorkloads { get; } =
    [
        .. LinearWorkloads.All, .. LinearGradientWorkloads.All, .. MlpWorkloads.Steps, .. MlpWorkloads.Predictions, .. SmallPredictWorkloads.All, .. GeluWorkloads.All,
        .. ConvolutionWorkloads.All, .. VisionWorkloads.All, .. SequenceWorkloads.All,
        .. ThreadWorkloads.All,
    ];

    public static int Run(Options options)
    {
        if (options.Avx2 && Vector512.IsHardwareAccelerated) return RestartWithoutAvx512();
        if (UnknownName(options) is { } mistake)
        {
            Console.Error.WriteLine(mistake);
            return 2;
        }

        int worst = 0;
        foreach (var section in options.Sections)
            if (section.Choose(AllWorkloads, options.Names) is { Count: > 0 } workloads) worst = Math.Max(worst, Run(section, workloads, options));
        return worst;
    }

    private static int Run(Section section, IReadOnlyList<Workload> workloads, Options options)
    {
        bool beside = workloads.Any(w => w.Group != ThreadWorkloads.Group);
        using var pyTorch = beside ? PyTorchPeer.Start(section.Threads) : null;
        using var onnxRuntime = beside && section.Peers.Contains(Peer.OnnxRuntime) ? OnnxRuntimePeer.Start(section.Threads) : null;
        var setting = new Setting(pyTorch, onnxRuntime, section.Threads);
        var results = new Results(section, setting);
        Console.WriteLine($"{results.Heading()}\n");
        if (beside) NameMissing(section, setting);
        if (Crippled(setting, results.Peak) is { } crippled)
        {
            Console.Error.WriteLine(crippled + (options.Busy ? ": the ratios to it are worth little." : ": nothing is compared with it. Is the machine busy? --busy goes on all the same."));
            if (!options.Busy) return 1;
            results.Warn(crippled);
        }

        Console.WriteLine(results.TableHead);
        foreach (var workload in workloads) Console.WriteLine(results.Line(results.Add(Measure(workload, setting, options))));
        Console.WriteLine();
        foreach (string note in results.Notes()) Console.WriteLine(note);
        if (results.Disturbed && !options.Busy)
        {
            Console.Error.WriteLine("The machine was too busy for the workloads marked so, and nothing is written; --busy shows what was measured.");
            return 1;
        }
        if (options.WritesResults) ResultsFile.Replace(section.Title, results.Text());
        return results.Disagreed ? 1 : 0;
    }

    private static string? UnknownName(Options options)
    {
        var workloads = AllWorkloads.Where(w => options.Sections.Any(s => w.Tables.HasFlag(s.Table))).ToList();
        return options.Names.FirstOrDefault(n => !workloads.Any(w => n == w.Group || n == w.Name)) is { } unknown
            ? $"no workload '{unknown}' in what is measured; there are {string.Join(", ", workloads.Select(w => w.Group).Distinct())}, and of each its cases, as \"{workloads[0].Name}\""
            : null;
    }

    private static void NameMissing(Section section, Setting setting)
    {
        if (setting.PyTorch is null)
            Console.WriteLine("PyTorch is missing: Python 3 with torch and numpy (Debian: python3-torch, libopenblas0-pthread). ONNX Runtime takes its models from it.\n");
        if (setting.OnnxRuntime is null && section.Peers.Contains(Peer.OnnxRuntime))
            Console.WriteLine("ONNX Runtime is missing: run benchmarks/get-onnxruntime.sh, or name the library in ONNXRUNTIME_LIBRARY.\n");
    }

    private static string? Crippled(Setting setting, double peak) => setting.PyTorch is { } pyTorch && pyTorch.Sgemm < SoundPeer * peak
        ? string.Create(CultureInfo.InvariantCulture, $"PyTorch's sgemm 1024 runs at {pyTorch.Sgemm:F0} GFLOP/s, under {SoundPeer:P0} of the FMA peak of {peak:F0}")
        : null;

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
            timings = Rounds.Measure(contest.Contestants, setting.Threads);
            busy = Busy(timings, others.Cores(), setting.Threads);
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
