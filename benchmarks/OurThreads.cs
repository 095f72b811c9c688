namespace DlGen.Benchmarks;

/// <summary>The one place that tells the compiled networks how many threads to use.</summary>
internal static class OurThreads
{
    /// <summary>Holds every model of this process to a number of threads; gives why that can't be, or null.</summary>
    public static string? Use(int threads) =>
        threads == 1 ? null : $"--threads {threads}: the compiled networks compute on the calling thread alone, so only --threads 1 compares like with like";
}
