using System.Globalization;
using DlGen.Compiled;

namespace DlGen;

/// <content>Windows over sequences.</content>
public abstract partial class Dataset
{
    /// <summary>Windows over sequences that run side by side: row r begins at step r · stride. Split them with <see cref="TimeSplit"/> or <see cref="TimeSeriesFolds"/>: in a random
    /// split one part would hold steps of the other.</summary>
    /// <param name="stride">How many steps it is from the begin of a window to that of the next.</param>
    /// <param name="fields">Each a sequence of equally many steps, and which of them a window has:
    /// <c>WindowField.Floats("inputs", weather, ..168, perStep: 8), WindowField.Floats("targets", demand, 168..192)</c>.</param>
    /// <exception cref="BatchShapeException">The sequences have different numbers of steps, or too few for one window.</exception>
    public static Dataset FromWindows(int stride, params ReadOnlySpan<WindowField> fields) => new WindowDataset(stride, fields);

    /// <summary>Windows over the ids of a text for a model that says what comes next: a window has so many ids as input, and as labels those one position later.</summary>
    /// <param name="ids">The text, from <see cref="Tokenizer.Encode(string)"/>. It is not copied.</param>
    /// <param name="length">The ids of a window, as the model's input has them.</param>
    /// <param name="stride">How far it is from one window to the next. 1 gives every window there is: with <see cref="TrainingOptions.RowsPerEpoch"/> random ones. The length gives each label once, as
    /// a validation wants it.</param>
    /// <param name="inputs">The name of the model's input.</param>
    /// <param name="targets">The name of its labels.</param>
    /// <exception cref="BatchShapeException">There are too few ids for one window.</exception>
    public static Dataset FromTokens(int[] ids, int length, int stride = 1, string inputs = "inputs", string targets = "targets")
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(length);
        return FromWindows(stride, WindowField.Ints(inputs, ids, ..length), WindowField.Ints(targets, ids, 1..(length + 1)));
    }
}

/// <summary>Rows that are windows over sequences.</summary>
internal sealed class WindowDataset : Dataset
{
    private readonly WindowField[] fields;
    private readonly int stride;
    private readonly int span;

    public WindowDataset(int stride, ReadOnlySpan<WindowField> fields)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(stride);
        if (fields.IsEmpty)
            throw new ArgumentException("Windows need at least one field.", nameof(fields));
        (this.stride, this.fields) = (stride, fields.ToArray());
        int steps = fields[0].Steps;
        foreach (WindowField field in fields)
        {
            if (field.Steps != steps)
                throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture, $"{field.Name} has {field.Steps} steps, but {fields[0].Name} has {steps}."));
            if (this.fields.Count(other => other.Name == field.Name) > 1)
                throw new ArgumentException($"The field {field.Name} stands twice.", nameof(fields));
            span = Math.Max(span, field.End);
        }

        if (steps < span)
            throw new BatchShapeException(string.Create(CultureInfo.InvariantCulture, $"{fields[0].Name} has {steps} steps, and one window reaches over {span}. Give a longer sequence, or take shorter windows."));
        Count = (steps - span) / stride + 1;
    }

    public override int Count { get; }

    internal override int Overlap => (span - 1) / stride;

    public override int LabelOf(int row) => throw new NotSupportedException($"Windows have no class of their own; use {nameof(TimeSplit)} or {nameof(TimeSeriesFolds)}.");

    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        foreach (BatchField field in batch.Fields)
        {
            WindowField window = WindowOf(field);
            FieldMatch.Check(field, window.PerRow, window.Kind);
            ArrayDataset.Read(window.Values, new RowPlaces(window.Start * window.PerStep, stride * window.PerStep, window.PerRow), field, rows, batch);
        }
    }

    private WindowField WindowOf(BatchField field)
    {
        foreach (WindowField window in fields)
        {
            if (window.Name == field.Name)
                return window;
        }

        throw FieldMatch.Unknown(field, fields.Select(window => window.Name));
    }
}
