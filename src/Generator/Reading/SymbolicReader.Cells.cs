using System.Globalization;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Tensor.Scan and its cell, a lambda or a method; and tuples, which states may be.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>The variables of the method around a lambda: it may read them, but it stands for many steps, so it can't set them.</summary>
    private HashSet<ISymbol>? outside;

    /// <summary>A tuple of values, by position.</summary>
    private sealed record TupleValue(object?[] Items);

    private object? Scan(IInvocationOperation call)
    {
        var values = call.Arguments.ToDictionary(a => a.Parameter?.Name ?? throw ReadException.DoesNotCompile, a => a.Value, StringComparer.Ordinal);
        object? sequence = null, initial = null;
        // In the order in which they are written.
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter!.Name == "sequence") sequence = Evaluate(argument.Value);
            if (argument.Parameter!.Name == "initial") initial = Evaluate(argument.Value);
        }
        var place = CallPlace(call);
        bool givesOutput = call.TargetMethod.IsGenericMethod;
        if (givesOutput) CheckState(call.TargetMethod.TypeArguments[0], values["initial"]);
        var states = Flatten(values["initial"], initial);
        var recurrence = Build(place, () => Network.Scan(Tensor(values["sequence"], sequence), states, (current, step) =>
        {
            object? result = RunCell(values["cell"], [Restore(initial, new Queue<Value>(current)), step]);
            if (!givesOutput) return new CellResult([Tensor(values["cell"], result)], []);
            return result is TupleValue { Items: { Length: 2 } pair }
                ? new CellResult(Flatten(values["cell"], pair[1]), [Tensor(values["cell"], pair[0])])
                : throw ReadException.DoesNotCompile;
        }));
        reading.Locate(place);
        return Build<object?>(place, () => givesOutput
            ? new TupleValue([recurrence.Output(0), Restore(initial, new Queue<Value>(states.Select((_, i) => recurrence.Final(i))))])
            : recurrence.States(0));
    }

    private void CheckState(ITypeSymbol type, IOperation initial)
    {
        if (type.TypeKind == TypeKind.Error) throw ReadException.DoesNotCompile;
        if (!IsState(type)) throw Unread(initial, $"a state of type {type.ToDisplayString(SymbolDisplayFormat.MinimallyQualifiedFormat)}", "use a Tensor or a tuple of Tensors");
    }

    private static bool IsState(ITypeSymbol type)
        => type.IsTensor() || type is INamedTypeSymbol { IsTupleType: true } tuple && tuple.TupleElements.All(e => IsState(e.Type));

    private object? RunCell(IOperation cell, object?[] arguments)
    {
        switch (cell)
        {
            case IDelegateCreationOperation { Target: IAnonymousFunctionOperation lambda }:
                return RunLambda(lambda, arguments);
            case IDelegateCreationOperation { Target: IMethodReferenceOperation { Method: { MethodKind: MethodKind.Ordinary } method } }:
                return Call(method.OriginalDefinition, cell, Enumerable.Range(0, arguments.Length).ToDictionary(i => i, i => arguments[i]));
            case { Kind: OperationKind.Invalid } or { Type.TypeKind: TypeKind.Error }:
                throw ReadException.DoesNotCompile;
            default:
                throw Unread(cell, "a cell that is not written here", "give Scan a lambda or the name of a static method");
        }
    }

    private object? RunLambda(IAnonymousFunctionOperation lambda, object?[] arguments)
    {
        var (outer, outerOutside) = (variables, outside);
        outside = new HashSet<ISymbol>(outer.Keys, SymbolEqualityComparer.Default);
        variables = new Dictionary<ISymbol, object?>(outer, SymbolEqualityComparer.Default);
        for (int i = 0; i < arguments.Length; i++) variables[lambda.Symbol.Parameters[i]] = arguments[i];
        var completion = Execute(lambda.Body);
        (variables, outside) = (outer, outerOutside);
        return completion.Value;
    }

    private ISymbol Owned(ISymbol variable, IOperation target) => outside?.Contains(variable) != true ? variable
        : throw Unread(target, $"an assignment to '{variable.Name}', which belongs to the method around the cell", "carry it in the state, or use a variable of the cell's own");

    /// <summary>A variable's value as it is seen here: in a cell, tensors from outside are captured.</summary>
    private object? Local(IOperation variable, object? value) => value switch
    {
        Value tensor => Problems.At(variable.Syntax.GetLocation(), () => Network.Local(tensor)),
        object?[] array => array.Any(i => i is Value or TupleValue or object?[]) ? array.Select(i => Local(variable, i)).ToArray() : array,
        TupleValue tuple => new TupleValue(tuple.Items.Select(i => Local(variable, i)).ToArray()),
        _ => value,
    };

    /// <summary>state.Item2, or by the element's name.</summary>
    private object? Item(IFieldReferenceOperation item, IOperation instance)
    {
        string name = (item.Field.CorrespondingTupleField ?? item.Field).Name;
        return Evaluate(instance) is TupleValue tuple && int.TryParse(name.Substring("Item".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number)
            ? tuple.Items[number - 1] : throw Unread(item);
    }

    /// <summary>The tensors of a state: itself, or those of a tuple in order.</summary>
    private List<Value> Flatten(IOperation operation, object? state)
        => state is TupleValue tuple ? tuple.Items.SelectMany(i => Flatten(operation, i)).ToList() : [Tensor(operation, state)];

    /// <summary>Other tensors in the form of a state.</summary>
    private static object Restore(object? form, Queue<Value> tensors)
        => form is TupleValue tuple ? new TupleValue(tuple.Items.Select(i => (object?)Restore(i, tensors)).ToArray()) : tensors.Dequeue();
}
