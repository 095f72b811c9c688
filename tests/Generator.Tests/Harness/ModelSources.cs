using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Tests.Harness;

/// <summary>The models of the samples and of the tests that run them, each a source of its own with the types that it names.</summary>
internal static class ModelSources
{
    private static readonly string[] Folders = ["samples", "benchmarks", "tests/Usage.Tests", "tests/Execution.Tests/Programs", "tests/Execution.Tests/Behaviour"];

    public static IReadOnlyList<string> All { get; } =
    [
        .. Folders.Select(folder => Path.Combine(CatalogueTests.Repository, folder))
            .SelectMany(folder => Directory.GetFiles(folder, "*.cs", SearchOption.AllDirectories)).Where(file => !file.Contains($"{Path.DirectorySeparatorChar}obj{Path.DirectorySeparatorChar}", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal).SelectMany(file => Models(File.ReadAllText(file))),
    ];

    /// <summary>Classes of the file, and those that it holds as texts.</summary>
    private static IEnumerable<string> Models(string text)
    {
        var root = Parse(text);
        var types = root.DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(t => t.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax).ToList();
        foreach (var model in types.Where(IsModel)) yield return Source(WithNamed(model, types).Select(t => t.ToFullString()));
        foreach (var literal in root.DescendantTokens().Where(t => t.IsKind(SyntaxKind.MultiLineRawStringLiteralToken) && t.ValueText.Contains("[Model", StringComparison.Ordinal)))
        {
            string held = literal.ValueText.Replace("{P}", "", StringComparison.Ordinal);
            if (Parse(held).DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Any(IsModel)) yield return held.Contains("using DlGen;", StringComparison.Ordinal) ? held : Source([held]);
        }
    }

    private static IEnumerable<BaseTypeDeclarationSyntax> WithNamed(BaseTypeDeclarationSyntax first, IReadOnlyList<BaseTypeDeclarationSyntax> types)
    {
        var found = new List<BaseTypeDeclarationSyntax> { first };
        for (int i = 0; i < found.Count; i++)
        {
            var names = found[i].DescendantTokens().Where(t => t.IsKind(SyntaxKind.IdentifierToken)).Select(t => t.ValueText).ToHashSet(StringComparer.Ordinal);
            found.AddRange(types.Where(t => !found.Contains(t) && (names.Contains(t.Identifier.ValueText) || t.Members().Any(names.Contains))));
        }
        return found;
    }

    /// <summary>Names of extension methods, by which a class is used without its name.</summary>
    private static IEnumerable<string> Members(this BaseTypeDeclarationSyntax type) => type.ChildNodes().OfType<MethodDeclarationSyntax>()
        .Where(m => m.ParameterList.Parameters.FirstOrDefault()?.Modifiers.Any(SyntaxKind.ThisKeyword) == true).Select(m => m.Identifier.ValueText);

    private static bool IsModel(BaseTypeDeclarationSyntax type) => type.AttributeLists.SelectMany(l => l.Attributes).Any(a => a.Name.ToString() == "Model");

    private static string Source(IEnumerable<string> types) => "using System;\nusing System.Collections.Generic;\nusing DlGen;\n" + string.Concat(types);

    private static CompilationUnitSyntax Parse(string text) => CSharpSyntaxTree.ParseText(text, TestCompilation.Parsing).GetCompilationUnitRoot();
}
