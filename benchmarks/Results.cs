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

/// <summary>The table as text, for the console and for RESULTS.md.</summary>
internal sealed class Results(Setting setting)
{
    private readonly double peak512 = FmaPeak.At512(runs: 50);
    private readonly double peak256 = FmaPeak.At256(runs: 50);
    private readonly List<Row> rows = [];
    private readonly List<string> warnings = [];

    public static string TableHead { get; } =
        """
        | workload | DlGen | by hand | PyTorch | ONNX Runtime | by hand / DlGen | PyTorch / DlGen | ONNX Runtime / DlGen | GFLOP/s | of peak | bars | met | why |
        |---|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|---|---|
        """;

    /// <summary>GFLOP/s of one core at the vectors that this process uses.</summary>
    public double Peak => Math.Max(peak512, peak256);

    public bool Disturbed => rows.Exists(r => r.Busy is not null);

    public bool Disagreed => rows.Exists(r => r.Disagreement is not null);

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
        string pyTorch = setting.PyTorch?.Version ?? "no PyTorch", onnxRuntime = setting.OnnxRuntime?.Version ?? "no ONNX Runtime";
        string wide = peak512 == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $"{peak512:F0} at 512 bit, ");
        string sgemm = setting.PyTorch is not { } peer ? "" : string.Create(CultureInfo.InvariantCulture, $"; PyTorch's sgemm 1024: {peer.Sgemm:F0} ({peer.Sgemm / Peak / setting.Threads:P0})");
        return string.Create(CultureInfo.InvariantCulture,
            $"""
            DlGen {typeof(IModel).Assembly.GetName().Version}, .NET {Environment.Version}, {pyTorch}, {onnxRuntime}; threads of each: {setting.Threads}.
            {Machine.Processor}, {Machine.Cores} cores, {Machine.InstructionSets}. FMA peak of a core in GFLOP/s: {wide}{peak256:F0} at 256 bit{sgemm}.
            """);
    }

    public void Write(string path)
    {
        var text = new StringBuilder();
        text.AppendLine("# Beside hand-written kernels, PyTorch and ONNX Runtime").AppendLine();
        text.AppendLine("Written by `dotnet run -c Release --project benchmarks -- peers`. Times are medians of 7 rounds in turns, after outputs, gradients or the losses of");
        text.AppendLine("ten steps agreed; ratios are a peer's time over ours: lower quartile (median). The bars ask for the lower quartile. A bar \"peak\" is a share of the FMA peak");
        text.AppendLine("measured between the rounds.").AppendLine();
        text.AppendLine(Heading()).AppendLine();
        foreach (string warning in Warnings()) text.AppendLine($"**Warning: {warning}.**").AppendLine();
        text.AppendLine(TableHead);
        foreach (var row in rows) text.AppendLine(Line(row));
        text.AppendLine();
        foreach (string note in Notes()) text.AppendLine(note);
        File.WriteAllText(path, text.Replace("\r\n", "\n").ToString());
    }

    public string Line(Row row)
    {
        string name = row.Workload.Name;
        if (row.Disagreement is not null) return $"| {name} | not timed: {row.Disagreement} | | | | | | | | | | no | |";
        if (row.Timings is not { } timings) return $"| {name} | not shown: {row.Busy} | | | | | | | | | | | |";
        double flops = row.Workload.Flops;
        double rate = flops / timings.Median(Who.Ours) / 1e3;
        string[] cells =
        [
            row.Busy is null ? name : $"{name} (busy: {row.Busy})",
            Time(timings, Who.Ours), Time(timings, Who.ByHand), Time(timings, Who.PyTorch), Time(timings, Who.OnnxRuntime),
            Ratio(timings, Who.ByHand), Ratio(timings, Who.PyTorch), Ratio(timings, Who.OnnxRuntime),
            flops == 0 ? "" : rate.ToString("F0", CultureInfo.InvariantCulture),
            flops == 0 ? "" : (rate / (timings.Peak * setting.Threads)).ToString("P0", CultureInfo.InvariantCulture),
            .. Judge(row.Workload, timings, rate),
        ];
        return "| " + string.Join(" | ", cells) + " |";
    }

    /// <summary>The bars, whether all are reached, and why not.</summary>
    private string[] Judge(Workload workload, Timings timings, double rate)
    {
        var bars = new List<(string Text, bool Met)>();
        AddRatio(Who.ByHand, "by hand", Bars.ByHand);
        AddRatio(Who.PyTorch, "PyTorch", workload.Bars.PyTorch);
        AddRatio(Who.OnnxRuntime, "ONNX Runtime", workload.Bars.OnnxRuntime);
        if (workload.Bars.Peak is { } peak) bars.Add((string.Create(CultureInfo.InvariantCulture, $"{peak:P0} of peak"), rate >= peak * timings.Peak * setting.Threads));
        if (workload.Bars.Nanoseconds is { } limit) bars.Add((string.Create(CultureInfo.InvariantCulture, $"{limit} ns"), timings.Median(Who.Ours) * 1000 <= limit));
        var missed = bars.Where(b => !b.Met).Select(b => b.Text).ToList();
        return [string.Join(", ", bars.Select(b => b.Text)), missed.Count == 0 ? "yes" : "no: " + string.Join(", ", missed), missed.Count == 0 ? "" : workload.Why];

        void AddRatio(Who peer, string name, double? bar)
        {
            if (bar is { } least && timings.Has(peer)) bars.Add((string.Create(CultureInfo.InvariantCulture, $"{least}x {name}"), timings.Ratios(peer).LowerQuartile() >= least));
        }
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
