using System.ComponentModel;
using System.Globalization;
using DlGen.Compiled;

namespace DlGen;

/// <summary>Some rows of a dataset, one buffer per field of the model. The buffers are reused from batch to batch.</summary>
public sealed class Batch
{
    private readonly BatchField[] fields;
    private readonly Array[] buffers;
    private readonly bool float64;
    private bool isOneField;
    private bool wasTaken;
    private int first;
    private Batch?[]? narrowed;

    /// <summary>Creates empty buffers. The training loop does this; a test of a dataset may too.</summary>
    /// <param name="definition">The fields.</param>
    /// <param name="capacity">The most rows it can hold.</param>
    public Batch(BatchDefinition definition, int capacity)
    {
        ArgumentNullException.ThrowIfNull(definition);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(capacity);
        fields = definition.Fields;
        float64 = definition.Float64;
        Capacity = capacity;
        buffers = [.. fields.Select(Allocate)];

        Array Allocate(BatchField field)
        {
            int length = checked(field.PerRow * capacity);
            return field.Kind switch
            {
                FieldKind.Int => new int[length],
                FieldKind.Byte => new byte[length],
                _ => float64 ? new double[length] : new float[length],
            };
        }
    }

    /// <summary>A batch of one field, as a dataset gives it by its name: what else the dataset fills is not there.</summary>
    internal static Batch OfOneField(BatchField field, int capacity) => new(new BatchDefinition([field], Float64: false), capacity) { isOneField = true };

    /// <summary>The same buffers but one.</summary>
    private Batch(Batch whole, int without)
    {
        fields = [.. whole.fields.Where((_, i) => i != without)];
        buffers = [.. whole.buffers.Where((_, i) => i != without)];
        float64 = whole.float64;
        Capacity = whole.Capacity;
    }

    /// <summary>The most rows it can hold.</summary>
    public int Capacity { get; }

    /// <summary>The rows it holds now.</summary>
    /// <exception cref="ArgumentOutOfRangeException">More than <see cref="Capacity"/>.</exception>
    public int Rows
    {
        get;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(value, Capacity);
            field = value;
        }
    }

    /// <summary>Whether this field is to be filled. A model's batch has the model's inputs and targets, all of them; that of <see cref="Dataset.Floats"/>, <see cref="Dataset.Ints"/> and <see cref="Dataset.Bytes"/>
    /// has the field that was asked for, so a dataset of several fields looks before it fills one: <c>if (batch.Has("image")) …</c>.</summary>
    /// <param name="name">The name in the declaration.</param>
    public bool Has(string name) => Array.Exists(fields, field => field.Name == name);

    /// <summary>A float field of a Float32 model: Rows · (values per row) numbers to write or read.</summary>
    /// <param name="name">The name in the declaration.</param>
    /// <exception cref="BatchShapeException">The model has no such field, or it is of another type.</exception>
    public Span<float> Floats(string name) => Field<float>(name);

    /// <summary>A float field of a Float64 model: Rows · (values per row) numbers to write or read.</summary>
    /// <param name="name">The name in the declaration.</param>
    /// <exception cref="BatchShapeException">The model has no such field, or it is of another type.</exception>
    public Span<double> Doubles(string name) => Field<double>(name);

    /// <summary>A label field: Rows · (values per row) numbers to write or read.</summary>
    /// <param name="name">The name in the declaration.</param>
    /// <exception cref="BatchShapeException">The model has no such field, or it is of another type.</exception>
    public Span<int> Ints(string name) => Field<int>(name);

    /// <summary>A field of bytes, an input declared with <see cref="InputAttribute.Bytes"/>: Rows · (values per row) of them to write or read.</summary>
    /// <param name="name">The name in the declaration.</param>
    /// <exception cref="BatchShapeException">The model has no such field, or it is of another type.</exception>
    public Span<byte> Bytes(string name) => Field<byte>(name);

    /// <summary>Makes a part of its rows all that it holds, until the result is disposed.</summary>
    /// <param name="part">The number of the part, from 0.</param>
    /// <param name="parts">How many there are; their sizes differ by at most one row.</param>
    [EditorBrowsable(EditorBrowsableState.Never)]
    public ShownPart Part(int part, int parts)
    {
        int all = Rows, from = (int)((long)all * part / parts), end = (int)((long)all * (part + 1) / parts);
        (first, Rows, LastPart) = (from, end - from, from);
        return new ShownPart(this, all);
    }

    /// <summary>The first row of the part that was shown last; 0 when it was just read.</summary>
    internal int LastPart { get; set; }

    internal ReadOnlySpan<BatchField> Fields => fields;

    internal bool Float64 => float64;

    internal bool HoldsBytes(string name) => Array.Exists(fields, field => field.Name == name && field.Kind == FieldKind.Byte);

    /// <summary>This batch for a dataset that does not know one of its fields: the same rows and buffers, made once and then reused. Itself if it has no such
    /// field.</summary>
    internal Batch Without(string name)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Name != name)
                continue;
            narrowed ??= new Batch?[fields.Length];
            Batch rest = narrowed[i] ??= new Batch(this, without: i);
            rest.Rows = Rows;
            return rest;
        }

        return this;
    }

    /// <summary>Whether somebody had a field to fill or to read.</summary>
    internal bool WasTaken => wasTaken;

    private Span<T> Field<T>(string name)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Name != name)
                continue;
            wasTaken = true;
            return buffers[i] is T[] values
                ? values.AsSpan(first * fields[i].PerRow, Rows * fields[i].PerRow)
                : throw new BatchShapeException($"The field '{name}' holds {Plural(buffers[i])}; call batch.{MethodOf(buffers[i])}(\"{name}\").");
        }

        if (isOneField)
        {
            string asked = string.Create(CultureInfo.InvariantCulture, $"{MethodOf(buffers[0])}(\"{fields[0].Name}\"{(fields[0].PerRow == 1 ? "" : $", {fields[0].PerRow}")})");
            throw new BatchShapeException($"data.{asked} reads the field '{fields[0].Name}' alone, but the dataset's Read fills '{name}' too; let it fill that only if (batch.Has(\"{name}\")).");
        }

        string known = string.Join(", ", fields.Select(field => string.Create(CultureInfo.InvariantCulture, $"{field.Name} ({field.PerRow} per row)")));
        throw new BatchShapeException($"The model has no field '{name}'. It has {known}.");
    }

    private static string MethodOf(Array buffer) => buffer switch { int[] => nameof(Ints), byte[] => nameof(Bytes), float[] => nameof(Floats), _ => nameof(Doubles) };

    private static string Plural(Array buffer) => buffer switch { int[] => "ints", byte[] => "bytes", float[] => "floats", _ => "doubles" };

    /// <summary>Gives the batch all its rows back.</summary>
    public readonly ref struct ShownPart
    {
        private readonly Batch batch;
        private readonly int rows;

        internal ShownPart(Batch batch, int rows) => (this.batch, this.rows) = (batch, rows);

        /// <summary>Ends the part.</summary>
        public void Dispose() => (batch.first, batch.Rows) = (0, rows);
    }
}
