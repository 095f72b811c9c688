using DlGen.Compiled;

namespace DlGen;

/// <content>Columns beside those the data came with, such as weights.</content>
public abstract partial class Dataset
{
    /// <summary>The same rows with one field more: <c>data.With(("weight", weights, 1))</c>. A field of that name that was there before is no longer read. A view:
    /// nothing is copied. Ints with one value per row become what <see cref="LabelOf"/> gives.</summary>
    /// <param name="column">Name, values row after row, values per row.</param>
    /// <exception cref="BatchShapeException">It has another number of rows.</exception>
    public Dataset With(DataColumn column)
    {
        Check.Length(column.Name, column.Values.Length, Count, column.PerRow);
        return new DatasetWithColumn(this, column);
    }

    /// <summary>Weights that make rare classes count as much as frequent ones: rows / (classes · rows of the class), scikit-learn's "balanced".</summary>
    /// <param name="classes">The number of classes; each must occur.</param>
    /// <returns>A weight per class, whose mean over the rows is 1.</returns>
    /// <exception cref="NotSupportedException">The dataset has no single integer label.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A class has no rows, so no weight makes it count.</exception>
    public double[] ClassWeights(int classes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(classes);
        var counts = new int[classes];
        foreach (int label in Labels(classes))
            counts[label]++;
        if (Array.IndexOf(counts, 0) is >= 0 and int missing)
        {
            throw new ArgumentOutOfRangeException(
                nameof(classes), classes, $"Class {missing} has no rows, so no weight makes it count; give the classes that occur, or rows of it.");
        }

        return [.. counts.Select(count => (double)Count / ((double)classes * count))];
    }

    /// <summary>The weight of each row by its class, for <see cref="With"/> and a loss that takes a weight:
    /// <c>data.With(("weight", data.RowWeights(data.ClassWeights(10)), 1))</c>.</summary>
    /// <param name="classWeights">A weight per class.</param>
    /// <exception cref="NotSupportedException">The dataset has no single integer label.</exception>
    /// <exception cref="TargetRangeException">A label is no class.</exception>
    public double[] RowWeights(double[] classWeights)
    {
        ArgumentNullException.ThrowIfNull(classWeights);
        return [.. Labels(classWeights.Length).Select(label => classWeights[label])];
    }

    private int[] Labels(int classes)
    {
        int[] labels = [.. Enumerable.Range(0, Count).Select(LabelOf)];
        Check.Labels("labels", labels, classes);
        return labels;
    }
}

/// <summary>Another dataset's rows with one field from an array.</summary>
internal sealed class DatasetWithColumn(Dataset source, DataColumn column) : Dataset
{
    /// <summary>A further column of ints, the numbers of the rows for instance, is no label where there is one already; in its place it is.</summary>
    private readonly bool isLabel = column is { PerRow: 1, Values: int[] } && (source.LabelField ?? column.Name) == column.Name && (source.LabelField is not null || !HasLabels(source));

    public override int Count => source.Count;

    internal override string? LabelField => isLabel ? column.Name : source.LabelField;

    internal override int Overlap => source.Overlap;

    public override int LabelOf(int row) => isLabel ? ((int[])column.Values)[row] : source.LabelOf(row);

    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        foreach (BatchField field in batch.Fields)
        {
            if (field.Name == column.Name)
                ArrayDataset.Read(column, field, rows, batch);
        }

        // The source never hears of the field, so a source that fills what it knows and one that refuses what it does not know both do.
        Batch rest = batch.Without(column.Name);
        if (!rest.Fields.IsEmpty)
            source.Read(rows, rest);
    }

    private static bool HasLabels(Dataset data)
    {
        try
        {
            return data.Count > 0 && data.LabelOf(0) is var _;
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
