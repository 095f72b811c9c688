namespace DlGen.Benchmarks;

/// <summary>Order statistics of a few rounds: what a single disturbed round can't move far.</summary>
internal static class Statistics
{
    public static double Median(this IEnumerable<double> values) => At(values, 2);

    /// <summary>What three quarters of the values reach.</summary>
    public static double LowerQuartile(this IEnumerable<double> values) => At(values, 4);

    private static double At(IEnumerable<double> values, int part)
    {
        double[] ordered = [.. values.Order()];
        return ordered[ordered.Length / part];
    }
}
