using System.Collections.Immutable;
using System.Text;
using DlGen.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests.Mutation;

/// <summary>Models with their drivers, waiting for generated files: parsed and bound once, completed by one mutant after the other.</summary>
internal sealed class ModelCompilation(IReadOnlyCollection<string> sources, IReadOnlyCollection<CompiledModel> models)
{
    private static readonly CSharpParseOptions Parsing = WithoutNullability.Of(new(LanguageVersion.Latest));

    private readonly CSharpCompilation compilation = CSharpCompilation.Create("Models",
        sources.Select((source, i) => Tree("using DlGen;\n" + source, $"Models{i}.cs")).Concat(models.Select(m => Tree(DriverSource.For(m.Declaration), $"Drivers/{m.Name}.cs"))),
        References, new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release));

    private static readonly ImmutableArray<MetadataReference> References =
        [.. Platform.References, MetadataReference.CreateFromFile(typeof(IModel).Assembly.Location), MetadataReference.CreateFromFile(typeof(IModelDriver).Assembly.Location)];

    /// <summary>The assembly that a generator makes of the models.</summary>
    /// <exception cref="InvalidOperationException">What it wrote does not compile.</exception>
    public byte[] Complete(MutatedGenerator generator, bool plain)
    {
        var trees = models.Select(m => Tree(ThisMachine.Of(generator.Emit(compilation.GetTypeByMetadataName(m.Name)!, compilation, plain)), m.Name + ".g.cs"));
        using var image = new MemoryStream();
        var errors = compilation.AddSyntaxTrees(trees).Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        return errors.Count == 0 ? image.ToArray() : throw new InvalidOperationException("the generated code does not compile: " + errors[0]);
    }

    private static SyntaxTree Tree(string source, string path) => CSharpSyntaxTree.ParseText(source, Parsing, path, Encoding.UTF8);
}
