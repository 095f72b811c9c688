using System.Threading;
using DlGen.Diagnostics;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>The method Forward is the network: its body and those of the helpers it calls are evaluated over IOperation. Bodies are bound once for both readings.</summary>
internal sealed class ForwardForm(IMethodSymbol forward, Compilation compilation) : NetworkForm
{
    private readonly Dictionary<SyntaxTree, SemanticModel> models = [];
    private readonly Dictionary<IMethodSymbol, IBlockOperation?> bodies = new(SymbolEqualityComparer.Default);

    public override Value Read(NetworkReading reading, CancellationToken cancellation) => new ForwardReader(this, reading, cancellation).Read(forward);

    /// <summary>The block of a method of this compilation; null where there is none to read (abstract, extern, from metadata).</summary>
    public IBlockOperation? Body(IMethodSymbol method, CancellationToken cancellation)
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
