using System.Diagnostics;

namespace DlGen.Tests.Assembly;

/// <summary>NVIDIA's assembler, where it is found: DLGEN_PTXAS, the folder that get-ptxas.sh fills, or the search path.</summary>
internal static class Ptxas
{
    public static string? Path { get; } = Find();

    /// <summary>What the assembler has against the text for a machine ("sm_80"); null if it takes it without a warning.</summary>
    public static string? Problems(string text, string machine)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-ptx").FullName;
        try
        {
            string source = System.IO.Path.Combine(folder, "module.ptx");
            File.WriteAllText(source, text);
            string[] arguments = ["-arch=" + machine, "-O0", "-o", System.IO.Path.Combine(folder, "module.cubin"), source];
            using var process = Process.Start(new ProcessStartInfo(Path!, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            process.WaitForExit();
            string said = (output.Result + errors.Result).Trim();
            return process.ExitCode == 0 && said.Length == 0 ? null : $"ptxas ended with {process.ExitCode}: {said}";
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
