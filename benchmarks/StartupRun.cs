using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>What a program said of its start: for each point it came to the clock and, if it has a just-in-time compiler, what that did so far.</summary>
internal sealed class StartupRun
{
    private readonly Dictionary<string, double[]> points = new(StringComparer.Ordinal);
    private readonly double begun;

    private StartupRun(double begun) => this.begun = begun;

    public string Version { get; private set; } = "";

    /// <param name="begun">The clock just before the process was started, in seconds.</param>
    /// <param name="output">A line for each point: its name, the clock in seconds, then if there is such a compiler its methods and milliseconds; or "version" and which.</param>
    public static StartupRun Parse(double begun, string output)
    {
        var run = new StartupRun(begun);
        foreach (string line in output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            string[] fields = line.Split(' ');
            if (fields[0] == "version") run.Version = fields[1];
            else run.points[fields[0]] = [.. fields.Skip(1).Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
        }
        return run;
    }

    /// <summary>Until a point, from the start of the process or from another point; null where it has no such point.</summary>
    public double? Milliseconds(string point, string? since) => (Figure(point, 0) - (since is null ? begun : Figure(since, 0))) * 1000;

    /// <summary>Methods compiled until a point; null where nothing is compiled.</summary>
    public double? Methods(string point, string? since) => Figure(point, 1) - (since is null ? 0 : Figure(since, 1));

    /// <summary>How long they took.</summary>
    public double? JitMilliseconds(string point, string? since) => Figure(point, 2) - (since is null ? 0 : Figure(since, 2));

    private double? Figure(string point, int index) => points.TryGetValue(point, out double[]? figures) && index < figures.Length ? figures[index] : null;
}
