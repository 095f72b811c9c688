using System.Diagnostics;
using System.Globalization;

namespace DlGen.Gpu.Bench;

/// <summary>A time of PyTorch's: a workload in one of the ways that it has of running it.</summary>
internal sealed record PeerTime(string Workload, string Way, Spread Time);

/// <summary>PyTorch on the same device, by peer.py, which lies in this program.</summary>
internal sealed class Peer(TextWriter output)
{
    private const string Time = "time", Note = "note";

    /// <summary>All that it can time; empty, and told why, where there is no Python or no PyTorch that sees the device.</summary>
    /// <param name="options">The device, the groups, and whether the compiler that tries many kernels for each is left out.</param>
    public List<PeerTime> Run(Options options)
    {
        var times = new List<PeerTime>();
        string folder = Directory.CreateTempSubdirectory("dlgen-gpu").FullName;
        try
        {
            string script = Path.Combine(folder, "peer.py");
            using (Stream from = typeof(Peer).Assembly.GetManifestResourceStream("peer.py")!, to = File.Create(script)) from.CopyTo(to);
            var start = new ProcessStartInfo(options.Python) { RedirectStandardOutput = true, WorkingDirectory = folder };
            string[] arguments = [script, "--device", options.Device.ToString(CultureInfo.InvariantCulture), "--only", string.Join(',', options.Only), .. options.Quick ? ["--quick"] : Array.Empty<string>()];
            foreach (string argument in arguments) start.ArgumentList.Add(argument);
            using Process process = Process.Start(start)!;
            while (process.StandardOutput.ReadLine() is { } line) Take(line, times);
            process.WaitForExit();
            if (process.ExitCode != 0) output.WriteLine($"PyTorch's side ended with {process.ExitCode}; what it had timed before is below.");
        }
        catch (System.ComponentModel.Win32Exception)
        {
            output.WriteLine($"There is no {options.Python}, so PyTorch is not timed; --python gives the path of another one.");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return times;
    }

    /// <summary>Fields lie between tabs: what the line is, then a note, or workload, way, and seconds: median, lower and upper quartile.</summary>
    private void Take(string line, List<PeerTime> times)
    {
        string[] fields = line.Split('\t');
        if (fields is [Time, var workload, var way, var median, var lower, var upper])
            times.Add(new PeerTime(workload, way, new Spread(Number(median), Number(lower), Number(upper))));
        else if (fields is [Note, var text])
            output.WriteLine("PyTorch: " + text);
    }

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
