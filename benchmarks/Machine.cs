using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Benchmarks;

/// <summary>What the numbers were measured on.</summary>
internal static class Machine
{
    /// <summary>
    /// Nanoseconds that threads take to begin and end an empty piece of work together, of several tries the median: a few hundred where their cores share a cache, several times that where a
    /// line goes a longer way, as everything does then that one thread wrote and another reads.
    /// </summary>
    public static double ForkNanoseconds(int threads)
    {
        const int Forks = 10_000;
        using var team = Compiled.Team.Rent(threads);
        if (team is null) return 0;
        return Enumerable.Range(0, 9).Select(_ => Once(team)).ToArray().Median();

        static double Once(Compiled.Team team)
        {
            var frame = default(Compiled.Frame);
            long start = System.Diagnostics.Stopwatch.GetTimestamp();
            for (int i = 0; i < Forks; i++) team.Run(in frame, static (in Compiled.Frame _, int _, int _) => { });
            return System.Diagnostics.Stopwatch.GetElapsedTime(start).TotalNanoseconds / Forks;
        }
    }

    public static string Processor { get; } = Model() ?? RuntimeInformation.ProcessArchitecture.ToString();

    /// <summary>The instruction sets that this process uses, of those that matter here.</summary>
    public static string InstructionSets { get; } = string.Join(", ", new[]
    {
        (Avx512F.IsSupported, "AVX-512"), (Avx2.IsSupported, "AVX2"), (Fma.IsSupported, "FMA"),
    }.Where(s => s.Item1).Select(s => s.Item2));

    public static int Cores { get; } = Environment.ProcessorCount;

    public static string Description { get; } = $"{Processor}, {Cores} cores, {InstructionSets}.";

    /// <summary>What is ours, and the runtime under it.</summary>
    public static string Versions { get; } = $"DlGen {typeof(IModel).Assembly.GetName().Version}, .NET {Environment.Version}";

    private static string? Model() => !File.Exists("/proc/cpuinfo") ? null
        : File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim();
}

/// <summary>How many cores others kept busy while something was measured: all processor time of the machine but this process's and its peer's.</summary>
internal sealed class OtherLoad
{
    private readonly Process[] ours;
    private readonly long start = Stopwatch.GetTimestamp();
    private readonly double before;

    public OtherLoad(params Process[] ours)
    {
        this.ours = ours;
        before = OtherSeconds();
    }

    /// <summary>Busy cores of others since this was made; 0 where the system does not tell.</summary>
    public double Cores() => Math.Max(0, OtherSeconds() - before) / Stopwatch.GetElapsedTime(start).TotalSeconds;

    private double OtherSeconds()
    {
        if (!File.Exists("/proc/stat")) return 0;
        // "cpu user nice system idle iowait irq softirq steal …" in hundredths of a second; time stolen by other guests of the host counts as busy.
        string[] fields = File.ReadLines("/proc/stat").First().Split(' ', StringSplitOptions.RemoveEmptyEntries);
        double[] ticks = [.. fields.Skip(1).Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
        double all = (ticks[0] + ticks[1] + ticks[2] + ticks[5] + ticks[6] + ticks[7]) / 100;
        return all - ours.Sum(process =>
        {
            process.Refresh();
            return process.TotalProcessorTime.TotalSeconds;
        });
    }
}
