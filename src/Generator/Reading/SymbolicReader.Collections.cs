using DlGen.Layers;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Operations;

namespace DlGen.Reading;

/// <summary>Arrays, lists and spans of constants and tensors: how they are made, indexed, sliced and filled.</summary>
internal sealed partial class SymbolicReader
{
    /// <summary>Roslyn 4.8 has no names for them; a newer compiler, which we run in, gives them.</summary>
    private const OperationKind CollectionExpression = (OperationKind)0x7f, SpreadElement = (OperationKind)0x80;

    private Collection Make(IOperation operation, IEnumerable<object?> items, bool isList)
    {
        var list = items.ToList();
        reading.Bounds.CountElements(operation.Syntax.GetLocation(), list.Count);
        return new Collection(list, isList, inCell);
    }

    private Collection Items(IOperation operation) => Evaluate(operation) switch
    {
        Collection collection => collection,
        null => throw Unread(operation, "null in place of an array or list", "use an array, a list or a collection expression"),
        _ => throw Unread(operation, $"'{operation.Syntax}' as a collection", "use an array, a list or a collection expression"),
    };

    /// <summary>[a, b, ..others].</summary>
    private Collection Collect(IOperation operation)
    {
        var element = operation.Type switch
        {
            IArrayTypeSymbol array => array.ElementType,
            INamedTypeSymbol { TypeArguments: { Length: 1 } arguments } => arguments[0],
            _ => null,
        };
        var items = new List<object?>();
        foreach (var child in operation.ChildOperations)
        {
            bool isSpread = child.Kind == SpreadElement || child.Syntax is SpreadElementSyntax;
            IReadOnlyList<object?> added = isSpread ? Items(child.ChildOperations.First()).Items : [Evaluate(child)];
            reading.Bounds.CountElements(child.Syntax.GetLocation(), added.Count);
            items.AddRange(added.Select(i => Constants.Fit(i, element)));
        }
        return new Collection(items, IsList(operation.Type), inCell);
    }

    private Collection NewArray(IArrayCreationOperation creation)
    {
        if (creation.Initializer is { } initializer)
            return creation.DimensionSizes.Length == 1 ? Make(creation, initializer.ElementValues.Select(Evaluate), isList: false) : throw Unread(creation);
        if (creation.DimensionSizes.Length != 1 || Evaluate(creation.DimensionSizes[0]) is not int length) throw Unread(creation);
        if (length < 0) throw Unread(creation, $"an array of {length} elements", "give it a length of at least 0");
        reading.Bounds.CountElements(creation.Syntax.GetLocation(), length);
        object? empty = creation.Type is IArrayTypeSymbol { ElementType.SpecialType: var type } ? Constants.Default(type) : null;
        return new Collection(Enumerable.Repeat(empty, length).ToList(), isList: false, inCell);
    }

    /// <summary>new(), new List&lt;Tensor&gt;(others), new List&lt;int&gt; { 1, 2 }.</summary>
    private Collection NewList(IObjectCreationOperation creation)
    {
        if (!IsList(creation.Type) || creation.Arguments.Length > 1) throw Unread(creation);
        var list = Make(creation, creation.Arguments.Length == 1 && Evaluate(creation.Arguments[0].Value) is Collection others ? others.Items : [], isList: true);
        foreach (var added in creation.Initializer is { } initializer ? initializer.Initializers.AsEnumerable() : [])
        {
            if (added is not IInvocationOperation { TargetMethod.Name: "Add", Arguments: { Length: 1 } arguments }) throw Unread(added);
            Insert(added, list, list.Count, [Evaluate(arguments[0].Value)]);
        }
        return list;
    }

    private static bool IsList(ITypeSymbol? type)
        => type is INamedTypeSymbol { Name: "List", Arity: 1, ContainingNamespace: { Name: "Generic", ContainingNamespace: { Name: "Collections", ContainingNamespace.Name: "System" } } };

    /// <summary>Whether it is a method of List, of an array or of a span.</summary>
    private static bool IsCollectionMethod(IMethodSymbol method)
        => method.MethodKind == MethodKind.Ordinary && (IsList(method.ContainingType) || method.ContainingType is { Name: "Span" or "ReadOnlySpan", ContainingNamespace.Name: "System" });

    /// <summary>A method of a list, array or span.</summary>
    private object? InvokeCollection(IInvocationOperation call, Collection collection)
    {
        var arguments = ArgumentsByOrdinal(call);
        switch (call.TargetMethod.Name, arguments.Count)
        {
            case ("Add", 1):
                Insert(call, collection, collection.Count, [arguments[0]]);
                return null;
            case ("AddRange", 1) when arguments[0] is Collection others:
                Insert(call, collection, collection.Count, others.Items.ToArray());
                return null;
            case ("Insert", 2) when arguments[0] is int index && index >= 0 && index <= collection.Count:
                Insert(call, collection, index, [arguments[1]]);
                return null;
            case ("RemoveAt", 1) when arguments[0] is int index:
                int place = Within(call, collection, index);
                reading.Bounds.CountElements(call.Syntax.GetLocation(), collection.Count - place);
                Writable(call, collection).RemoveAt(place);
                return null;
            case ("ToArray", 0):
                return Make(call, collection.Items, isList: false);
            default:
                throw Unread(call);
        }
    }

    private void Insert(IOperation operation, Collection collection, int index, IReadOnlyCollection<object?> added)
    {
        // Those behind move on.
        reading.Bounds.CountElements(operation.Syntax.GetLocation(), added.Count + (collection.Count - index));
        Writable(operation, collection).Insert(index, added);
    }

    private Collection Writable(IOperation operation, Collection collection) => collection.Locked is null ? collection
        : throw Unread(operation, $"a change of an array or list that {collection.Locked}", "change a copy: [.. it]");

    /// <summary>a[i], list[^1], parts[1..]: found once, to be read and written.</summary>
    private Target ElementOf(IOperation element)
    {
        var (from, at) = element switch
        {
            IArrayElementReferenceOperation { Indices.Length: 1 } e => (e.ArrayReference, e.Indices[0]),
            IPropertyReferenceOperation { Instance: { } instance, Arguments.Length: 1 } e => (instance, e.Arguments[0].Value),
            IImplicitIndexerReferenceOperation e => (e.Instance, e.Argument),
            _ => throw Unread(element),
        };
        var collection = Items(from);
        object? index = Evaluate(at);
        if (index is SlicePart { IsPosition: false } range) return new Target(() => Part(element, collection, range), _ => throw Unread(element));
        int position = Within(element, collection, index switch
        {
            SlicePart part => part.Start(collection.Count),
            int number => number,
            _ => throw Unread(element),
        });
        return new Target(() => Local(element, collection[position]), value => Writable(element, collection)[position] = Constants.Fit(value, element.Type));
    }

    private int Within(IOperation element, Collection collection, int position) => position >= 0 && position < collection.Count ? position
        : throw Unread(element, $"the index {position} into {collection.Count} elements", collection.Count == 0 ? "add elements first" : $"stay within 0 to {collection.Count - 1}");

    private Collection Part(IOperation operation, Collection collection, SlicePart range)
    {
        int start = range.Start(collection.Count), end = range.End(collection.Count);
        if (start < 0 || end < start || end > collection.Count)
            throw Unread(operation, $"the range {start}..{end} of {collection.Count} elements", $"stay within 0..{collection.Count}");
        return Make(operation, collection.Items.Skip(start).Take(end - start), collection.IsList);
    }
}
