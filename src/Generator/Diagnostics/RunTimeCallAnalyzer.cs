using System.Collections.Immutable;
using DlGen.Reading;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Diagnostics;

/// <summary>
/// Calling Forward, Loss or another method over tensors of a [Model] class from ordinary code compiles and would throw; also taking it as a delegate.
/// Methods over tensors may call each other: they are all only read.
/// </summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class RunTimeCallAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = ImmutableArray.Create(Descriptors.RunTimeCall);

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.EnableConcurrentExecution();
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.RegisterOperationAction(Analyze, OperationKind.Invocation, OperationKind.MethodReference);
    }

    private static void Analyze(OperationAnalysisContext context)
    {
        var target = context.Operation is IInvocationOperation call ? call.TargetMethod : ((IMethodReferenceOperation)context.Operation).Method;
        if (!target.IsSymbolic() || !target.ContainingType.IsModel()) return;
        // A field over tensors is read too: static readonly Func<Tensor, Tensor> Activation = Twice.
        if (context.ContainingSymbol is IMethodSymbol caller && caller.IsSymbolic() || context.ContainingSymbol is IFieldSymbol field && field.Type.Mentions()) return;
        if (IsNameOf(context.Operation.Syntax)) return;
        context.ReportDiagnostic(Diagnostic.Create(Descriptors.RunTimeCall, context.Operation.Syntax.GetLocation(), target.Name));
    }

    private static bool IsNameOf(SyntaxNode syntax)
        => syntax.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "nameof" } } };
}
