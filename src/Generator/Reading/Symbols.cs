using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Reading;

/// <summary>Questions about symbols of the library DlGen, answered by name: they hold for every version of it and need no lookup per compilation.</summary>
internal static class Symbols
{
    public const string Model = "DlGen.ModelAttribute";

    /// <summary>Whether it is the type of that name directly in the namespace DlGen.</summary>
    public static bool IsLibrary(this ITypeSymbol? type, string name)
        => type is not null && type.Name == name && type.ContainingType is null
        && type.ContainingNamespace is { Name: "DlGen", ContainingNamespace.IsGlobalNamespace: true };

    public static bool IsTensor(this ITypeSymbol? type) => type.IsLibrary("Tensor");

    /// <summary>The elements of a tuple that is made of tensors alone; empty for all other types.</summary>
    public static IReadOnlyList<IFieldSymbol> TensorElements(this ITypeSymbol? type)
        => type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => e.Type.IsTensor()) ? tuple.TupleElements.ToArray() : [];

    public static bool DerivesFrom(this ITypeSymbol? type, string name)
    {
        for (var ancestor = type?.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
            if (ancestor.IsLibrary(name)) return true;
        return false;
    }

    public static AttributeData? FindAttribute(this ISymbol symbol, string name)
        => symbol.GetAttributes().FirstOrDefault(a => a.AttributeClass.IsLibrary(name));

    /// <summary>[Input(…)], [Tokens(…)] or [Lengths(…)].</summary>
    public static AttributeData? FindInput(this ISymbol symbol) => symbol.FindInputs().FirstOrDefault();

    /// <summary>All that say what an input is: there should be one.</summary>
    public static IEnumerable<AttributeData> FindInputs(this ISymbol symbol)
        => new[] { "InputAttribute", "TokensAttribute", "LengthsAttribute" }.Select(symbol.FindAttribute).OfType<AttributeData>();

    public static bool IsModel(this INamedTypeSymbol? type) => type?.FindAttribute("ModelAttribute") is not null;

    /// <summary>Whether a method takes or gives tensors: it is read, never run.</summary>
    public static bool IsSymbolic(this IMethodSymbol method)
        => method.ReturnType.Mentions() || method.Parameters.Any(p => p.Type.Mentions());

    /// <summary>The place of an attribute as the user wrote it: "Linear(10)".</summary>
    public static Location Place(this AttributeData attribute, CancellationToken cancellation)
        => attribute.ApplicationSyntaxReference?.GetSyntax(cancellation).GetLocation() ?? Location.None;

    public static Location Place(this ISymbol symbol) => symbol.Locations.FirstOrDefault(l => l.IsInSource) ?? Location.None;

    /// <summary>Where a declaration of a type is named.</summary>
    public static Location Name(this TypeDeclarationSyntax declaration) => declaration.Identifier.GetLocation();

    /// <summary>The name as generated code must write it: @in.</summary>
    public static string Identifier(this ISymbol symbol) => SyntaxFacts.GetKeywordKind(symbol.Name) == SyntaxKind.None ? symbol.Name : "@" + symbol.Name;

    /// <summary>A signature with a type that does not exist or with a name twice already has the compiler's error.</summary>
    public static bool IsBroken(this IMethodSymbol method)
        => method.ReturnType.TypeKind == TypeKind.Error || method.Parameters.Any(p => p.Type.TypeKind == TypeKind.Error)
        || method.Parameters.Select(p => p.Name).Distinct(StringComparer.Ordinal).Count() < method.Parameters.Length;

    /// <summary>Whether tensors are in it: a tuple, array, list or function of them, or one itself.</summary>
    public static bool Mentions(this ITypeSymbol type) => type switch
    {
        INamedTypeSymbol { IsTupleType: true } tuple => tuple.TupleElements.Any(e => e.Type.Mentions()),
        IArrayTypeSymbol array => array.ElementType.Mentions(),
        INamedTypeSymbol { IsGenericType: true } generic => generic.TypeArguments.Any(Mentions),
        _ => type.IsTensor() || type.IsLibrary("TensorList"),
    };
}
