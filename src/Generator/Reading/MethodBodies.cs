using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>The bodies of methods as operation trees, bound once for both readings of a model.</summary>
internal sealed class MethodBodies(Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    private readonly Dictionary<IMethodSymbol, IBlockOperation?> bodies = new(SymbolEqualityComparer.Default);

    /// <summary>The block of a method of this compilation; null where there is none to read (abstract, extern, from metadata).</summary>
    public IBlockOperation? Find(IMethodSymbol method, CancellationToken cancellation)
    {
        method = method.PartialImplementationPart ?? method;
        if (bodies.TryGetValue(method, out var known)) return known;
        IBlockOperation? block = null;
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax)
        {
            if (!models.TryGetValue(syntax.SyntaxTree, out var model)) models.Add(syntax.SyntaxTree, model = compilation.GetSemanticModel(syntax.SyntaxTree));
            if (model.GetOperation(syntax, cancellation) is IMethodBodyOperation body) block = body.BlockBody ?? body.ExpressionBody;
        }
        bodies.Add(method, block);
        return block;
    }
}
