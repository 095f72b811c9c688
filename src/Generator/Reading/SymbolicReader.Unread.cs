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
        IAnonymousFunctionOperation => ("a lambda as an expression tree", "use a Func"),
        IDelegateCreationOperation => ("this delegate", "use a lambda, a local function or a static method"),
        ITryOperation => ("try", $"leave it out: reading {root.Name} throws nothing"),
        IUsingOperation or IUsingDeclarationOperation => ("using", $"leave it out: {root.Name} owns nothing"),
        ILockOperation => ("lock", $"leave it out: {root.Name} never runs"),
        IThrowOperation => ("throw", "leave it out: the compiler reports wrong shapes itself"),
        IAwaitOperation => ("await", $"{root.Name} never runs, so nothing is there to wait for"),
        IObjectCreationOperation or ITypeParameterObjectCreationOperation or IAnonymousObjectCreationOperation => ($"'new {operation.Type?.Name}'", "use tensors, constants, tuples, arrays and List"),
        IArrayCreationOperation => ("an array with several axes", "use an array of arrays or of tuples"),
        IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation => ("this index", "use an int, ^1 or a range into an array or list"),
        IFieldReferenceOperation field => ($"the field '{field.Field.Name}', whose value is known only at run time", "make it const, or static readonly with an initializer"),
        IPropertyReferenceOperation property => ($"the property '{property.Property.Name}', whose value is known only at run time", "use a const field or a local variable"),
        IInvocationOperation { TargetMethod.ContainingType.Name: "Enumerable" } call => ($"a call of 'Enumerable.{call.TargetMethod.Name}'", "use a loop over an array or list"),
        IInvocationOperation call => ($"a call of '{call.TargetMethod.ContainingType?.Name}.{call.TargetMethod.Name}'", "call methods of Tensor, of Math, or static methods of this project"),
        IPatternOperation or IIsTypeOperation or ICaseClauseOperation => ("this pattern", "use constants, comparisons, tuples and when"),
        IConditionalAccessOperation => ("a choice by null", "use ?? or ?: on a constant condition"),
        IInstanceReferenceOperation => ("this", $"{root.Name} is static: use its parameters and constants"),
        ILabeledOperation or IBranchOperation => ("goto", "use if and loops"),
        IReturnOperation => ("yield", "fill a List and return it"),
        IBinaryOperation or IUnaryOperation or ICompoundAssignmentOperation or IIncrementOrDecrementOperation
            => ("an operator that has no constant value here (a division by zero, or operands of another type)", "use int, long, float, double and bool"),
        _ => ($"this ({operation.Syntax.Kind()})", "use locals, constants, if, loops, switch, and methods of Tensor"),
    };
}
