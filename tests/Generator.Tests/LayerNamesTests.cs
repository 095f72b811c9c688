using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace DlGen.Tests;

/// <summary>
/// What comes after Layers knows no layer: no name of the catalogue is an identifier or stands in a text there, comments aside. Names that are also an
/// op's or a scalar function's (Reshape, Attention, Tanh) are those.
/// </summary>
public class LayerNamesTests
{
    public static TheoryData<string> Folders => ["Ops", "Lowering", "Kernels", "Cpu", "Cuda"];

    [Theory]
    [MemberData(nameof(Folders))]
    public void No_layer_is_named_behind_the_layers(string folder)
    {
        string path = Path.Combine(CatalogueTests.Repository, "src", "Generator", folder);
        string[] files = Directory.Exists(path) ? Directory.GetFiles(path, "*.cs", SearchOption.AllDirectories) : [];
        Assert.NotEmpty(files);
        var known = Enum.GetNames<ScalarOp>().Concat(typeof(Op).Assembly.GetTypes().Where(t => t.IsSubclassOf(typeof(Op))).Select(t => t.Name.Replace("Op", "", StringComparison.Ordinal))).Append("Step"); // of a slice
        var layers = Catalogue.Layers.Keys.Concat(Catalogue.Losses.Keys).Except(known).ToHashSet(StringComparer.Ordinal);
        Assert.Contains("LayerNorm", layers);

        var found = from file in files
                    from token in CSharpSyntaxTree.ParseText(File.ReadAllText(file)).GetRoot().DescendantTokens()
                    where token.IsKind(SyntaxKind.IdentifierToken) ? layers.Contains(token.ValueText) : IsText(token) && Words(token.ValueText).Any(layers.Contains)
                    select Path.GetFileName(file) + ": " + token;
        Assert.Empty(found);
    }

    private static bool IsText(SyntaxToken token)
        => token.Kind() is SyntaxKind.StringLiteralToken or SyntaxKind.InterpolatedStringTextToken or SyntaxKind.SingleLineRawStringLiteralToken or SyntaxKind.MultiLineRawStringLiteralToken;

    private static string[] Words(string text) => text.Split([.. text.Where(c => !char.IsLetterOrDigit(c)).Distinct()], StringSplitOptions.RemoveEmptyEntries);
}
