using System.Globalization;
using DlGen.Graphs;
using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Tensor.Scan and its cell, a lambda or a method.</summary>
internal sealed partial class SymbolicReader
{
    private object? Scan(IInvocationOperation call)
    {
        var values = call.Arguments.ToDictionary(a => a.Parameter?.Name ?? throw ReadException.DoesNotCompile, a => a.Value, StringComparer.Ordinal);
        object? sequence = null, initial = null, cell = null;
        // In the order in which they are written.
        foreach (var argument in call.Arguments)
        {
            if (argument.Parameter!.Name == "sequence") sequence = Evaluate(argument.Value);
            if (argument.Parameter!.Name == "initial") initial = Evaluate(argument.Value);
            if (argument.Parameter!.Name == "cell") cell = Evaluate(argument.Value);
        }
        var place = CallPlace(call);
        bool givesOutput = call.TargetMethod.IsGenericMethod;
        if (givesOutput) CheckState(call.TargetMethod.TypeArguments[0], values["initial"]);
        var states = Flatten(values["initial"], initial);
        var recurrence = Build(place, () => Network.Scan(Tensor(values["sequence"], sequence), states, (current, step) =>
        {
            object? result = RunCell(values["cell"], cell, [Restore(initial, new Queue<Value>(current)), step]);
            if (!givesOutput) return new CellResult([Tensor(values["cell"], result)], []);
            return result is TupleValue { Elements: { Count: 2 } pair }
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

    private object? RunCell(IOperation operation, object? cell, object?[] arguments)
    {
        if (cell is not Closure closure) throw Unread(operation, "null in place of a cell", "give Scan a lambda or the name of a method");
        inCell = true;
        object? result = Call(closure, operation.Syntax.GetLocation(), Enumerable.Range(0, arguments.Length).ToDictionary(i => i, i => arguments[i]));
        inCell = false;
        return result;
    }

    /// <summary>The tensors of a state: itself, or those of a tuple in order.</summary>
    private List<Value> Flatten(IOperation operation, object? state)
        => state is TupleValue tuple ? tuple.Elements.SelectMany(i => Flatten(operation, i)).ToList() : [Tensor(operation, state)];

    /// <summary>Other tensors in the form of a state.</summary>
    private static object Restore(object? form, Queue<Value> tensors)
        => form is TupleValue tuple ? new TupleValue(tuple.Elements.Select(i => (object?)Restore(i, tensors)).ToArray()) : tensors.Dequeue();
}
