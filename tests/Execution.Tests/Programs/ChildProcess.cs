using System.Diagnostics;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>
/// This test assembly run as a program: a process of its own is the only way to take instruction sets away from the JIT, and to count allocations
/// that nobody else makes.
/// </summary>
internal static class ChildProcess
{
    /// <summary>Of the models.</summary>
    public const long Seed = 1;

    private const string Run = "run", Allocations = "allocations";

    public static int Main(string[] arguments)
    {
        if (arguments is not [var verb, var folder]) return 2;
        var models = CompiledModels.Load(File.ReadAllBytes(Path.Combine(folder, "models.dll")));
        var cases = CaseFile.ReadValues(Path.Combine(folder, "values.bin"));
        Console.WriteLine(HardwareAccelerated());
        switch (verb)
        {
            case Run:
                CaseFile.WriteResults(Path.Combine(folder, "results.bin"), [.. cases.Select(c => ModelResult.Of(CompiledModels.Create(models, c.Model, Seed), c.Values))]);
                return 0;
            case Allocations:
                foreach (var (model, values) in cases) Console.WriteLine(AllocationCount.Of(CompiledModels.Create(models, model, Seed), values));
                return 0;
            default:
                return 2;
        }
    }

    /// <summary>Which vector widths the JIT really compiles for, widest first.</summary>
    public static string HardwareAccelerated()
        => $"512 {Vector512.IsHardwareAccelerated} 256 {Vector256.IsHardwareAccelerated} 128 {Vector128.IsHardwareAccelerated}";

    /// <summary>Each setting with what it must leave: a child that silently kept its vectors would prove nothing.</summary>
    public static IEnumerable<(string? Setting, string HardwareAccelerated)> InstructionSets()
    {
        yield return (null, HardwareAccelerated());
        if (!X86Base.IsSupported) yield break;
        yield return ("DOTNET_EnableAVX512", $"512 False 256 {Avx2.IsSupported} 128 True");
        yield return ("DOTNET_EnableAVX2", "512 False 256 False 128 True");
        yield return ("DOTNET_EnableHWIntrinsic", "512 False 256 False 128 False");
    }

    /// <summary>Runs the cases in a child; the first line of its output tells its instruction sets.</summary>
    public static (string HardwareAccelerated, List<ModelResult> Results) Compute(CompiledModels models, IReadOnlyList<(string, ModelValues)> cases, string? setting)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen").FullName;
        try
        {
            string output = Start(Run, folder, models, cases, setting);
            return (output.Split('\n')[0].Trim(), CaseFile.ReadResults(Path.Combine(folder, "results.bin")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>One line per case: bytes allocated by its Predicts, and by its training steps.</summary>
    public static string[] CountAllocations(CompiledModels models, IReadOnlyList<(string, ModelValues)> cases)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen").FullName;
        try
        {
            return Start(Allocations, folder, models, cases, null).Trim().Split('\n')[1..];
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static string Start(string verb, string folder, CompiledModels models, IReadOnlyList<(string, ModelValues)> cases, string? setting)
    {
        File.WriteAllBytes(Path.Combine(folder, "models.dll"), models.Image);
        CaseFile.WriteValues(Path.Combine(folder, "values.bin"), cases);
        var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(ChildProcess).Assembly.Location, verb, folder])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        if (setting is not null) start.Environment[setting] = "0";
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"the child process ended with {process.ExitCode}: {output}{errors.Result}");
    }
}
