using System.Diagnostics;
using System.Globalization;

namespace DlGen.Gpu.Checks;

/// <summary>Runs checks one after the other, and prints a line of each.</summary>
internal sealed class CheckRun(TextWriter output)
{
    /// <summary>The device's memory that tall checks take, with activations and gradients of them; the host has inputs, their batch, and pinned memory besides.</summary>
    private const long TallDeviceBytes = 12L << 30, TallHostBytes = 24L << 30;

    private readonly List<(string Check, string Failure)> failures = [];
    private double largest;
    private int done;
    private bool lost;

    public bool HasFailed => failures.Count > 0;

    /// <summary>The checks that this device and this host have room for.</summary>
    /// <param name="checks">The checks.</param>
    /// <param name="deviceBytes">The memory of the device.</param>
    public void Run(IEnumerable<Check> checks, long deviceBytes)
    {
        long hostBytes = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;
        output.WriteLine($"{"",-28}{"losses",10}{"parameters",12}{"outputs",10}{"allowed",10}{"seconds",9}");
        foreach (Check check in checks)
        {
            if (check.Size == CheckSize.Tall && (deviceBytes < TallDeviceBytes || hostBytes < TallHostBytes))
                output.WriteLine($"{check.Name,-28}left out: it takes {TallDeviceBytes >> 30} GiB on the device and {TallHostBytes >> 30} GiB on the host");
            else if (!lost)
                Run(check);
            else
                output.WriteLine($"{check.Name,-28}left out: the context is lost");
        }
    }

    /// <summary>What failed, and the largest error of all.</summary>
    public void Summarise()
    {
        output.WriteLine();
        foreach (var (check, failure) in failures) output.WriteLine($"{check}: {failure}");
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{done} checks, {failures.Select(f => f.Check).Distinct().Count()} failed; the largest error is {largest:E1}"));
    }

    private void Run(Check check)
    {
        var findings = new Findings(check.Bound);
        long start = Stopwatch.GetTimestamp();
        string verdict = "";
        try
        {
            check.Run(findings);
            if (findings.Failures.Count > 0) verdict = "  FAILED";
        }
        catch (Exception error) when (error is DlGenException or InvalidOperationException or ArgumentException or OutOfMemoryException)
        {
            findings.Fail($"{error.GetType().Name}: {error.Message}");
            verdict = "  THROWN";
            lost = error is CudaException { IsContextLost: true };
        }

        done++;
        failures.AddRange(findings.Failures.Select(failure => (check.Name, failure)));
        foreach (double? error in (double?[])[findings.Loss, findings.Parameters, findings.Outputs]) largest = Math.Max(largest, error ?? 0);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{check.Name,-28}{Text(findings.Loss),10}{Text(findings.Parameters),12}{Text(findings.Outputs),10}{check.Bound,10:E0}{Stopwatch.GetElapsedTime(start).TotalSeconds,9:F2}{verdict}"));
    }

    private static string Text(double? error) => error is { } known ? known.ToString("E1", CultureInfo.InvariantCulture) : "";
}
