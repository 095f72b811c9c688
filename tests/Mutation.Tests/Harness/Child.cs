using System.Diagnostics;
using DlGen.Tests.Compiling;
using DlGen.Tests.Memory;
using DlGen.Tests.Programs;

namespace DlGen.Tests.Mutation;

/// <summary>
/// Runs what a mutant compiled in a process of its own: generated code addresses memory without bounds, so a fault may end the process or never end.
/// The child checks what only it can see (memory); results go back to be compared.
/// </summary>
internal static class Child
{
    public const long Seed = 1;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    public static int Main(string[] arguments)
    {
        if (arguments is not [var folder]) return 2;
        string where = "";
        try
        {
            var models = CompiledModels.Load(File.ReadAllBytes(Path.Combine(folder, "models.dll")));
            var results = new List<ModelResult>();
            foreach (var (model, values) in CaseFile.ReadValues(Path.Combine(folder, "values.bin")))
            {
                Func<long, IModelDriver> create = seed => CompiledModels.Create(models, model, seed);
                where = $"{model}, {values.Rows} rows: ";
                results.Add(Case(create(Seed), values));
                if (ThreadsDiffer(create, values) is { } difference) throw new InvalidOperationException(difference);
            }
            CaseFile.WriteResults(Path.Combine(folder, "results.bin"), results);
            return 0;
        }
        catch (Exception failure)
        {
            Console.WriteLine($"{where}{failure.GetType().Name}: {failure.Message}");
            return 1;
        }
    }

    /// <summary>The results of all cases, or what went wrong instead.</summary>
    public static (List<ModelResult>? Results, string Message) Run(byte[] image, IReadOnlyList<(string, ModelValues)> cases)
    {
        string folder = Directory.CreateTempSubdirectory("dlgen-mutant").FullName;
        try
        {
            File.WriteAllBytes(Path.Combine(folder, "models.dll"), image);
            CaseFile.WriteValues(Path.Combine(folder, "values.bin"), cases);
            var start = new ProcessStartInfo(Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", [typeof(Child).Assembly.Location, folder])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
            if (!process.WaitForExit(Patience))
            {
                process.Kill(entireProcessTree: true);
                return (null, "the generated code does not end");
            }
            process.WaitForExit();
            if (process.ExitCode == 0) return (CaseFile.ReadResults(Path.Combine(folder, "results.bin")), "");
            return (null, output.Result.Length > 0 ? output.Result.Split('\n')[0] : $"the process ended with {process.ExitCode}: {errors.Result.Split('\n')[0]}");
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    /// <summary>What several threads compute otherwise than one, or null.</summary>
    private static string? ThreadsDiffer(Func<long, IModelDriver> create, ModelValues values)
    {
        IModelDriver one = create(Seed), several = create(Seed);
        values.Into(one);
        values.Into(several);
        if (!one.HasLoss) return null;
        if (one.TrainBatch(Optimizer.Sgd(0.01)) is var loss && several.StartTraining(Optimizer.Sgd(0.01), threads: 3)() is var shared && !loss.Equals(shared)) return "another loss on three threads";
        var parameters = several.Model.Parameters.ToValues();
        return one.Model.Parameters.ToValues().Where(p => !p.Value.SequenceEqual(parameters[p.Key])).Select(p => $"another {p.Key} after a step on three threads").FirstOrDefault();
    }

    /// <summary>What the model computes in arenas full of NaN, once its memory was seen to be in order.</summary>
    private static ModelResult Case(IModelDriver driver, ModelValues values)
    {
        ModelResult.Of(driver, values);
        var arenas = PoisonedArena.Of(driver.Model);
        var result = ModelResult.Of(driver, values);
        if (arenas.Any(arena => !arena.IsSlackUntouched())) throw new InvalidOperationException("something was written behind an arena");

        // With the running statistics again that those gradients moved.
        values.Last(1).Into(driver);
        foreach (var (output, alone) in driver.Predict())
            if (!alone.AsSpan().SequenceEqual(result.Predictions[output].AsSpan()[^alone.Length..])) throw new InvalidOperationException("the last row has other bits alone");

        if (StepsDiffer(driver)) throw new InvalidOperationException("a step gives what is not predicted at its position");
        if (!driver.HasLoss) return result;
        values.Into(driver);
        var optimizer = Optimizer.AdamW(0.01);
        for (int step = 0; step < 2; step++) driver.TrainBatch(optimizer);
        var buffers = HomeLayout.Buffers(driver.Model, optimizer);
        foreach (int at in HomeLayout.Padding(driver.Model))
            if (buffers.Any(buffer => buffer[at] != 0)) throw new InvalidOperationException($"element {at} of the parameters is padding and did not stay zero");
        return result;
    }

    /// <summary>Whether the steps of the bound row give another output than its prediction: where that has time, which stands first, at every one; else at the last.</summary>
    private static bool StepsDiffer(IModelDriver driver)
    {
        if (driver.StepByStep() is not { } steps) return false;
        bool IsFar(double expected, double actual) => !(Math.Abs(expected - actual) <= 1e-9 * Math.Max(1, Math.Abs(expected)));
        foreach (var (output, predicted) in driver.Predict())
        {
            var given = steps.Select(s => s[output]).ToList();
            double[] all = given[0].Length == predicted.Length ? given[^1] : [.. given.SelectMany(g => g)];
            if (all.Length != predicted.Length || predicted.Zip(all, IsFar).Any(far => far)) return true;
        }
        return false;
    }
}
