using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Text;
using System.Xml.Linq;
using DlGen.Tests.Compiling;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests.Mutation;

/// <summary>The generator's own sources, compiled in memory with a fault planted. About a second each; what is parsed is shared, and read once, so that all mutants are of one generator.</summary>
internal static class GeneratorSources
{
    private static readonly string Folder = Path.GetFullPath(Path.Combine(ThisFolder(), "../../../src/Generator"));

    private static readonly Lazy<IReadOnlyDictionary<string, SyntaxTree>> Trees = new(() => Directory
        .EnumerateFiles(Folder, "*.cs", SearchOption.AllDirectories)
        .Select(path => Path.GetRelativePath(Folder, path).Replace('\\', '/'))
        .Where(file => !file.StartsWith("obj/", StringComparison.Ordinal) && !file.StartsWith("bin/", StringComparison.Ordinal))
        .ToDictionary(file => file, file => Parse(File.ReadAllText(Path.Combine(Folder, file)), file)));

    /// <summary>What the project file imports for every file.</summary>
    private static readonly Lazy<SyntaxTree> GlobalUsings = new(() => Parse(string.Concat(
        XDocument.Load(Path.Combine(Folder, "DlGen.Generator.csproj")).Descendants("Using").Select(u => $"global using {u.Attribute("Include")!.Value};\n")), "GlobalUsings.cs"));

    /// <summary>The platform and Roslyn; not the runtime library, whose names the generator also has.</summary>
    private static readonly ImmutableArray<MetadataReference> References =
        [.. Platform.References, MetadataReference.CreateFromFile(typeof(Compilation).Assembly.Location), MetadataReference.CreateFromFile(typeof(CSharpCompilation).Assembly.Location)];

    private static readonly Lazy<CSharpCompilation> Original = new(() => CSharpCompilation.Create("DlGen.Generator", Trees.Value.Values.Append(GlobalUsings.Value), References,
        new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable, optimizationLevel: OptimizationLevel.Release)));

    /// <summary>The assembly's bytes; without a mutant the generator as it is.</summary>
    /// <exception cref="InvalidOperationException">The fault can't be planted: its text is gone, stands there twice, or does not compile.</exception>
    public static byte[] Compile(Mutant? mutant)
    {
        var compilation = Original.Value;
        if (mutant is not null)
        {
            string text = Plant(mutant);
            compilation = compilation.ReplaceSyntaxTree(Trees.Value[mutant.File], Parse(text, mutant.File));
        }
        using var image = new MemoryStream();
        var errors = compilation.Emit(image).Diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error).ToList();
        if (errors.Count > 0) throw new InvalidOperationException($"the mutant \"{mutant?.Name}\" does not compile: {string.Join("; ", errors.Take(5))}");
        return image.ToArray();
    }

    /// <summary>Whether the faults of a table, of which not all are tried each time, can still be planted.</summary>
    /// <exception cref="InvalidOperationException">The text of one is gone, or stands there twice.</exception>
    public static void MustHold(IEnumerable<Mutant> table)
    {
        foreach (var mutant in table) Plant(mutant);
    }

    private static string Plant(Mutant mutant)
    {
        string text = Trees.Value.TryGetValue(mutant.File, out var tree) ? tree.ToString() : throw new InvalidOperationException($"the mutant \"{mutant.Name}\": there is no {mutant.File}");
        int at = text.IndexOf(mutant.Original, StringComparison.Ordinal);
        if (at < 0) throw new InvalidOperationException($"the mutant \"{mutant.Name}\": {mutant.File} no longer holds {mutant.Original}; plant it where that code went");
        if (text.IndexOf(mutant.Original, at + 1, StringComparison.Ordinal) >= 0)
            throw new InvalidOperationException($"the mutant \"{mutant.Name}\": {mutant.File} holds {mutant.Original} more than once; quote more of it");
        return text[..at] + mutant.Replacement + text[(at + mutant.Original.Length)..];
    }

    private static SyntaxTree Parse(string text, string file) => CSharpSyntaxTree.ParseText(text, WithoutNullability.Of(new CSharpParseOptions(LanguageVersion.Latest)), file, Encoding.UTF8);

    private static string ThisFolder([CallerFilePath] string path = "") => Path.GetDirectoryName(path)!;
}
