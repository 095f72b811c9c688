using System.Diagnostics;
using System.Globalization;

namespace DlGen.Benchmarks;

/// <summary>
/// The command "startup": a program that predicts one row and trains two steps of 32 rows of 784-128-10, from the moment before its process is started; 7 starts in
/// turns with the same program in PyTorch, after one each that brings the files into memory.
/// </summary>
internal static class StartupBenchmark
{
    public const string Title = "Start-up";

    private const int Starts = 7;

    private static readonly TimeSpan Watched = TimeSpan.FromMilliseconds(100);

    public static int Run(Options options)
    {
        string program = Path.Combine(AppContext.BaseDirectory, "DlGen.Startup" + (OperatingSystem.IsWindows() ? ".exe" : ""));
        string script = Path.Combine(AppContext.BaseDirectory, "Peers", "startup.py");
        _ = Start(program) ?? throw new InvalidOperationException($"{program} did not end well; run it to see why");
        string? python = PyTorchProcess.Pythons.FirstOrDefault(p => Start(p, script) is not null);
        if (python is null) Console.WriteLine("PyTorch is missing: Python 3 with torch and numpy (Debian: python3-torch, libopenblas0-pthread).\n");

        var ours = new List<StartupRun>();
        var theirs = new List<StartupRun>();
        var others = new List<double>();
        for (int i = 0; i < Starts; i++)
        {
            others.Add(OthersWhileIdle());
            ours.Add(Start(program)!);
            if (python is not null) theirs.Add(Start(python, script)!);
        }

        // A start uses a second core for a while: the runtime compiles there what has become hot.
        string? busy = others.Median() <= Math.Max(0.1, Machine.Cores - 1.5) ? null
            : string.Create(CultureInfo.InvariantCulture, $"others used {others.Median():F1} of {Machine.Cores} cores between the starts");
        string text = Text(ours, theirs, busy);
        Console.WriteLine(text);
        if (busy is not null && !options.Busy)
        {
            Console.Error.WriteLine("The machine was too busy, and nothing is written.");
            return 1;
        }
        if (options.WritesResults) ResultsFile.Replace(Title, text);
        return 0;
    }

    private static string Text(IReadOnlyList<StartupRun> ours, IReadOnlyList<StartupRun> theirs, string? busy)
    {
        string peer = theirs.Count == 0 ? "" : $", PyTorch {theirs[0].Version}";
        string[] lines =
        [
            $"{Machine.Versions}{peer}; {Machine.Description}",
            $"784-128-10 in a program of its own: a prediction of one row, then two steps of Adam with 32. Milliseconds since the start of the process, medians of {Starts} starts in turns.",
            "Methods are those that the just-in-time compiler compiled up to there, with the time it took for them on all threads.",
            "",
            .. busy is null ? [] : new[] { $"**Warning: {busy}.**", "" },
            "| | DlGen | PyTorch | PyTorch / DlGen | methods | ms compiling |",
            "|---|--:|--:|--:|--:|--:|",
            Line("the program's first line", "entered", since: null),
            Line("PyTorch imported", "imported", since: null),
            Line("first prediction done", "predicted", since: null),
            Line("first step done", "trained", since: null),
            Line("the second step alone", "trained-again", since: "trained"),
        ];
        return string.Join('\n', lines);

        string Line(string what, string point, string? since)
        {
            double? mine = Median(ours, run => run.Milliseconds(point, since)), other = Median(theirs, run => run.Milliseconds(point, since));
            double? methods = Median(ours, run => run.Methods(point, since)), compiling = Median(ours, run => run.JitMilliseconds(point, since));
            return string.Create(CultureInfo.InvariantCulture, $"| {what} | {mine:F1} | {other:F1} | {other / mine:F1} | {methods:F0} | {compiling:F1} |");
        }
    }

    private static double? Median(IEnumerable<StartupRun> runs, Func<StartupRun, double?> figure) => runs.Select(figure).OfType<double>().ToList() is { Count: > 0 } all ? all.Median() : null;

    private static double OthersWhileIdle()
    {
        using var self = Process.GetCurrentProcess();
        var others = new OtherLoad(self);
        Thread.Sleep(Watched);
        return others.Cores();
    }

    /// <summary>Starts it on one thread and reads what it says; null where there is no such program, or it fails.</summary>
    private static StartupRun? Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        double begun = Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency;
        try
        {
            using var process = Process.Start(start)!;
            process.ErrorDataReceived += (_, _) => { };
            process.BeginErrorReadLine();
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0 ? StartupRun.Parse(begun, output) : null;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
