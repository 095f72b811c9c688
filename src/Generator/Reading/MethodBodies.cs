using System.Threading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>The bodies of methods and local functions and the initializers of fields as operation trees, bound once for both readings of a model.</summary>
internal sealed class MethodBodies(Compilation compilation)
{
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    private readonly Dictionary<IMethodSymbol, IBlockOperation?> bodies = new(SymbolEqualityComparer.Default);

    /// <summary>The block of a method of this compilation; null where there is none to read (abstract, extern, from metadata).</summary>
    public IBlockOperation? Find(IMethodSymbol method, CancellationToken cancellation)
    {
        if (bodies.TryGetValue(method, out var known)) return known;
        IBlockOperation? block = null;
        if (method.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is { } syntax)
        {
            block = Operation(syntax, cancellation) switch
            {
                IMethodBodyOperation body => body.BlockBody ?? body.ExpressionBody,
                ILocalFunctionOperation local => local.Body,
                _ => null,
            };
        }
        bodies.Add(method, block);
        return block;
    }

    /// <summary>What a field of this compilation begins with; null where it has no initializer.</summary>
    public IOperation? Initializer(IFieldSymbol field, CancellationToken cancellation)
        => field.DeclaringSyntaxReferences.FirstOrDefault()?.GetSyntax(cancellation) is VariableDeclaratorSyntax { Initializer: { } initializer }
            ? (Operation(initializer, cancellation) as IFieldInitializerOperation)?.Value
            : null;

    private IOperation? Operation(SyntaxNode syntax, CancellationToken cancellation)
    {
        if (!models.TryGetValue(syntax.SyntaxTree, out var model)) models.Add(syntax.SyntaxTree, model = compilation.GetSemanticModel(syntax.SyntaxTree));
        return model.GetOperation(syntax, cancellation);
    }
}
