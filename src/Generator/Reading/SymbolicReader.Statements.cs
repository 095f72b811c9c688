using System.Runtime.CompilerServices;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Statements: conditions are constants, so one path through the body is the network.</summary>
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
            case IReturnOperation { Kind: OperationKind.Return } returned:
                return new Completion(Flow.Return, returned.ReturnedValue is { } value ? Evaluate(value) : null);
            case IConditionalOperation conditional:
                if (Condition(conditional.Condition)) return Execute(conditional.WhenTrue);
                return conditional.WhenFalse is { } otherwise ? Execute(otherwise) : Completion.Next;
            case IForLoopOperation loop:
                return Execute(loop);
            case IForEachLoopOperation loop:
                return Execute(loop);
            case IWhileLoopOperation loop:
                return Execute(loop);
            case ISwitchOperation choice:
                return Execute(choice);
            case IBranchOperation { BranchKind: BranchKind.Break }:
                return new Completion(Flow.Break, null);
            case IBranchOperation { BranchKind: BranchKind.Continue }:
                return new Completion(Flow.Continue, null);
            case IEmptyOperation or ILocalFunctionOperation:
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

    private void Declare(IVariableDeclaratorOperation declarator)
    {
        if (declarator.Symbol.RefKind != RefKind.None) throw Unread(declarator, "a ref local", "assign the value to an ordinary local");
        var initializer = declarator.Initializer ?? (declarator.Parent as IVariableDeclarationOperation)?.Initializer;
        if (initializer is null) Declare(declarator.Symbol);
        else Declare(declarator.Symbol, Evaluate(initializer.Value));
    }

    private bool Condition(IOperation condition) => Evaluate(condition) is bool value ? value : throw Unread(condition);
}
