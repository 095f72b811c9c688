using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;
using Microsoft.CodeAnalysis.Text;

namespace DlGen.Reading;

/// <summary>Statements: conditions and loop bounds are constants, so one path through the body is the network.</summary>
internal sealed partial class SymbolicReader
{
    private enum Flow { Next, Break, Continue, Return }

    private readonly record struct Completion(Flow Flow, object? Value)
    {
        public static Completion Next => new(Flow.Next, null);
    }

    private Completion Execute(IOperation statement)
    {
        cancellation.ThrowIfCancellationRequested();
        RuntimeHelpers.EnsureSufficientExecutionStack();
        switch (statement)
        {
            case IBlockOperation block:
                return ExecuteAll(block.Operations);
            case IVariableDeclarationGroupOperation group:
                foreach (var declarator in group.Declarations.SelectMany(d => d.Declarators)) Declare(declarator);
                return Completion.Next;
            case IExpressionStatementOperation expression:
                Evaluate(expression.Operation);
                return Completion.Next;
            case IReturnOperation { Kind: OperationKind.Return, ReturnedValue: { } value }:
                return new Completion(Flow.Return, Evaluate(value));
            case IConditionalOperation conditional:
                if (Condition(conditional.Condition)) return Execute(conditional.WhenTrue);
                return conditional.WhenFalse is { } otherwise ? Execute(otherwise) : Completion.Next;
            case IForLoopOperation loop:
                return Execute(loop);
            case IBranchOperation { BranchKind: BranchKind.Break }:
                return new Completion(Flow.Break, null);
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                return new Completion(Flow.Continue, null);
            case IEmptyOperation:
                return Completion.Next;
            default:
                throw Unread(statement);
        }
    }

    private Completion ExecuteAll(IEnumerable<IOperation> statements)
    {
        foreach (var statement in statements)
            if (Execute(statement) is { Flow: not Flow.Next } completion) return completion;
        return Completion.Next;
    }

    private Completion Execute(IForLoopOperation loop)
    {
        ExecuteAll(loop.Before);
        while (loop.Condition is null || Condition(loop.Condition))
        {
            CountStep(LoopPlace(loop), "loops");
            var completion = Execute(loop.Body);
            if (completion.Flow == Flow.Return) return completion;
            if (completion.Flow == Flow.Break) break;
            ExecuteAll(loop.AtLoopBottom);
        }
        return Completion.Next;
    }

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        if (declarator.Symbol.RefKind != RefKind.None) throw Unread(declarator, "a ref local", "assign the value to an ordinary local");
        var initializer = declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer;
        if (initializer is not null) variables[declarator.Symbol] = Evaluate(initializer.Value);
    }

    private bool Condition(IOperation condition) => Evaluate(condition) is bool value ? value : throw Unread(condition);

    /// <summary>"for (int i = 0; i &lt; n; i++)" without the body.</summary>
    private static Location LoopPlace(IForLoopOperation loop)
        => loop.Syntax is ForStatementSyntax statement
            ? Location.Create(statement.SyntaxTree, TextSpan.FromBounds(statement.SpanStart, statement.CloseParenToken.Span.End))
            : loop.Syntax.GetLocation();
}
