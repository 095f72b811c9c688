using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace DlGen.Reading;

/// <summary>What must hold of a class so that members can be added to it; where it does not, nothing is generated and the analyzer says why.</summary>
internal static class ClassRules
{
    /// <summary>Names as C# must write them: @class.</summary>
    private static readonly SymbolDisplayFormat Written = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameOnly, genericsOptions: SymbolDisplayGenericsOptions.IncludeTypeParameters,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    private static readonly SymbolDisplayFormat WrittenNamespace = new(
        typeQualificationStyle: SymbolDisplayTypeQualificationStyle.NameAndContainingTypesAndNamespaces,
        miscellaneousOptions: SymbolDisplayMiscellaneousOptions.EscapeKeywordIdentifiers);

    /// <summary>Generated members that no member of the user's may share its name with, and methods that only another method may overload.</summary>
    private static readonly string[] Exclusive = ["Info", "Parameters", "Pass", "Stepping", "TrainingLoop", "CudaModel", "_network"];

    private static readonly string[] GeneratedMembers =
    [
        "Predict", "Classify", "Save", "Load", "CreatePass", "CreateSteps", "Generate", "ComputeGradients", "TrainBatch", "Train", "Evaluate", "Data", "CheckBatch", "RunStep", "FitScaling", "BatchWeight", "Weigh",
        "StartTraining", "OnCuda", "ReadMethod", "ReadLoss", "CountedLabels",
    ];

    public static List<Diagnostic> Check(INamedTypeSymbol model, CancellationToken cancellation)
    {
        var problems = new List<Diagnostic>();
        for (var type = model; type is not null; type = type.ContainingType)
            foreach (var declaration in Declarations(type, cancellation))
                if (!declaration.Modifiers.Any(SyntaxKind.PartialKeyword))
                    problems.Add(Diagnostic.Create(Descriptors.NotPartial, declaration.Name(), type.Name));

        string? reason =
            model.IsStatic ? "is static, but a model has instances; remove static"
            : model.IsAbstract ? "is abstract, but the generated Load creates it; remove abstract"
            : model.Arity > 0 ? "is generic; a network has constant sizes, so write one class per network"
            : model.IsFileLocal ? "is file-local, and the generator can't add to it from another file; make it internal"
            : Declarations(model, cancellation).Any(d => d.ParameterList is not null) ? "has a primary constructor, and the generator adds the constructor; use fields or properties"
            : GeneratedMembers.Contains(model.Name) || Exclusive.Contains(model.Name) ? "has the name of one of its generated members; rename it"
            : OwnMembers(model).FirstOrDefault(m => Exclusive.Contains(m.Name) || (m is not IMethodSymbol && GeneratedMembers.Contains(m.Name))) is { } taken
                ? $"has a member {taken.Name}, and so has the generated part; rename it"
            : OwnMembers(model).OfType<IMethodSymbol>().Any(m => m.MethodKind == MethodKind.Constructor && !StartsFromAnother(m, cancellation))
                ? "has a constructor that bypasses the generated one; let it begin with : this(seed)"
            : null;
        if (reason is not null)
            problems.Add(Diagnostic.Create(Descriptors.UnsupportedClass, Declarations(model, cancellation).First().Name(), model.Name, reason));
        return problems;
    }

    /// <summary>What the user wrote; an analyzer sees the generated members too.</summary>
    private static IEnumerable<ISymbol> OwnMembers(INamedTypeSymbol model)
        => model.GetMembers().Where(m => !m.IsImplicitlyDeclared && m.DeclaringSyntaxReferences.Any(r => !r.SyntaxTree.FilePath.EndsWith(".g.cs", StringComparison.Ordinal)));

    private static bool StartsFromAnother(IMethodSymbol constructor, CancellationToken cancellation)
        => constructor.IsStatic || constructor.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<ConstructorDeclarationSyntax>()
            .All(c => c.Initializer?.IsKind(SyntaxKind.ThisConstructorInitializer) == true);

    /// <summary>The declaration without its network: where its members go.</summary>
    public static Declaration Describe(INamedTypeSymbol model)
    {
        var containing = new Stack<ContainingType>();
        for (var type = model.ContainingType; type is not null; type = type.ContainingType)
            containing.Push(new ContainingType(Keyword(type), type.ToDisplayString(Written)));
        return new Declaration(
            model.ContainingNamespace.IsGlobalNamespace ? "" : model.ContainingNamespace.ToDisplayString(WrittenNamespace),
            containing.ToEquatableArray(), model.ToDisplayString(Written), SyntaxFacts.GetText(model.DeclaredAccessibility), Keyword(model),
            Float64: false, Training: null, Prediction: null, EquatableArray<LayerSummary>.Empty, EquatableArray<Layers.FittedScaling>.Empty, Classification: null, HasForward: false, HasLoss: false,
            EquatableArray<NamedArgument>.Empty, EquatableArray<string>.Empty, Error: null);
    }

    public static IEnumerable<TypeDeclarationSyntax> Declarations(INamedTypeSymbol type, CancellationToken cancellation)
        => type.DeclaringSyntaxReferences.Select(r => r.GetSyntax(cancellation)).OfType<TypeDeclarationSyntax>();

    private static string Keyword(INamedTypeSymbol type) => (type.TypeKind, type.IsRecord) switch
    {
        (TypeKind.Interface, _) => "interface",
        (TypeKind.Struct, true) => "record struct",
        (TypeKind.Struct, false) => "struct",
        (_, true) => "record",
        _ => "class",
    };
}
