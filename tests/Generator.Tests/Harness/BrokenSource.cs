using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests.Harness;

/// <summary>A source as it looks while someone types, and what must hold of it.</summary>
internal static class BrokenSource
{
    /// <summary>One to three tokens missing, doubled or swapped.</summary>
    public static string Edit(string source, Random random)
    {
        var tokens = CSharpSyntaxTree.ParseText(source, TestCompilation.Parsing).GetRoot().DescendantTokens().Select(t => t.ToFullString()).ToList();
        for (int edits = random.Next(1, 4); edits > 0; edits--)
        {
            int at = random.Next(tokens.Count), other = random.Next(tokens.Count);
            switch (random.Next(4))
            {
                case 0: tokens.Insert(at, tokens[other]); break;
                case 1: (tokens[at], tokens[other]) = (tokens[other], tokens[at]); break;
                default: tokens.RemoveAt(at); break;
            }
        }
        return string.Concat(tokens);
    }

    /// <summary>Neither generator nor analyzers fail, and what compiles without us is read or refused with a reason.</summary>
    public static async Task Check(string source)
    {
        var compilation = TestCompilation.CompileWithCuda(source);
        bool compiles = compilation.GetDiagnostics().All(d => d.Severity != DiagnosticSeverity.Error);
        var (after, run) = TestCompilation.Generate(compilation);
        Assert.True(run.Results.All(r => r.Exception is null), source + run.Results[0].Exception);
        var found = await TestCompilation.AnalyzeGenerated(after);
        Assert.True(found.All(d => d.Id != "AD0001"), source + string.Join("\n", found));
        Assert.DoesNotContain("a fault of DlGen's", string.Concat(run.Results.SelectMany(r => r.GeneratedSources).Select(s => s.SourceText.ToString())), StringComparison.Ordinal);
        bool refused = found.Any(d => d.Severity == DiagnosticSeverity.Error);
        if (compiles && !refused) Assert.Empty(after.GetDiagnostics().Where(d => d.Severity == DiagnosticSeverity.Error).Select(d => source + d));
    }

    /// <summary>The processor time that reading its models takes.</summary>
    public static TimeSpan ReadingTime(string source)
    {
        var compilation = TestCompilation.CompileWithCuda(source);
        var models = compilation.GetSymbolsWithName(_ => true, SymbolFilter.Type).OfType<INamedTypeSymbol>().Where(t => t.IsModel()).ToList();
        var before = Environment.CpuUsage.TotalTime;
        foreach (var model in models) ModelReader.Read(model, compilation, CancellationToken.None);
        return Environment.CpuUsage.TotalTime - before;
    }
}
