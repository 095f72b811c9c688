using System.Globalization;
using DlGen.Compiled;

namespace DlGen;

/// <summary>A field of <see cref="Dataset.FromArrays"/>: a name, its values row after row, and how many make a row. Converts from such a tuple.</summary>
public readonly struct DataColumn
{
    private DataColumn(string name, Array values, int perRow)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(values);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(perRow);
        Name = name;
        Values = values;
        PerRow = perRow;
    }

    /// <summary>The field's name in the declaration.</summary>
    public string Name { get; }

    /// <summary>How many values make a row.</summary>
    public int PerRow { get; }

    /// <summary>A float[], double[], int[] or byte[].</summary>
    internal Array Values { get; }

    internal FieldKind Kind => Values switch { int[] => FieldKind.Int, byte[] => FieldKind.Byte, _ => FieldKind.Float };

    /// <summary>Floats; a Float64 model reads them too.</summary>
    /// <param name="column">Name, values, values per row.</param>
    public static implicit operator DataColumn((string Name, float[] Values, int PerRow) column) => new(column.Name, column.Values, column.PerRow);

    /// <summary>Doubles; a Float32 model reads them rounded.</summary>
    /// <param name="column">Name, values, values per row.</param>
    public static implicit operator DataColumn((string Name, double[] Values, int PerRow) column) => new(column.Name, column.Values, column.PerRow);

    /// <summary>Labels.</summary>
    /// <param name="column">Name, values, values per row.</param>
    public static implicit operator DataColumn((string Name, int[] Values, int PerRow) column) => new(column.Name, column.Values, column.PerRow);

    /// <summary>Bytes, for an input that is declared with <see cref="InputAttribute.Bytes"/>.</summary>
    /// <param name="column">Name, values, values per row.</param>
    public static implicit operator DataColumn((string Name, byte[] Values, int PerRow) column) => new(column.Name, column.Values, column.PerRow);
}

/// <summary>Rows that lie in arrays, one array per field.</summary>
internal sealed class ArrayDataset : Dataset
{
    private readonly DataColumn[] columns;
    private readonly int[][] labels;

    public ArrayDataset(ReadOnlySpan<DataColumn> columns)
    {
        if (columns.IsEmpty)
            throw new ArgumentException("A dataset needs at least one column.", nameof(columns));

        this.columns = columns.ToArray();
        labels = [.. this.columns.Where(column => column is { PerRow: 1, Values: int[] }).Select(column => (int[])column.Values)];
        Count = columns[0].Values.Length / columns[0].PerRow;
        foreach (DataColumn column in columns)
        {
            int rows = column.Values.Length == 0 ? 0 : Check.Rows(column.Name, column.Values.Length, column.PerRow);
            if (rows != Count)
                throw new BatchShapeException($"{column.Name} has {rows} rows ({Extent(column)}), but {columns[0].Name} has {Count} ({Extent(columns[0])}); give every column the same rows.");
            if (this.columns.Count(other => other.Name == column.Name) > 1)
                throw new ArgumentException($"The column {column.Name} stands twice.", nameof(columns));
        }
    }

    public override int Count { get; }

    internal override string? LabelField => labels.Length == 1 ? columns.First(column => column.Values == labels[0]).Name : null;

    public override int LabelOf(int row)
    {
        if (labels.Length != 1)
            throw new NotSupportedException($"The dataset has {labels.Length} label columns, and a stratified split needs exactly one; use {nameof(Split)}.");
        return labels[0][row];
    }

    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        foreach (BatchField field in batch.Fields)
            Read(ColumnOf(field), field, rows, batch);
    }

    /// <summary>Fills one field from its column.</summary>
    public static void Read(DataColumn column, BatchField field, ReadOnlySpan<int> rows, Batch batch)
    {
        FieldMatch.Check(field, column.PerRow, column.Kind);
        Read(column.Values, new RowPlaces(0, column.PerRow, column.PerRow), field, rows, batch);
    }

    /// <summary>Fills one field, which has been checked, from where its rows lie in an array.</summary>
    public static void Read(Array source, RowPlaces places, BatchField field, ReadOnlySpan<int> rows, Batch batch)
    {
        switch (source)
        {
            case int[] values:
                Gather(values, rows, places, batch.Ints(field.Name));
                break;
            case byte[] values:
                Gather(values, rows, places, batch.Bytes(field.Name));
                break;
            case float[] values when batch.Float64:
                Convert(values, rows, places, batch.Doubles(field.Name));
                break;
            case float[] values:
                Gather(values, rows, places, batch.Floats(field.Name));
                break;
            case double[] values when batch.Float64:
                Gather(values, rows, places, batch.Doubles(field.Name));
                break;
            case double[] values:
                Convert(values, rows, places, batch.Floats(field.Name));
                break;
        }
    }

    private static string Extent(DataColumn column) => string.Create(CultureInfo.InvariantCulture, $"{column.Values.Length} values, {column.PerRow} a row");

    private DataColumn ColumnOf(BatchField field)
    {
        foreach (DataColumn column in columns)
        {
            if (column.Name == field.Name)
                return column;
        }

        throw FieldMatch.Unknown(field, columns.Select(column => column.Name));
    }

    private static void Gather<T>(T[] values, ReadOnlySpan<int> rows, RowPlaces places, Span<T> destination)
    {
        for (int i = 0; i < rows.Length; i++)
            places.Of(values, rows[i]).CopyTo(destination[(i * places.Length)..]);
    }

    private static void Convert<TFrom, TTo>(TFrom[] values, ReadOnlySpan<int> rows, RowPlaces places, Span<TTo> destination)
        where TFrom : unmanaged, System.Numerics.INumberBase<TFrom>
        where TTo : unmanaged, System.Numerics.INumberBase<TTo>
    {
        for (int i = 0; i < rows.Length; i++)
        {
            ReadOnlySpan<TFrom> row = places.Of(values, rows[i]);
            for (int j = 0; j < row.Length; j++)
                destination[i * places.Length + j] = TTo.CreateTruncating(row[j]);
        }
    }
}

/// <summary>Where rows lie in an array: the first one's place, how far it is from one to the next, and how long each is.</summary>
internal readonly record struct RowPlaces(int First, int Distance, int Length)
{
    public ReadOnlySpan<T> Of<T>(T[] values, int row) => values.AsSpan(First + row * Distance, Length);
}
