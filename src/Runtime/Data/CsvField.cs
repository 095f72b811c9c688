using DlGen.Compiled;

namespace DlGen;

/// <summary>Which columns of a CSV file make a field of a <see cref="CsvDataset"/>: <c>CsvField.Floats("inputs", ..64)</c> ,
/// <c>CsvField.Ints("targets", ^1)</c>.</summary>
public sealed class CsvField
{
    private readonly Range range;
    private readonly string[]? names;

    private CsvField(string name, FieldKind kind, Range range, string[]? names)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        Name = name;
        Kind = kind;
        this.range = range;
        this.names = names;
    }

    /// <summary>The field's name in the declaration.</summary>
    public string Name { get; }

    internal FieldKind Kind { get; }

    /// <summary>Floating-point numbers from neighbouring columns; they are read in the model's precision.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="columns">The columns, the first being 0: <c>..64</c>, <c>1..^1</c>.</param>
    public static CsvField Floats(string name, Range columns) => new(name, FieldKind.Float, columns, null);

    /// <summary>One floating-point number a row; it is read in the model's precision.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="column">The column, the first being 0; <c>^1</c> is the last.</param>
    public static CsvField Floats(string name, Index column) => new(name, FieldKind.Float, OneColumn(column), null);

    /// <summary>Floating-point numbers from columns of these names in the header; they are read in the model's precision.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="columns">The columns' names, in the order of the field.</param>
    public static CsvField Floats(string name, params string[] columns) => new(name, FieldKind.Float, default, columns);

    /// <summary>Labels or ids from neighbouring columns.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="columns">The columns, the first being 0: <c>1..^1</c>.</param>
    public static CsvField Ints(string name, Range columns) => new(name, FieldKind.Int, columns, null);

    /// <summary>Labels from one column.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="column">The column, the first being 0; <c>^1</c> is the last.</param>
    public static CsvField Ints(string name, Index column) => new(name, FieldKind.Int, OneColumn(column), null);

    /// <summary>Labels or ids from columns of these names in the header.</summary>
    /// <param name="name">The field's name in the declaration.</param>
    /// <param name="columns">The columns' names, in the order of the field.</param>
    public static CsvField Ints(string name, params string[] columns) => new(name, FieldKind.Int, default, columns);

    /// <summary>Its columns' positions in a file.</summary>
    /// <exception cref="ArgumentException">There are no such columns, or none are asked for.</exception>
    internal int[] PositionsIn(int columns, string[]? header)
    {
        int[] positions = names is null ? InRange(columns) : [.. names.Select(column => CsvHeader.PositionOf(header, column))];
        return positions.Length > 0 ? positions : throw new ArgumentException($"The field {Name} takes no column; a row of it has at least one value.");
    }

    private static Range OneColumn(Index column) => column.IsFromEnd ? column..Index.FromEnd(column.Value - 1) : column..(column.Value + 1);

    private int[] InRange(int columns)
    {
        int start = range.Start.GetOffset(columns), end = range.End.GetOffset(columns);
        return start >= 0 && end <= columns && start <= end
            ? [.. Enumerable.Range(start, end - start)]
            : throw new ArgumentException($"The field {Name} takes the columns {range}, but the file has {columns} columns.");
    }
}
