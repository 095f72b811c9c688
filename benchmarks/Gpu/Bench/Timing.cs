using System.Diagnostics;

namespace DlGen.Gpu.Bench;

/// <summary>Seconds of one repetition: the median of many samples, and the quartiles.</summary>
internal readonly record struct Spread(double Median, double Lower, double Upper);

/// <summary>Wall time of work that a device does behind the call.</summary>
internal static class Timing
{
    private const double MostSeconds = 3;
    private const int FewestSamples = 5;

    private static readonly Effort Whole = new(WarmUpSeconds: 0.3, SampleSeconds: 0.02, Samples: 31), Short = new(WarmUpSeconds: 0.01, SampleSeconds: 0.004, FewestSamples);

    /// <summary>Times something as it runs when it is queued again and again: a sample is so many repetitions and one wait, long enough that the wait does not count.</summary>
    /// <param name="queue">Queues it once.</param>
    /// <param name="wait">Waits for all that is queued.</param>
    /// <param name="perRepetition">How often one call does what is timed.</param>
    public static Spread Of(Action queue, Action wait, int perRepetition = 1) => Of(queue, wait, perRepetition, Whole);

    /// <summary>As <see cref="Of(Action, Action, int)"/>, in a thirtieth of the time: to tell the large shares of many kernels from the small ones.</summary>
    public static Spread Roughly(Action queue, Action wait, int perRepetition) => Of(queue, wait, perRepetition, Short);

    private static Spread Of(Action queue, Action wait, int perRepetition, Effort effort)
    {
        long begin = Stopwatch.GetTimestamp();
        int repetitions = 0;
        while (repetitions < 3 || Stopwatch.GetElapsedTime(begin).TotalSeconds < effort.WarmUpSeconds)
        {
            queue();
            repetitions++;
            if (repetitions % 16 == 0 || repetitions < 3) wait();
        }

        wait();
        double once = Stopwatch.GetElapsedTime(begin).TotalSeconds / repetitions;
        int perSample = (int)Math.Clamp(Math.Ceiling(effort.SampleSeconds / once), 1, 1 << 16);
        var samples = new List<double>();
        begin = Stopwatch.GetTimestamp();
        while (samples.Count < FewestSamples || (samples.Count < effort.Samples && Stopwatch.GetElapsedTime(begin).TotalSeconds < MostSeconds))
        {
            long start = Stopwatch.GetTimestamp();
            for (int i = 0; i < perSample; i++) queue();
            wait();
            samples.Add(Stopwatch.GetElapsedTime(start).TotalSeconds / perSample / perRepetition);
        }

        samples.Sort();
        return new Spread(At(samples, 0.5), At(samples, 0.25), At(samples, 0.75));
    }

    /// <summary>Between the two samples that the share falls between.</summary>
    private static double At(List<double> sorted, double share)
    {
        double place = share * (sorted.Count - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Count - 1);
        return sorted[below] + ((place - below) * (sorted[above] - sorted[below]));
    }

    private sealed record Effort(double WarmUpSeconds, double SampleSeconds, int Samples);
}
