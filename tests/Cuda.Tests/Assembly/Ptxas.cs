using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace DlGen.Tests.Assembly;

/// <summary>NVIDIA's assembler, where it is found: DLGEN_PTXAS, the folder that get-ptxas.sh fills, or the search path.</summary>
internal static partial class Ptxas
{
    public static string? Path { get; } = Find();

    /// <summary>What the assembler has against the text for a machine ("sm_80"); null if it takes it without a warning.</summary>
    public static string? Problems(string text, string machine)
    {
        var (exitCode, said) = Assemble(text, machine, "-O0");
        return exitCode == 0 && said.Length == 0 ? null : $"ptxas ended with {exitCode}: {said}";
    }

    /// <summary>The registers of each entry, and the bytes that it spills, as the assembler chooses where it optimises.</summary>
    public static List<(string Entry, int Registers, int SpilledBytes)> Usage(string text, string machine)
    {
        var (exitCode, said) = Assemble(text, machine, "-O3", "-v");
        if (exitCode != 0) throw new InvalidOperationException($"ptxas ended with {exitCode}: {said}");
        return [.. UsageOfEntry().Matches(said).Select(match => (match.Groups[1].Value, Number(match.Groups[3].Value), Number(match.Groups[2].Value)))];
    }

    private static int Number(string digits) => int.Parse(digits, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Compiling entry function '(\w+)'.*?(\d+) bytes spill stores.*?Used (\d+) registers", RegexOptions.Singleline)]
    private static partial Regex UsageOfEntry();

    private static (int ExitCode, string Said) Assemble(string text, string machine, params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-ptx").FullName;
        try
        {
            string source = System.IO.Path.Combine(folder, "module.ptx");
            File.WriteAllText(source, text);
            string[] arguments = ["-arch=" + machine, .. options, "-o", System.IO.Path.Combine(folder, "module.cubin"), source];
            using var process = Process.Start(new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            return (process.ExitCode, (output.Result + errors.Result).Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string? Find()
    {
        string cache = Environment.GetEnvironmentVariable("XDG_CACHE_HOME") ?? System.IO.Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".cache");
        var candidates = new List<string?> { Environment.GetEnvironmentVariable("DLGEN_PTXAS"), System.IO.Path.Combine(cache, "dlgen", "ptxas", "ptxas") };
        candidates.AddRange((Environment.GetEnvironmentVariable("PATH") ?? "").Split(System.IO.Path.PathSeparator).Select(folder => System.IO.Path.Combine(folder, "ptxas")));
        return candidates.Find(File.Exists);
    }
}
