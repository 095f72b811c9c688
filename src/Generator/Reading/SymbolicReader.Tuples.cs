using System.Globalization;
using DlGen.Diagnostics;
using DlGen.Graphs;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>The elements of a C# tuple while a method is read; their names are the compiler's business.</summary>
internal sealed record TupleValue(object?[] Elements);

/// <summary>Tuples: helpers that return several tensors, several outputs, and taking them and shapes apart again.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>An element by its name or as ItemN: both are one field of the compiler's.</summary>
    private object? Element(IFieldReferenceOperation element)
    {
        string item = (element.Field.CorrespondingTupleField ?? element.Field).Name;
        if (Evaluate(element.Instance!) is not TupleValue tuple) throw Unread(element);
        return int.TryParse(item.Substring("Item".Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= tuple.Elements.Length
            ? tuple.Elements[number - 1]
            : throw Unread(element);
    }

    /// <summary>A tuple under other element types: each number as a variable of its new type holds it.</summary>
    private static TupleValue Converted(TupleValue tuple, INamedTypeSymbol type)
        => new(tuple.Elements.Select((element, i) => Constants.Fit(element, type.TupleElements[i].Type)).ToArray());

    /// <summary>var (mean, spread) = Heads(x), (a, b) = (b, a), var (channels, height, width) = x.Shape: the right side is whole before the first variable changes.</summary>
    private object? Deconstruct(IDeconstructionAssignmentOperation deconstruction) => Store(deconstruction.Target, Evaluate(deconstruction.Value));

    private object? StoreEach(ITupleOperation targets, object? value)
    {
        object?[] elements = value switch
        {
            TupleValue tuple => tuple.Elements,
            Shape shape => shape.Extents.Select(extent => (object?)extent).ToArray(),
            _ => throw Unread(targets, "taking apart anything but a tuple or a shape", "use a variable for each value"),
        };
        if (elements.Length != targets.Elements.Length)
            throw new ReadException(Descriptors.ShapeMismatch, targets.Syntax.GetLocation(), $"The shape {value} has {elements.Length} axes, but {targets.Elements.Length} variables stand for them");
        for (int i = 0; i < elements.Length; i++) Store(targets.Elements[i], elements[i]);
        return value;
    }
}
