namespace DlGen.Benchmarks;

/// <summary>Times the contestants of a workload in turns, so that what slows the machine slows all of them.</summary>
internal static class Rounds
{
    private const int Count = 7;
    private const double Microseconds = 60_000;

    /// <summary>Long enough for the threads of whoever computed last to fall asleep: OpenBLAS's and ONNX Runtime's spin for some milliseconds, on cores that the next one needs.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMilliseconds(50);

    /// <summary>Warms everyone up, then times <see cref="Count"/> rounds of about 60 ms each; before each the FMA peak is taken, which tells a disturbed machine.</summary>
    public static Timings Measure(IReadOnlyList<Contestant> contestants, int threads)
    {
        int[] repetitions = [.. contestants.Select(WarmUp)];
        var times = contestants.ToDictionary(c => c.Who, _ => new double[Count]);
        var peaks = new double[Count];
        for (int round = 0; round < Count; round++)
        {
            Pause();
            peaks[round] = FmaPeak.Widest(runs: 5, threads);
            for (int i = 0; i < contestants.Count; i++)
            {
                Pause();
                times[contestants[i].Who][round] = contestants[i].Microseconds(repetitions[i]);
            }
        }
        return new Timings(times, peaks);

        void Pause()
        {
            if (threads > 1) Thread.Sleep(Rest);
        }
    }

    /// <summary>
    /// Runs in many short parts for 300 ms, so that the just-in-time compiler has replaced what it compiled quickly at first; gives how many repetitions
    /// fill a round.
    /// </summary>
    private static int WarmUp(Contestant contestant)
    {
        int repetitions = 1;
        double once = contestant.Microseconds(1), spent = once;
        while (spent < 300_000)
        {
            once = contestant.Microseconds(repetitions);
            spent += once * repetitions;
            repetitions = (int)Math.Clamp(Microseconds / 20 / once, 1, 10_000_000);
        }
        return (int)Math.Clamp(Microseconds / once, 1, 100_000_000);
    }
}

/// <summary>What was measured of a workload.</summary>
/// <param name="Microseconds">Of each contestant: the time of a repetition, a round each.</param>
/// <param name="Peaks">The FMA peak of its threads in GFLOP/s before each round.</param>
internal sealed record Timings(IReadOnlyDictionary<Who, double[]> Microseconds, double[] Peaks)
{
    /// <summary>The peak of this while: its best, since what disturbs can only lower it.</summary>
    public double Peak => Peaks.Max();

    /// <summary>How far the peak fell in a quarter of the rounds; 0.15 is a machine on which nothing can be compared.</summary>
    public double Wander => 1 - (Peaks.LowerQuartile() / Peak);

    public bool Has(Who who) => Microseconds.ContainsKey(who);

    public double Median(Who who) => Microseconds[who].Median();

    /// <summary>A peer's time over ours, round by round.</summary>
    public IEnumerable<double> Ratios(Who peer) => Microseconds[Who.Ours].Zip(Microseconds[peer], (ours, theirs) => theirs / ours);
}
