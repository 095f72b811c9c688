using System.Globalization;
using System.Text;

namespace DlGen.Benchmarks;

/// <summary>One line of the table: what was measured, or why nothing was.</summary>
internal sealed record Row(Workload Workload)
{
    public Timings? Timings { get; init; }

    /// <summary>The numbers that did not agree, so that nothing was timed.</summary>
    public string? Disagreement { get; init; }

    /// <summary>How the machine was disturbed.</summary>
    public string? Busy { get; init; }

    /// <summary>What a reader of the times should know.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
}

/// <summary>A section's table as text, for the console and for RESULTS.md.</summary>
internal sealed class Results(Section section, Setting setting)
{
    private readonly double core512 = FmaPeak.At512(runs: 50, threads: 1);
    private readonly double core256 = FmaPeak.At256(runs: 50, threads: 1);
    private readonly List<Row> rows = [];
    private readonly List<string> warnings = [];

    /// <summary>GFLOP/s of the section's threads at once, at the vectors that this process uses.</summary>
    public double Peak { get; } = FmaPeak.Widest(runs: 50, section.Threads);

    public bool Disturbed => rows.Exists(r => r.Busy is not null);

    public bool Disagreed => rows.Exists(r => r.Disagreement is not null);

    public string TableHead
    {
        get
        {
            string[] heads = ["workload", "DlGen", .. section.Peers.Select(p => p.Name), .. section.Peers.Select(p => p.Name + " / DlGen"), "GFLOP/s", "of peak", "bars", "met", "why"];
            int numbers = 3 + (2 * section.Peers.Count);
            return $"| {string.Join(" | ", heads)} |\n|---|{string.Concat(Enumerable.Repeat("--:|", numbers))}---|---|---|";
        }
    }

    /// <summary>A line each, with the workload's name.</summary>
    public IEnumerable<string> Notes() => rows.SelectMany(r => r.Notes.Select(note => $"- {r.Workload.Name}: {note}"));

    public void Warn(string warning) => warnings.Add(warning);

    public Row Add(Row row)
    {
        rows.Add(row);
        return row;
    }

    /// <summary>Versions, machine, and what the numbers are.</summary>
    public string Heading()
    {
        string[] versions = [Machine.Versions, .. new[] { setting.PyTorch?.Version, setting.OnnxRuntime?.Version }.OfType<string>()];
        string about = section.About == "" ? "" : " " + section.About;
        string wide = core512 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{core512:F0} at 512 bit, ");
        string together = section.Threads == 1 ? "" : string.Create(CultureInfo.InvariantCulture, $"; of {section.Threads} threads at once: {Peak:F0}; a fork and join of them: {Machine.ForkNanoseconds(section.Threads):F0} ns");
        string sgemm = setting.PyTorch is not { } peer ? "" : string.Create(CultureInfo.InvariantCulture, $"; PyTorch's sgemm 1024: {peer.Sgemm:F0} ({peer.Sgemm / Peak:P0})");
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            {string.Join(", ", versions)}; threads of each: {section.Threads}.{about}
            {Machine.Description} FMA peak of a core in GFLOP/s: {wide}{core256:F0} at 256 bit{together}{sgemm}.
            """);
    }

    /// <summary>What stands under the section's title.</summary>
    public string Text()
    {
        var text = new StringBuilder(Heading()).Append("\n\n");
        foreach (string warning in Warnings()) text.Append(CultureInfo.InvariantCulture, $"**Warning: {warning}.**\n\n");
        text.Append(TableHead).Append('\n').AppendJoin('\n', rows.Select(Line));
        if (Notes().Any()) text.Append("\n\n").AppendJoin('\n', Notes());
        return text.ToString();
    }

    public string Line(Row row)
    {
        string name = row.Workload.Name;
        int cellsOfPeers = 2 * section.Peers.Count;
        if (row.Disagreement is not null) return $"| {name} | not timed: {row.Disagreement} |{Empty(cellsOfPeers + 3)} no | |";
        if (row.Timings is not { } timings) return $"| {name} | not shown: {row.Busy} |{Empty(cellsOfPeers + 5)}";
        double flops = row.Workload.Flops;
        double rate = flops / timings.Median(Who.Ours) / 1e3;
        string[] cells =
        [
            row.Busy is null ? name : $"{name} (busy: {row.Busy})",
            Time(timings, Who.Ours), .. section.Peers.Select(p => Time(timings, p.Who)), .. section.Peers.Select(p => Ratio(timings, p.Who)),
            flops == 0 ? "" : rate.ToString("F0", CultureInfo.InvariantCulture),
            flops == 0 ? "" : (rate / timings.Peak).ToString("P0", CultureInfo.InvariantCulture),
            .. Judge(row.Workload, timings, rate),
        ];
        return "| " + string.Join(" | ", cells) + " |";
    }

    private static string Empty(int cells) => string.Concat(Enumerable.Repeat(" |", cells));

    /// <summary>The bars, whether all are reached, and why not.</summary>
    private string[] Judge(Workload workload, Timings timings, double rate)
    {
        var asked = section.BarsOf(workload);
        var bars = new List<(string Text, bool Met, bool MetByMedian)>();
        foreach (var peer in section.Peers)
        {
            if (peer.Bar(asked) is { } least && timings.Has(peer.Who))
                bars.Add((string.Create(CultureInfo.InvariantCulture, $"{least}x {peer.Name}"), timings.Ratios(peer.Who).LowerQuartile() >= least, timings.Ratios(peer.Who).Median() >= least));
        }
        if (asked.Peak is { } peak) bars.Add((string.Create(CultureInfo.InvariantCulture, $"{peak:P0} of peak"), rate >= peak * timings.Peak, false));
        if (asked.Nanoseconds is { } limit) bars.Add((string.Create(CultureInfo.InvariantCulture, $"{limit} ns"), timings.Median(Who.Ours) * 1000 <= limit, false));
        if (bars.Count == 0) return ["", "", ""];
        var missed = bars.Where(b => !b.Met).ToList();
        string reason = missed.Count == 0 ? "" : missed.All(b => b.MetByMedian) ? Reasons.OfSomeRounds : Reasons.Of(workload.Name, section.Table);
        return [string.Join(", ", bars.Select(b => b.Text)), missed.Count == 0 ? "yes" : "no: " + string.Join(", ", missed.Select(b => b.Text)), reason];
    }

    private static string Time(Timings timings, Who who)
    {
        if (!timings.Has(who)) return "";
        double time = timings.Median(who);
        return time switch
        {
            < 1 => string.Create(CultureInfo.InvariantCulture, $"{time * 1000:F0} ns"),
            < 10 => string.Create(CultureInfo.InvariantCulture, $"{time:F2} µs"),
            < 1000 => string.Create(CultureInfo.InvariantCulture, $"{time:F1} µs"),
            _ => string.Create(CultureInfo.InvariantCulture, $"{time:F0} µs"),
        };
    }

    private static string Ratio(Timings timings, Who peer) => timings.Has(peer)
        ? string.Create(CultureInfo.InvariantCulture, $"{timings.Ratios(peer).LowerQuartile():F2} ({timings.Ratios(peer).Median():F2})")
        : "";

    private IEnumerable<string> Warnings() => Disturbed ? warnings.Append("the machine was busy during the lines marked so") : warnings;
}
