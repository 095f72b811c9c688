using System.Globalization;
using System.Runtime.CompilerServices;
using DlGen.Diagnostics;
using DlGen.Graphs;
using DlGen.Layers;
using DlGen.Ops;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>
/// Expressions. A value is a tensor (<see cref="Value"/>), a tuple (<see cref="TupleValue"/>), a Shape, an Initializer, a SlicePart, an array (object?[]) or a C# constant. A number that
/// converts to Tensor stays a number until an op takes it in.
/// </summary>
internal sealed partial class SymbolicReader
{
    private object? Evaluate(IOperation operation)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        if (operation.ConstantValue is { HasValue: true, Value: var constant }) return constant;
        switch (operation)
        {
            case IParenthesizedOperation parenthesized:
                return Evaluate(parenthesized.Operand);
            case IConversionOperation conversion:
                return Converted(conversion);
            case ILocalReferenceOperation local when Assigned(local.Local) is { } variable:
                return Local(operation, variable.Value);
            case IParameterReferenceOperation parameter when Assigned(parameter.Parameter) is { } variable:
                return Local(operation, variable.Value);
            // extension(Tensor x): what its methods are called on is known by the block.
            case IParameterReferenceOperation { Parameter.ContainingSymbol: INamedTypeSymbol block } when Assigned(block.OriginalDefinition) is { } receiver:
                return Local(operation, receiver.Value);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd } and:
                return Condition(and.LeftOperand) && Condition(and.RightOperand);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalOr } or:
                return Condition(or.LeftOperand) || Condition(or.RightOperand);
            case IBinaryOperation binary:
                return Binary(binary);
            case IUnaryOperation unary:
                return Unary(unary, Evaluate(unary.Operand));
            case IConditionalOperation { WhenFalse: { } otherwise } conditional:
                return Evaluate(Condition(conditional.Condition) ? conditional.WhenTrue : otherwise);
            case ITupleOperation tuple:
                return new TupleValue(tuple.Elements.Select(Evaluate).ToArray());
            case IFieldReferenceOperation { Instance: not null, Field.ContainingType.IsTupleType: true } element:
                return Element(element);
            case IPropertyReferenceOperation property:
                return Property(property);
            case IInvocationOperation invocation:
                return Invoke(invocation);
            default:
                return EvaluateFurther(operation);
        }
    }

    /// <summary>What does not nest deeply; apart, so that what does takes little of the stack.</summary>
    private object? EvaluateFurther(IOperation operation)
    {
        switch (operation)
        {
            case IDeclarationExpressionOperation declaration:
                return Evaluate(declaration.Expression);
            case ISimpleAssignmentOperation { IsRef: false } assignment:
                return Assign(assignment.Target, assignment.Value);
            case ICompoundAssignmentOperation compound:
                return Assign(compound);
            case IIncrementOrDecrementOperation step:
                return Step(step);
            case IDeconstructionAssignmentOperation deconstruction:
                return Assign(deconstruction.Target, deconstruction.Value);
            case ISwitchExpressionOperation choice:
                return Evaluate(choice);
            case IIsPatternOperation test:
                return Matches(test.Pattern, Evaluate(test.Value));
            case IIsTypeOperation test:
                return IsOf(test, test.TypeOperand, Evaluate(test.ValueOperand)) != test.IsNegated;
            case ITupleBinaryOperation comparison:
                return Compare(comparison);
            case ICoalesceOperation choice:
                return Evaluate(choice.Value) ?? Evaluate(choice.WhenNull);
            case ICoalesceAssignmentOperation choice:
                return CoalesceAssign(choice);
            case IDelegateCreationOperation creation:
                return ToClosure(creation);
            case IFieldReferenceOperation { Field: { IsStatic: true, IsReadOnly: true } field }:
                return ReadOnlyField(operation, field);
            case IInterpolatedStringOperation text:
                return Interpolate(text);
            case IArrayCreationOperation creation:
                return NewArray(creation);
            case IObjectCreationOperation creation:
                return NewList(creation);
            case IArrayElementReferenceOperation or IImplicitIndexerReferenceOperation:
                return ElementOf(operation).Read();
            case IRangeOperation range:
                return Range(range);
            case IDefaultValueOperation:
                return null;
            case { Kind: CollectionExpression } or { Kind: OperationKind.None, Syntax: CollectionExpressionSyntax }:
                return Collect(operation);
            default:
                throw Unread(operation);
        }
    }

    /// <summary>A tensor from a tensor or a number.</summary>
    private Value Tensor(IOperation operation, object? value) => value switch
    {
        Value tensor => tensor,
        null => throw Unread(operation, "null in place of a tensor", "use a tensor"),
        _ when Constants.IsConvertible(value) => Graph.Scalar(Convert.ToDouble(value, CultureInfo.InvariantCulture)),
        _ => throw Unread(operation),
    };

    private object? Converted(IConversionOperation conversion)
    {
        if (!conversion.Conversion.Exists) throw ReadException.DoesNotCompile;
        object? value = Evaluate(conversion.Operand);
        if (conversion.OperatorMethod?.ContainingType.IsLibrary("Initializer") == true)
            return AttributeReader.Initializer(conversion.Operand.Type, value, scale: 1);
        if (value is ulong or char or decimal) throw Unread(conversion, $"a number of type {value.GetType().Name}", "use int, long, float or double");
        if (value is TupleValue tuple && conversion.Type is INamedTypeSymbol { IsTupleType: true } type) return Converted(tuple, type);
        if (!conversion.Conversion.IsUserDefined && !Fits(value, conversion.Type) && !Constants.IsConvertible(value)) throw Unread(conversion, "a cast that fails", "leave it out");
        if (conversion.OperatorMethod is not null || !Constants.IsConvertible(value)) return value;
        return Constants.Convert(value!, conversion.Type) ?? throw Unread(conversion, $"a conversion to {conversion.Type?.ToDisplayString()}", "use int, long, float or double");
    }

    private object? Binary(IOperation operation, BinaryOperatorKind kind, IMethodSymbol? method, object? left, object? right)
    {
        if (method?.ContainingType.IsTensor() == true)
        {
            if (left is null || right is null || !IsOperand(left) || !IsOperand(right)) throw Unread(operation);
            return Build(operation.Syntax.GetLocation(), () => kind switch
            {
                BinaryOperatorKind.Add => Arithmetic.Apply(Graph, ScalarOp.Add, left, right),
                BinaryOperatorKind.Subtract => Arithmetic.Apply(Graph, ScalarOp.Subtract, left, right),
                BinaryOperatorKind.Multiply => Arithmetic.Apply(Graph, ScalarOp.Multiply, left, right),
                BinaryOperatorKind.Divide => Arithmetic.Apply(Graph, ScalarOp.Divide, left, right),
                BinaryOperatorKind.LessThan => Arithmetic.Apply(Graph, ScalarOp.Less, left, right),
                BinaryOperatorKind.GreaterThan => Arithmetic.Apply(Graph, ScalarOp.Less, right, left),
                BinaryOperatorKind.LessThanOrEqual => Arithmetic.Apply(Graph, ScalarOp.LessOrEqual, left, right),
                BinaryOperatorKind.GreaterThanOrEqual => Arithmetic.Apply(Graph, ScalarOp.LessOrEqual, right, left),
                BinaryOperatorKind.Equals => Arithmetic.Apply(Graph, ScalarOp.Equal, left, right),
                BinaryOperatorKind.NotEquals => Arithmetic.Apply(Graph, ScalarOp.Equal, left, right).Map(ScalarOp.Not),
                BinaryOperatorKind.And => Arithmetic.Apply(Graph, ScalarOp.And, left, right),
                BinaryOperatorKind.Or => Arithmetic.Apply(Graph, ScalarOp.Or, left, right),
                _ => throw Unread(operation),
            });
        }
        if (kind == BinaryOperatorKind.Add && operation.Type?.SpecialType == SpecialType.System_String) return Join(operation, [left, right]);
        return Constants.Binary(kind, left, right) ?? throw Unread(operation);
    }

    /// <summary>a + b + c and so on, from the left: a sum of thousands nests as deeply.</summary>
    private object? Binary(IBinaryOperation last)
    {
        var chain = new Stack<IBinaryOperation>();
        IOperation left = last;
        for (; left is IBinaryOperation { OperatorKind: not (BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr), ConstantValue.HasValue: false } binary; left = binary.LeftOperand) chain.Push(binary);
        object? value = Evaluate(left);
        foreach (var binary in chain) value = Binary(binary, binary.OperatorKind, binary.OperatorMethod, value, Evaluate(binary.RightOperand));
        return value;
    }

    private static bool IsOperand(object? value) => value is Value || Constants.IsConvertible(value);

    private object? Unary(IUnaryOperation unary, object? operand)
    {
        if (unary.OperatorMethod?.ContainingType.IsTensor() == true && operand is not null)
            return Build(unary.Syntax.GetLocation(), () =>
            {
                var x = Tensor(unary, operand).AsNumbers("Arithmetic");
                return unary.OperatorKind == UnaryOperatorKind.Minus ? -x : x.Map(ScalarOp.Not);
            });
        if (unary.OperatorKind == UnaryOperatorKind.Hat && operand is int position) return SlicePart.Position(position, fromEnd: true);
        return Constants.Unary(unary.OperatorKind, operand) ?? throw Unread(unary);
    }

    private object? Property(IPropertyReferenceOperation property)
    {
        var owner = property.Property.ContainingType;
        if (owner.IsTensor() && property.Property.Name == "Training") return Network.Training;
        if (property.Instance is null) throw Unread(property);
        if (owner.IsTensor() && property.Property.Name == "Shape") return Tensor(property, Evaluate(property.Instance)).Shape;
        if (owner.IsTensor() && property.Property.IsIndexer)
        {
            var x = Tensor(property, Evaluate(property.Instance));
            if (Evaluate(property.Arguments[0].Value) is not Collection list) throw Unread(property);
            var parts = list.Items.Select(p => p as SlicePart ?? (p is int position ? SlicePart.Position(position, fromEnd: false) : throw Unread(property))).ToList();
            return Build(property.Syntax.GetLocation(), () => TensorFunctions.Slice(x, parts));
        }
        if (owner.IsLibrary("Shape") && Evaluate(property.Instance) is Shape shape)
        {
            if (!property.Property.IsIndexer) return shape.Rank;
            return Evaluate(property.Arguments[0].Value) switch
            {
                int axis => Build(property.Syntax.GetLocation(), () => shape[InRange(shape, axis)]),
                SlicePart part => Build(property.Syntax.GetLocation(), () => shape[InRange(shape, part.Start(shape.Rank))]),
                _ => throw Unread(property),
            };
        }
        if (property.Property is not { IsIndexer: true } and not { Name: "Length" or "Count" or "HasValue" or "Value" }) throw Unread(property);
        // An int? is null or the number itself.
        bool isNullable = owner.OriginalDefinition.SpecialType == SpecialType.System_Nullable_T;
        return (property.Property.Name, Evaluate(property.Instance)) switch
        {
            ("HasValue", var number) when isNullable => number is not null,
            ("Value", { } number) when isNullable => number,
            ("Length" or "Count", Collection collection) => collection.Count,
            (_, Collection) when property.Property.IsIndexer => ElementOf(property).Read(),
            _ => throw Unread(property),
        };
    }

    private static int InRange(Shape shape, int axis)
        => axis >= 0 && axis < shape.Rank ? axis : throw new ShapeException($"the shape {shape} has no axis {axis}: its axes are 0 to {shape.Rank - 1}");

    private SlicePart Range(IRangeOperation range)
    {
        var (first, firstFromEnd) = Bound(range.LeftOperand, (0, false));
        var (last, lastFromEnd) = Bound(range.RightOperand, (0, true));
        return new SlicePart(IsPosition: false, first, firstFromEnd, last, lastFromEnd);

        (int Position, bool FromEnd) Bound(IOperation? operand, (int, bool) open) => operand is null ? open : Evaluate(operand) switch
        {
            int position => (position, false),
            SlicePart { IsPosition: true } part => (part.First, part.FirstFromEnd),
            _ => throw Unread(operand),
        };
    }
}
