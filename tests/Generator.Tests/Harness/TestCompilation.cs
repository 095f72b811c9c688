using System.Collections.Immutable;
using System.Text;
using DlGen.Diagnostics;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;

namespace DlGen.Tests.Harness;

/// <summary>Compiles sources against the runtime library that the tests themselves run on, and puts generator and analyzers to work on them.</summary>
internal static class TestCompilation
{
    public static readonly CSharpParseOptions Parsing = new(LanguageVersion.Latest);

    private static readonly ImmutableArray<MetadataReference> References =
    [
        .. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator)
            .Where(p => Path.GetFileName(p) is "DlGen.dll" or "DlGen.Cuda.dll" or "netstandard.dll" or "mscorlib.dll" || Path.GetFileName(p).StartsWith("System.", StringComparison.Ordinal))
            .Select(p => MetadataReference.CreateFromFile(p)),
    ];

    /// <summary>The package of models on a device, which no test refers to but those of <c>Targets.Cuda</c>.</summary>
    private static readonly Lazy<MetadataReference> CudaReference = new(() => MetadataReference.CreateFromFile(typeof(Cuda).Assembly.Location));

    public static CSharpCompilation Compile(params string[] sources) => CSharpCompilation.Create("Test",
        sources.Select((s, i) => CSharpSyntaxTree.ParseText(s, Parsing, $"File{i}.cs", Encoding.UTF8)), References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable));

    /// <summary>The same with the package DlGen.Cuda.</summary>
    public static CSharpCompilation CompileWithCuda(params string[] sources) => Compile(sources).AddReferences(CudaReference.Value);

    public static GeneratorDriver CreateDriver() => CSharpGeneratorDriver.Create([new ModelGenerator().AsSourceGenerator()], parseOptions: Parsing,
        driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));

    /// <summary>The compilation with the generated files, and what the generator did.</summary>
    public static (Compilation After, GeneratorDriverRunResult Run) Generate(Compilation compilation)
    {
        var driver = CreateDriver().RunGeneratorsAndUpdateCompilation(compilation, out var after, out _);
        return (after, driver.GetRunResult());
    }

    /// <summary>The generated texts by file name, in ordinal order.</summary>
    public static string GeneratedText(Compilation compilation) => string.Join("\n", Generate(compilation).Run.Results
        .SelectMany(r => r.GeneratedSources).OrderBy(s => s.HintName, StringComparer.Ordinal).Select(s => $"// {s.HintName}\n{s.SourceText}"));

    /// <summary>What the analyzers report once the generated files are there, in source order.</summary>
    public static Task<ImmutableArray<Diagnostic>> Analyze(Compilation compilation, params (string Key, string Value)[] editorConfig)
        => AnalyzeGenerated(Generate(compilation).After, editorConfig);

    public static async Task<ImmutableArray<Diagnostic>> AnalyzeGenerated(Compilation after, params (string Key, string Value)[] editorConfig)
    {
        var options = new AnalyzerOptions([], new EditorConfig(editorConfig));
        var found = await after.WithAnalyzers([new ModelAnalyzer(), new RunTimeCallAnalyzer()], options).GetAnalyzerDiagnosticsAsync();
        return [.. found.OrderBy(d => d.Location.SourceTree?.FilePath, StringComparer.Ordinal).ThenBy(d => d.Location.SourceSpan.Start)];
    }

    public static ReadResult Read(string source, string name = "Net")
    {
        var compilation = Compile(source);
        return ModelReader.Read(compilation.GetTypeByMetadataName(name)!, compilation, CancellationToken.None);
    }
}

/// <summary>An .editorconfig that holds for every file.</summary>
internal sealed class EditorConfig((string Key, string Value)[] entries) : AnalyzerConfigOptionsProvider
{
    private readonly Options options = new(entries.ToDictionary(e => e.Key, e => e.Value, StringComparer.Ordinal));

    public override AnalyzerConfigOptions GlobalOptions => options;

    public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => options;

    public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => options;

    private sealed class Options(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
