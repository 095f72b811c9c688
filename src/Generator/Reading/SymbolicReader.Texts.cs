using System.Globalization;
using System.Runtime.CompilerServices;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Texts, which name layers, and read-only fields, whose initializers are constants.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>$"block_{i}": numbers as the invariant culture writes them.</summary>
    private string Interpolate(IInterpolatedStringOperation text) => Join(text, text.Parts.Select(part => part switch
    {
        IInterpolatedStringTextOperation { Text: var literal } => Evaluate(literal),
        IInterpolationOperation { Alignment: null, FormatString: null } hole => Evaluate(hole.Expression),
        IInterpolationOperation => throw Unread(part, "an alignment or format in a text", "insert the number alone"),
        _ => throw Unread(part),
    }));

    private string Join(IOperation operation, IEnumerable<object?> parts)
    {
        string joined = string.Concat(parts.Select(part => part switch
        {
            null => "",
            string or bool => part,
            _ when Constants.IsConvertible(part) => Convert.ToString(part, CultureInfo.InvariantCulture),
            _ => throw Unread(operation, "a text made of more than constants", "insert numbers and texts alone"),
        }));
        ReadingBounds.CheckText(operation.Syntax.GetLocation(), joined.Length);
        return joined;
    }

    /// <summary>A static readonly field, as arrays can't be const: what its initializer gives, which nothing may change.</summary>
    private object? ReadOnlyField(IOperation reference, IFieldSymbol field)
    {
        if (field.ContainingType.StaticConstructors.Any(c => !c.IsImplicitlyDeclared) || calls.Bodies.Initializer(field.OriginalDefinition, cancellation) is not { } initializer) throw Unread(reference);
        reading.Bounds.Enter(reference.Syntax.GetLocation(), cancellation);
        var outer = variables;
        variables = new(SymbolEqualityComparer.Default);
        object? value = Evaluate(initializer);
        variables = outer;
        reading.Bounds.Leave();
        return Local(reference, Locked(reference, value));
    }

    private object? Locked(IOperation reference, object? value) => value switch
    {
        Value => throw Unread(reference, "a field that holds a tensor, which would throw when the program starts", "make the tensor in a method"),
        Collection list => new Collection(Locked(reference, list.Items), list.IsList, list.InCell, locked: "belongs to a field"),
        TupleValue tuple => new TupleValue(Locked(reference, tuple.Elements)),
        _ => value,
    };

    private List<object?> Locked(IOperation reference, IReadOnlyList<object?> elements)
    {
        RuntimeHelpers.EnsureSufficientExecutionStack();
        reading.Bounds.CountElements(reference.Syntax.GetLocation(), elements.Count);
        return elements.Select(i => Locked(reference, i)).ToList();
    }
}
