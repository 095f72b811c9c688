using DlGen.Compiled;

namespace DlGen;

/// <summary>Rows to train on or to evaluate. Arrays in memory: <see cref="FromArrays"/>, or the model's own <c>Data(...)</c>.
/// Anything else: derive, and fill the batch's fields in <see cref="Read"/>.</summary>
public abstract partial class Dataset
{
    /// <summary>The number of rows.</summary>
    public abstract int Count { get; }

    /// <summary>Fills a batch: row i of every field comes from row <c>rows[i]</c> of the data. A field by its name, <see cref="Ints"/>, is read by a batch of that field alone:
    /// <see cref="Batch.Has"/> says which of several to fill.</summary>
    /// <param name="rows">Positions from 0 to Count - 1.</param>
    /// <param name="batch">The batch; its Rows are <c>rows.Length</c> already.</param>
    public abstract void Read(ReadOnlySpan<int> rows, Batch batch);

    /// <summary>The class of a row, by which <see cref="StratifiedSplit"/> and <see cref="StratifiedKFold"/> divide and <see cref="ClassWeights"/> counts.</summary>
    /// <param name="row">From 0 to Count - 1.</param>
    /// <exception cref="NotSupportedException">This dataset has no single integer label.</exception>
    public virtual int LabelOf(int row) =>
        throw new NotSupportedException($"{GetType().Name} does not say which class a row is of; override {nameof(LabelOf)}, or use {nameof(Split)}.");

    /// <summary>How many of the rows behind one hold something of it, as windows do that overlap: those that a split along time leaves out between its parts.</summary>
    internal virtual int Overlap => 0;

    /// <summary>The field that <see cref="LabelOf"/> gives, if the dataset has one label and knows which field it is.</summary>
    internal virtual string? LabelField => null;

    /// <summary>A dataset over arrays in memory: <c>Dataset.FromArrays(("image", images, 784), ("label", labels, 1))</c>. The arrays are not copied.</summary>
    /// <param name="columns">One per field: name, values row after row, values per row.</param>
    /// <exception cref="BatchShapeException">A row is not whole, or the columns have different numbers of rows.</exception>
    public static Dataset FromArrays(params ReadOnlySpan<DataColumn> columns) => new ArrayDataset(columns);

    /// <summary>The same rows in two parts drawn at random, equal for equal seeds on every platform. Within a part the order stays.</summary>
    /// <param name="fraction">The share of the first part, from 0 to 1.</param>
    /// <param name="seed">The seed of the draw.</param>
    public (Dataset First, Dataset Second) Split(double fraction, long seed = 0)
    {
        CheckFraction(fraction);
        int[] rows = Shuffling.Identity(Count);
        Shuffling.Shuffle(rows, seed, stream: 0);
        return Part(rows, (int)Math.Round(fraction * Count, MidpointRounding.AwayFromZero));
    }

    /// <summary>Like <see cref="Split"/>, with every class in the same proportion in both parts (to within one row, the total as Split has it).</summary>
    /// <param name="fraction">The share of the first part, from 0 to 1.</param>
    /// <param name="seed">The seed of the draw.</param>
    /// <exception cref="NotSupportedException">The dataset has no single integer label.</exception>
    public (Dataset First, Dataset Second) StratifiedSplit(double fraction, long seed = 0)
    {
        CheckFraction(fraction);
        int total = (int)Math.Round(fraction * Count, MidpointRounding.AwayFromZero);
        int[][] classes = [.. Enumerable.Range(0, Count).GroupBy(LabelOf).OrderBy(group => group.Key).Select(group => group.ToArray())];

        // Largest remainder: every class gives the floor of its share, and those with the largest fractions one more until the total is reached.
        int[] taken = [.. classes.Select(rows => (int)Math.Floor(fraction * rows.Length))];
        int missing = total - taken.Sum();
        foreach (int i in Enumerable.Range(0, classes.Length).OrderByDescending(i => fraction * classes[i].Length - taken[i]).ThenBy(i => i).Take(missing))
            taken[i]++;

        var first = new List<int>(total);
        var second = new List<int>(Count - total);
        for (int i = 0; i < classes.Length; i++)
        {
            Shuffling.Shuffle(classes[i], seed, stream: i);
            first.AddRange(classes[i].AsSpan(0, taken[i]));
            second.AddRange(classes[i].AsSpan(taken[i]));
        }

        return Part([.. first, .. second], total);
    }

