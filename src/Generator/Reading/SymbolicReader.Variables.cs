using System.Runtime.CompilerServices;
using DlGen.Diagnostics;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Variables and assignments. The cell of a Scan stands for many steps, so it may read what is around it but can't set it.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>A variable of a method; lambdas and local functions around which it stands share it.</summary>
    private sealed class Variable(bool inCell)
    {
        private object? value;

        public Variable(object? value, bool inCell)
            : this(inCell) => Value = value;

        /// <summary>Whether it belongs to the cell of a Scan.</summary>
        public bool InCell => inCell;

        public bool IsAssigned { get; private set; }

        public object? Value
        {
            get => value;
            set => (this.value, IsAssigned) = (value, true);
        }
    }

    /// <summary>What can be assigned to. It is found once: a[i++] += 1 steps i once.</summary>
    private readonly record struct Target(Func<object?> Read, Action<object?> Write);

    private Dictionary<ISymbol, Variable> variables = new(SymbolEqualityComparer.Default);

    /// <summary>Whether the cell of a Scan is being read.</summary>
    private bool inCell;

    private Dictionary<ISymbol, Variable> Around() => new(variables, SymbolEqualityComparer.Default);

    private Variable? Assigned(ISymbol symbol) => variables.TryGetValue(symbol, out var variable) && variable.IsAssigned ? variable : null;

    /// <summary>A variable begins: one of a loop's body is another one in each turn.</summary>
    private void Declare(ILocalSymbol local) => variables[local] = new Variable(inCell);

    private void Declare(ILocalSymbol local, object? value) => variables[local] = new Variable(Constants.Fit(value, local.Type), inCell);

    private Target TargetOf(IOperation target)
    {
        switch (target)
        {
            case ILocalReferenceOperation local:
                if (local.IsDeclaration || !variables.ContainsKey(local.Local)) Declare(local.Local);
                return TargetOf(target, local.Local, local.Local.Type);
            case IParameterReferenceOperation { Parameter: var parameter } when variables.ContainsKey(parameter):
                return TargetOf(target, parameter, parameter.Type);
            case IDeclarationExpressionOperation declaration:
                return TargetOf(declaration.Expression);
            case IDiscardOperation:
                return new Target(() => throw ReadException.DoesNotCompile, _ => { });
            case ITupleOperation tuple:
                return TargetOf(tuple);
            case IArrayElementReferenceOperation or IPropertyReferenceOperation { Property.IsIndexer: true, Instance: not null } or IImplicitIndexerReferenceOperation:
                return ElementOf(target);
            default:
                throw target.Kind == OperationKind.Invalid ? ReadException.DoesNotCompile
                    : Unread(target, "an assignment to anything but a local variable or an element of an array or list", "keep the value in a local variable");
        }
    }

    private Target TargetOf(IOperation target, ISymbol symbol, ITypeSymbol type)
    {
        var variable = variables[symbol];
        return new Target(() => variable.IsAssigned ? Local(target, variable.Value) : throw Unread(target), value => Owned(variable, symbol, target).Value = Constants.Fit(value, type));
    }

    /// <summary>Targets first, then the whole right side, then one after the other: (a[i], b) = (b, a[i]).</summary>
    private Target TargetOf(ITupleOperation targets)
    {
        var parts = targets.Elements.Select(TargetOf).ToList();
        return new Target(() => throw Unread(targets), value =>
        {
            var elements = value switch
            {
                TupleValue tuple => tuple.Elements,
                Shape shape => Boxed(shape),
                Collection { IsParts: true } split => split.Items,
                _ => throw Unread(targets, "taking apart anything but a tuple, a shape or what Split gives", "use a variable for each value"),
            };
            if (elements.Count != parts.Count)
                throw new ReadException(Descriptors.ShapeMismatch, targets.Syntax.GetLocation(),
                    $"{(value is Shape ? $"The shape {value} has {elements.Count} axes" : $"Split gives {elements.Count} parts")}, but {parts.Count} variables stand for them");
            for (int i = 0; i < parts.Count; i++) parts[i].Write(elements[i]);
        });
    }

    private static IReadOnlyList<object?> Boxed(Shape shape) => shape.Extents.Select(extent => (object?)extent).ToArray();

    private object? Assign(IOperation target, IOperation value)
    {
        var place = TargetOf(target);
        object? result = Evaluate(value);
        place.Write(result);
        return result;
    }

    private object? Assign(ICompoundAssignmentOperation compound)
    {
        var target = TargetOf(compound.Target);
        object? left = target.Read();
        object? result = Constants.Fit(Binary(compound, compound.OperatorKind, compound.OperatorMethod, left, Evaluate(compound.Value)), compound.Target.Type);
        target.Write(result);
        return result;
    }

    private object? CoalesceAssign(ICoalesceAssignmentOperation choice)
    {
        var target = TargetOf(choice.Target);
        if (target.Read() is { } known) return known;
        object? value = Evaluate(choice.Value);
        target.Write(value);
        return value;
    }

    private object? Step(IIncrementOrDecrementOperation step)
    {
        var target = TargetOf(step.Target);
        object? old = target.Read();
        var kind = step.Kind == OperationKind.Increment ? BinaryOperatorKind.Add : BinaryOperatorKind.Subtract;
        object? stepped = Constants.Fit(Binary(step, kind, step.OperatorMethod, old, 1), step.Target.Type);
        target.Write(stepped);
        return step.IsPostfix ? old : stepped;
    }

    private Variable Owned(Variable variable, ISymbol symbol, IOperation target) => variable.InCell == inCell ? variable
        : throw Unread(target, $"an assignment to '{symbol.Name}', which belongs to the method around the cell", "carry it in the state, or use a variable of the cell's own");

    /// <summary>A variable's value as it is seen here: in a cell, tensors from outside are captured.</summary>
    private object? Local(IOperation variable, object? value) => !inCell ? value : value switch
    {
        Value tensor => Problems.At(variable.Syntax.GetLocation(), () => Network.Local(tensor)),
        Collection { InCell: false } list => Captured(variable, list),
        TupleValue tuple => new TupleValue(Captured(variable, tuple.Elements)),
        _ => value,
    };

    private Collection Captured(IOperation variable, Collection outside)
        => new(Captured(variable, outside.Items), outside.IsList, inCell: true, locked: "belongs to the method around the cell", outside.IsParts);

    /// <summary>Counted, because one object may stand in itself many times.</summary>
    private List<object?> Captured(IOperation variable, IReadOnlyList<object?> elements)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        reading.Bounds.CountElements(variable.Syntax.GetLocation(), elements.Count);
        return elements.Select(i => Local(variable, i)).ToList();
    }
}
