using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Assembly;

/// <summary>NVIDIA's assembler, where it is found: DLGEN_PTXAS, the folder that get-ptxas.sh fills, or the search path.</summary>
internal static partial class Ptxas
{
    public static string? Path { get; } = Find();

    /// <summary>What the assembler has against the text for a machine ("sm_80"); null if it takes it without a warning.</summary>
    public static string? Problems(string text, string machine)
    {
        var (code, said) = Run(text, machine, "-O0");
        return code == 0 && said.Length == 0 ? null : $"ptxas ended with {code}: {said}";
    }

    /// <summary>What each entry takes for a machine, optimized as the driver does it.</summary>
    public static IReadOnlyList<PtxasUsage> Usage(string text, string machine)
    {
        var (code, said) = Run(text, machine, "-O3", "-v");
        if (code != 0) throw new PtxException($"ptxas ended with {code}: {said}");
        return [.. UsageLines().Matches(said).Select(m => new PtxasUsage(m.Groups[1].Value, Number(m, 2) + Number(m, 3), Number(m, 4)))];
    }

    private static int Number(Match match, int group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"Compiling entry function '(\w+)'[^\n]*\n.*\n[^\n]* (\d+) bytes spill stores, (\d+) bytes spill loads\n[^\n]*Used (\d+) registers")]
    private static partial Regex UsageLines();

    private static (int Code, string Said) Run(string text, string machine, params string[] options)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-ptx").FullName;
        try
        {
            string source = System.IO.Path.Combine(folder, "module.ptx");
            File.WriteAllText(source, text);
            string[] arguments = [.. options, "-arch=" + machine, "-o", System.IO.Path.Combine(folder, "module.cubin"), source];
            using var process = Process.Start(new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            string said = (output.Result + errors.Result).Trim();
            return (process.ExitCode, said);
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

/// <summary>What an entry takes of a multiprocessor.</summary>
internal sealed record PtxasUsage(string Entry, int SpilledBytes, int Registers);
