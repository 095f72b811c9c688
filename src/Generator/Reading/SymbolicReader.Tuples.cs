using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>The elements of a C# tuple while a method is read; their names are the compiler's business.</summary>
internal sealed record TupleValue(IReadOnlyList<object?> Elements);

/// <summary>Tuples: helpers that return several tensors, several outputs.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>An element by its name or as ItemN: both are one field of the compiler's.</summary>
    private object? Element(IFieldReferenceOperation element)
    {
        string item = (element.Field.CorrespondingTupleField ?? element.Field).Name;
        if (Evaluate(element.Instance!) is not TupleValue tuple) throw Unread(element);
        return item.StartsWith("Item", StringComparison.Ordinal)
            && int.TryParse(item.Substring("Item".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number >= 1 && number <= tuple.Elements.Count
            ? tuple.Elements[number - 1]
            : throw Unread(element);
    }

    /// <summary>A tuple under other element types: each number as a variable of its new type holds it.</summary>
    private static TupleValue Converted(TupleValue tuple, INamedTypeSymbol type)
        => new(tuple.Elements.Select((element, i) => i < type.TupleElements.Length ? Constants.Fit(element, type.TupleElements[i].Type) : element).ToArray());
}
