using System.Runtime.CompilerServices;
using System.Text;
using DlGen.Layers;

namespace DlGen.Tests.Support;

/// <summary>docs/cuda-support.md is what the catalogue and these tests say. Run with DLGEN_ACCEPT=1 to write it.</summary>
public class SupportTableTests
{
    private const string Head = """
        # What runs on NVIDIA GPUs

        Everything that a model can be declared with trains and predicts on the processor and, with `Targets = Targets.Cpu | Targets.Cuda`, on a [GPU](cuda.md), in both precisions. This page is made by a test from
        the catalogue; beside each name it has a model of the tests that runs on an emulated device and on the processor, with equal results up to rounding.

        """;

    private const string Tail = """

        ## What has no entry

        | | processor | CUDA |
        |---|---|---|
        | inputs: numbers, bytes, ids, lengths; masks; weights of a loss | yes | yes |
        | initial values (`Initializer`, `[Initialize]`), `Parameters`, files | yes | the model's own, on the processor; they go to the device when they changed |
        | `Train`, `TrainBatch`, `Evaluate`, `Predict`, `Classify`, `Generate` | yes | yes, members of `CudaModel` |
        | schedules, clipping, micro-batches, weight averages, early stopping, checkpoints, parameter groups, frozen parameters | yes | yes |
        | `FitScaling`, `BatchWeight`, `Data`, `Info` | yes | the model's own; `Train` on a device fits scalings first |
        | `CreatePass`, `ComputeGradients`, `StartTraining` | yes | no: not members of `CudaModel`, so a call of them does not compile |
        | `CreateSteps` | yes | no, likewise; `Generate` keeps its steps on the device itself |
        | `threads:` | yes | no such parameter |
        | `CudaPrecision`: `Tf32`, `Bf16` | all digits | yes, from compute capability 8.0 on ([cuda.md](cuda.md#tensor-cores)) |

        What can't be compiled is an error where it is declared: `Targets` without `Cpu`, `Targets.Cuda` in a project that does not reference DlGen.Cuda, or a `CudaPrecision` of a model that is not for a GPU or computes in double ([DLG0117](diagnostics/DLG0117.md)). No layer, function, loss or
        optimizer needs a diagnostic of its own.

        """;

    /// <summary>Those that the reader runs itself are in no table of the compiler.</summary>
    private static readonly string[] Functions = [.. TensorFunctions.All.Keys.Except(Catalogue.Layers.Keys).Append("Scan").Append("Call").Append("Split").Order(StringComparer.Ordinal)];

    [Fact]
    public void The_page_is_what_the_catalogue_says()
    {
        string path = Path.Combine(Root(), "docs", "cuda-support.md"), page = Page();
        if (Environment.GetEnvironmentVariable("DLGEN_ACCEPT") == "1") File.WriteAllText(path, page);
        Assert.True(File.Exists(path) && File.ReadAllText(path).Replace("\r\n", "\n", StringComparison.Ordinal) == page, "docs/cuda-support.md is not what the catalogue says; run the tests once with DLGEN_ACCEPT=1");
    }

    private static string Page()
    {
        var page = new StringBuilder(Head);
        Table(page, "Layers", Catalogue.Layers.Values.Select(l => (l.Name, l.Summary)));
        Table(page, "Functions of tensors", Functions.Select(name => (name, "")));
        Table(page, "Losses", Catalogue.Losses.Values.Select(l => (l.Name, l.Summary)));
        page.Append("\n## Optimizers\n\n| | processor | CUDA | settings tried |\n|---|---|---|---|\n");
        foreach (string name in RulesOnDeviceTests.Rules.Keys) page.Append($"| `{name}` | yes | yes | {RulesOnDeviceTests.Rules[name].Length} |\n");
        return page.Append(Tail).ToString().Replace("\r\n", "\n", StringComparison.Ordinal);
    }

    private static void Table(StringBuilder page, string title, IEnumerable<(string Name, string Summary)> rows)
    {
        page.Append($"\n## {title}\n\n| | processor | CUDA | tried in | |\n|---|---|---|---|---|\n");
        foreach (var (name, summary) in rows) page.Append($"| `{name}` | yes | {(DeviceSelection.DefaultModelWith(name) is { } model ? $"yes | `{model}`" : "no | ")} | {summary.Replace("|", "\\|", StringComparison.Ordinal)} |\n".Replace("|  |", "| |", StringComparison.Ordinal));
    }

    private static string Root([CallerFilePath] string here = "") => Path.GetFullPath(Path.Combine(Path.GetDirectoryName(here)!, "..", "..", ".."));
}
