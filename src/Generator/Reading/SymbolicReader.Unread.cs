using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>What Forward and Loss can't contain, in words, and what to write instead.</summary>
internal sealed partial class SymbolicReader
{
    private ReadException Unread(IOperation operation)
    {
        if (operation.Kind == OperationKind.Invalid || operation.Type?.TypeKind == TypeKind.Error) return ReadException.DoesNotCompile;
        var (what, instead) = Describe(operation);
        return Unread(operation, what, instead);
    }

    private (string What, string Instead) Describe(IOperation operation) => operation switch
    {
        IForEachLoopOperation => ("foreach", "use a for loop with constant bounds"),
        IWhileLoopOperation => ("a while loop", "use a for loop with constant bounds"),
        ISwitchOperation or ISwitchExpressionOperation => ("a switch", "use if or ?: on constants"),
        IAnonymousFunctionOperation or IDelegateCreationOperation => ("a lambda or delegate", "write a static method and call it"),
        ILocalFunctionOperation => ("a local function", "write a static method of the class"),
        ITryOperation => ("try", $"leave it out: reading {root.Name} throws nothing"),
        IUsingOperation or IUsingDeclarationOperation => ("using", $"leave it out: {root.Name} owns nothing"),
        ILockOperation => ("lock", $"leave it out: {root.Name} never runs"),
        IThrowOperation => ("throw", "leave it out: the compiler reports wrong shapes itself"),
        IAwaitOperation => ("await", $"{root.Name} never runs, so nothing is there to wait for"),
        IObjectCreationOperation created => ($"'new {created.Type?.Name}'", "use tensors, numbers and arrays of constants"),
        IArrayCreationOperation => ("an array without elements", "list its elements"),
        IInterpolatedStringOperation => ("an interpolated string", "use a constant string"),
        IFieldReferenceOperation field => ($"the field '{field.Field.Name}', whose value is known only at run time", "make it const"),
        IPropertyReferenceOperation property => ($"the property '{property.Property.Name}', whose value is known only at run time", "use a const field or a local variable"),
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.DelegateInvoke } } => ("a call of a delegate", "call a static method by its name"),
        IInvocationOperation { TargetMethod: { MethodKind: MethodKind.LocalFunction } } => ("a call of a local function", "write a static method of the class"),
        IInvocationOperation call => ($"a call of '{call.TargetMethod.ContainingType?.Name}.{call.TargetMethod.Name}'", "call methods of Tensor, of Math, or static methods of this project"),
        IIsPatternOperation or IIsTypeOperation => ("a pattern", "use comparisons"),
        ICoalesceOperation or IConditionalAccessOperation => ("a choice by null", "use ?: on a constant condition"),
        IInstanceReferenceOperation => ("this", $"{root.Name} is static: use its parameters and constants"),
        ILabeledOperation or IBranchOperation => ("goto", "use if and for"),
        IReturnOperation => ("yield or a return without value", "return a tensor"),
        IBinaryOperation or IUnaryOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation
            => ("an operator that has no constant value here (a division by zero, or operands of another type)", "use int, long, float, double and bool"),
        _ => ($"this ({operation.Syntax.Kind()})", "use locals, constants, if, for, and methods of Tensor"),
    };
}
