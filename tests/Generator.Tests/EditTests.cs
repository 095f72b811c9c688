using System.Globalization;
using DlGen.Tests.Harness;
using Microsoft.CodeAnalysis;

namespace DlGen.Tests;

/// <summary>
/// Random edits of every model that the samples and tests have: no exception, and reading each takes less than a second of processor time, the
/// least of up to five runs, as our own code is compiled during the first.
/// DLGEN_EDITS=2000 tries as many.
/// </summary>
[Collection("Alone")]
public class EditTests
{
    private static readonly int Edits = int.TryParse(Environment.GetEnvironmentVariable("DLGEN_EDITS"), NumberStyles.None, CultureInfo.InvariantCulture, out int edits) ? edits : 200;

    [Fact]
    public async Task Edited_models_are_read_within_a_second_or_refused()
    {
        Assert.InRange(ModelSources.All.Count, 40, int.MaxValue);
        for (int i = 0; i < Edits; i++)
        {
            string source = BrokenSource.Edit(ModelSources.All[i % ModelSources.All.Count], new Random(i));
            await BrokenSource.Check(source);
            double least = double.MaxValue;
            for (int run = 0; run < 5 && least >= 1; run++) least = Math.Min(least, BrokenSource.ReadingTime(source).TotalSeconds);
            Assert.True(least < 1, $"edit {i}: {least} s for\n{source}");
        }
    }

    [Fact]
    public async Task The_unedited_models_are_fine()
    {
        foreach (string source in ModelSources.All)
        {
            var compilation = TestCompilation.CompileWithCuda(source);
            var found = compilation.GetDiagnostics().Concat(await TestCompilation.AnalyzeGenerated(compilation)).Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
            Assert.True(found.Count == 0, $"{string.Join("\n", found)}\n{source}");
        }
    }
}