    /// <summary>Some of the rows, in this order; a row may stand more than once. A view: nothing is copied.</summary>
    /// <param name="rows">Positions from 0 to Count - 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A position is none of this dataset.</exception>
    public Dataset Subset(params ReadOnlySpan<int> rows)
    {
        foreach (int row in rows)
        {
            if ((uint)row >= (uint)Count)
                throw new ArgumentOutOfRangeException(nameof(rows), row, $"The dataset has the rows 0 to {Count - 1}.");
        }

        return new DatasetView(this, rows.ToArray());
    }

    /// <summary>A floating-point field of all rows, row after row.</summary>
    /// <param name="field">The field's name, as the model names its input or target.</param>
    /// <param name="perRow">Values of one row.</param>
    /// <exception cref="BatchShapeException">There is no such field, or its rows have another length.</exception>
    public float[] Floats(string field, int perRow) => ReadAll(new BatchField(field, FieldKind.Float, perRow, Classes: 0)).Floats(field).ToArray();

    /// <summary>A field of labels or ids of all rows, row after row.</summary>
    /// <param name="field">The field's name, as the model names it.</param>
    /// <param name="perRow">Values of one row.</param>
    /// <exception cref="BatchShapeException">There is no such field, or its rows have another length.</exception>
    public int[] Ints(string field, int perRow = 1) => ReadAll(new BatchField(field, FieldKind.Int, perRow, Classes: int.MaxValue)).Ints(field).ToArray();

    /// <summary>A field of bytes of all rows, row after row.</summary>
    /// <param name="field">The field's name, as the model names its input.</param>
    /// <param name="perRow">Values of one row.</param>
    /// <exception cref="BatchShapeException">There is no such field, or its rows have another length.</exception>
    public byte[] Bytes(string field, int perRow) => ReadAll(new BatchField(field, FieldKind.Byte, perRow, Classes: 0)).Bytes(field).ToArray();

    private Batch ReadAll(BatchField field)
    {
        var batch = Batch.OfOneField(field, Math.Max(1, Count));
        batch.Rows = Count;
        Read(Shuffling.Identity(Count), batch);
        return batch.WasTaken || Count == 0
            ? batch
            : throw new BatchShapeException($"The dataset's Read fills no field '{field.Name}'; ask for one that it fills, by the name that it has there.");
    }

    /// <param name="rows">The rows of both parts.</param>
    /// <param name="firstCount">How many are the first part's.</param>
    /// <param name="between">How many of those, at their end, belong to neither, if the second part has rows.</param>
    private (Dataset First, Dataset Second) Part(int[] rows, int firstCount, int between = 0)
    {
        int[] first = rows[..(firstCount == rows.Length ? firstCount : Math.Max(0, firstCount - between))], second = rows[firstCount..];
        Array.Sort(first);
        Array.Sort(second);
        return (new DatasetView(this, first), new DatasetView(this, second));
    }

    private static void CheckFraction(double fraction)
    {
        if (!(fraction >= 0 && fraction <= 1))
            throw new ArgumentOutOfRangeException(nameof(fraction), fraction, "The fraction is the share of the first part, from 0 to 1.");
    }
}

/// <summary>Some rows of another dataset.</summary>
internal sealed class DatasetView(Dataset source, int[] rows) : Dataset
{
    private int[] mapped = [];

    public override int Count => rows.Length;

    internal override string? LabelField => source.LabelField;

    /// <summary>Of rows in the order of the source; no more of them than there.</summary>
    internal override int Overlap => source.Overlap;

    public override int LabelOf(int row) => source.LabelOf(rows[row]);

    public override void Read(ReadOnlySpan<int> positions, Batch batch)
    {
        // Taken out while in use, so that two threads that read one view do not share the buffer.
        int[] buffer = Interlocked.Exchange(ref mapped, []);
        if (buffer.Length < positions.Length)
            buffer = new int[positions.Length];
        for (int i = 0; i < positions.Length; i++)
            buffer[i] = rows[positions[i]];
        source.Read(buffer.AsSpan(0, positions.Length), batch);
        Volatile.Write(ref mapped, buffer);
    }
}
