namespace DlGen.Reading;

/// <summary>
/// An array or a List while a method is read: variables refer to one and the same, as in C#. One that is <paramref name="locked"/> can't change, and that
/// text says why: it belongs to a field, or to the method around a cell.
/// </summary>
internal sealed class Collection(List<object?> items, bool isList, bool inCell, string? locked = null, bool isParts = false)
{
    public IReadOnlyList<object?> Items => items;

    public int Count => items.Count;

    /// <summary>Whether it is a List, which grows; an array keeps its length.</summary>
    public bool IsList => isList;

    /// <summary>Whether it was made in the cell of a Scan, so that its tensors are the cell's.</summary>
    public bool InCell => inCell;

    public string? Locked => locked;

    /// <summary>Whether it is what Split gives, a TensorList, which deconstructs.</summary>
    public bool IsParts => isParts;

    /// <summary>Counts the changes of a List's length, during which no foreach may run over it.</summary>
    public int Version { get; private set; }

    public object? this[int index]
    {
        get => items[index];
        set => items[index] = value;
    }

    public void Insert(int index, IReadOnlyCollection<object?> added)
    {
        items.InsertRange(index, added);
        Version++;
    }

    public void RemoveAt(int index)
    {
        items.RemoveAt(index);
        Version++;
    }
}
