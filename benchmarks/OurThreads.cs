namespace DlGen.Benchmarks;

/// <summary>The one place that tells the compiled networks how many threads to use.</summary>
internal static class OurThreads
{
    /// <summary>Holds every model of this process to a number of threads.</summary>
    /// <exception cref="NotSupportedException">More than one: the compiled networks compute on the thread that calls them.</exception>
    public static void Use(int threads)
    {
        if (threads != 1) throw new NotSupportedException($"--threads {threads}: the compiled networks compute on the calling thread alone, so only --threads 1 compares like with like.");
    }
}
