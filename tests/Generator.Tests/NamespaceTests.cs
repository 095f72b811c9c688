using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests;

/// <summary>
/// The road has one direction: what a stage may not know of, its files do not name, neither by a using nor before a dot. Above all the kernel records
/// know no machine, so each printer reads the same ones and none reads another's.
/// </summary>
public class NamespaceTests
{
    public static TheoryData<string, string[]> Unknown { get; } = new()
    {
        { "Ops", ["Kernels", "Lowering", "Cpu", "Ptx", "Emission", "Reading", "Layers"] },
        { "Kernels", ["Lowering", "Cpu", "Ptx", "Emission", "Reading", "Layers"] },
        { "Lowering", ["Cpu", "Ptx", "Emission", "Reading", "Layers"] },
        { "Cpu", ["Lowering", "Ptx", "Reading", "Layers"] },
        { "Cuda", ["Lowering", "Cpu", "Emission", "Reading", "Layers"] },
    };

    [Theory]
    [MemberData(nameof(Unknown))]
    public void No_stage_names_what_it_does_not_know(string folder, string[] unknown)
    {
        string[] files = Directory.GetFiles(Path.Combine(CatalogueTests.Repository, "src", "Generator", folder), "*.cs", SearchOption.AllDirectories);
        Assert.NotEmpty(files);
        var found = from file in files
                    from token in CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantTokens()
                    where token.IsKind(SyntaxKind.IdentifierToken) && unknown.Contains(token.ValueText) && IsNamespace(token)
                    select Path.GetFileName(file) + ": " + token.Parent;
        Assert.Empty(found);
    }

    /// <summary>Behind "DlGen.", or before a dot and behind none: a property of that name has its owner's dot before it.</summary>
    private static bool IsNamespace(SyntaxToken token)
    {
        var before = token.GetPreviousToken();
        if (before.IsKind(SyntaxKind.DotToken)) return before.GetPreviousToken().ValueText == "DlGen";
        return token.GetNextToken().IsKind(SyntaxKind.DotToken);
    }
}
