using System.Globalization;

namespace DlGen.Gpu.Bench;

/// <summary>Ours beside the best of PyTorch's ways and its eager one. A ratio above 1: so many times as fast as that.</summary>
internal static class ResultTable
{
    private const string Eager = "eager";

    public static void Write(TextWriter output, IEnumerable<Result> results, IReadOnlyList<PeerTime> peers)
    {
        output.WriteLine("Medians of one repetition, with the quartiles; a rate where memory or arithmetic is the limit.");
        output.WriteLine($"{"",-41}{"DlGen",-40}{"PyTorch's best",-52}{"ratio",7}{"eager",14}{"ratio",8}");
        foreach (Result result in results)
        {
            PeerTime[] theirs = [.. peers.Where(peer => peer.Workload == result.Workload)];
            string line = Line(result);
            if (theirs.MinBy(peer => peer.Time.Median) is { } best) line += $"{Text(result, best.Time) + "  " + best.Way,-52}{Ratio(best.Time, result.Time),7}";
            if (Array.Find(theirs, peer => peer.Way == Eager) is { } eager) line += $"{Duration(eager.Time.Median),14}{Ratio(eager.Time, result.Time),8}";
            output.WriteLine(line.TrimEnd());
        }
    }

    /// <summary>Ours alone.</summary>
    public static string Line(Result result) => $"{result.Workload,-41}{Text(result, result.Time),-40}";

    private static string Text(Result result, Spread time)
    {
        string spread = $"{Duration(time.Median)} ({Duration(time.Lower)} to {Duration(time.Upper)})", rate = result.Rate(time.Median);
        return rate.Length == 0 ? spread : rate + ", " + spread;
    }

    private static string Ratio(Spread theirs, Spread ours) => (theirs.Median / ours.Median).ToString("F2", CultureInfo.InvariantCulture);

    private static string Duration(double seconds) => seconds < 1e-3
        ? (seconds * 1e6).ToString("F1", CultureInfo.InvariantCulture) + " µs"
        : (seconds * 1e3).ToString("F3", CultureInfo.InvariantCulture) + " ms";
}
