using System.Numerics;
using DlGen.Compiled;
using Microsoft.Win32.SafeHandles;

namespace DlGen;

/// <summary>The rows of IDX files that need not fit into memory: a batch reads its own rows from the disk. It holds one buffer.
/// <c>using var data = IdxDataset.Open(IdxField.Floats("inputs", "images", 1 / 255.0), IdxField.Ints("targets", "labels"));</c></summary>
/// <remarks>Any number of threads may read; they take turns. The files must stay as they are while the dataset is open.</remarks>
public sealed class IdxDataset : Dataset, IDisposable
{
    private readonly Lock gate = new();
    private readonly Source[] sources;
    private readonly byte[] buffer;
    private readonly Source? labels;
    private bool closed;

    private IdxDataset(Source[] sources, int bufferLength)
    {
        this.sources = sources;
        buffer = new byte[bufferLength];
        Source[] ints = [.. sources.Where(source => source.Field.Kind == FieldKind.Int && source.Header.PerRow == 1)];
        labels = ints.Length == 1 ? ints[0] : null;
    }

    internal override string? LabelField => labels?.Field.Name;

    /// <inheritdoc/>
    public override int Count => sources[0].Header.Rows;

    /// <summary>Opens files and checks their headers. Close them with <see cref="Dispose"/>.</summary>
    /// <param name="fields">A file for each field of the model, all with the same number of rows.</param>
    /// <exception cref="FormatException">One is no IDX file, is shorter or longer than its header says, is packed with gzip, or has no whole numbers where
    /// labels are asked for, or no unsigned bytes where bytes are.</exception>
    /// <exception cref="BatchShapeException">They have different numbers of rows.</exception>
    public static IdxDataset Open(params ReadOnlySpan<IdxField> fields) => Open(fields, bufferLength: 1 << 16);

    internal static IdxDataset Open(ReadOnlySpan<IdxField> fields, int bufferLength)
    {
        if (fields.IsEmpty)
            throw new ArgumentException("A dataset needs at least one field.", nameof(fields));
        var sources = new List<Source>(fields.Length);
        try
        {
            foreach (IdxField field in fields)
            {
                Source source = OpenField(field);
                sources.Add(source);
                if (source.Header.Rows != sources[0].Header.Rows)
                    throw new BatchShapeException($"{field.Name} has {source.Header.Rows} rows, but {fields[0].Name} has {sources[0].Header.Rows}.");
                if (sources.Count(other => other.Field.Name == field.Name) > 1)
                    throw new ArgumentException($"The field {field.Name} stands twice.", nameof(fields));
            }

            return new IdxDataset([.. sources], bufferLength);
        }
        catch
        {
            foreach (Source source in sources)
                source.File.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public override int LabelOf(int row)
    {
        if (labels is null)
        {
            throw new NotSupportedException(
                $"The dataset does not have exactly one field of labels with one number a row, which a stratified split needs; use {nameof(Split)}.");
        }

        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Count);
        lock (gate)
            return (int)labels.Header.At(Bytes(labels, row, count: 1), 0);
    }

    /// <inheritdoc/>
    /// <exception cref="BatchShapeException">A field of the model is not there, or of another length or type.</exception>
    /// <exception cref="FormatException">A number is too large for the model's precision, or a file has changed since it was opened.</exception>
    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        lock (gate)
        {
            foreach (BatchField field in batch.Fields)
            {
                Source source = SourceOf(field);
                FieldMatch.Check(field, (int)Math.Min(source.Header.PerRow, int.MaxValue), source.Field.Kind, "IdxField.Ints", "IdxField.Bytes");
                if (field.Kind == FieldKind.Int)
                    Read(source, rows, batch.Ints(field.Name));
                else if (field.Kind == FieldKind.Byte)
                    Read(source, rows, batch.Bytes(field.Name));
                else if (batch.Float64)
                    Read(source, rows, batch.Doubles(field.Name));
                else
                    Read(source, rows, batch.Floats(field.Name));
            }
        }
    }

    /// <summary>Closes the files.</summary>
    public void Dispose()
    {
        lock (gate)
        {
            closed = true;
            foreach (Source source in sources)
                source.File.Dispose();
        }
    }

    private static Source OpenField(IdxField field)
    {
        using FileStream stream = new(field.Path, FileMode.Open, FileAccess.Read, FileShare.Read);
        Span<byte> first = stackalloc byte[2];
        if (stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false) == first.Length && IdxHeader.IsPacked(first))
        {
            throw new FormatException(
                $"{field.Path} is packed with gzip, so that rows in the middle of it cannot be reached; unpack it, or read it into memory by {nameof(IdxFile)}.");
        }

        stream.Position = 0;
        IdxHeader header = IdxHeader.Read(stream, stream.Length, exact: true);
        if (field.Kind == FieldKind.Int && header.IsFloating)
            throw header.NoLabels();
        if (field.Kind == FieldKind.Byte && header.Type != IdxType.Byte)
            throw header.NoBytes();
        return new Source(field, header, File.OpenHandle(field.Path, options: FileOptions.RandomAccess));
    }

    private void Read(Source source, ReadOnlySpan<int> rows, Span<byte> destination)
    {
        int perRow = (int)source.Header.PerRow;
        for (int i = 0; i < rows.Length; i++)
            Fill(source, (long)rows[i] * perRow, destination.Slice(i * perRow, perRow));
    }

    private void Read<T>(Source source, ReadOnlySpan<int> rows, Span<T> destination)
        where T : unmanaged, INumberBase<T>
    {
        int perRow = (int)source.Header.PerRow, most = Math.Max(1, buffer.Length / source.Header.ElementSize);
        for (int i = 0; i < rows.Length; i++)
        {
            for (int from = 0; from < perRow; from += most)
            {
                int count = Math.Min(most, perRow - from);
                ReadOnlySpan<byte> elements = Bytes(source, (long)rows[i] * perRow + from, count);
                for (int j = 0; j < count; j++)
                    destination[i * perRow + from + j] = Scaled<T>(source, elements, j);
            }
        }
    }

    private static T Scaled<T>(Source source, ReadOnlySpan<byte> elements, int index)
        where T : unmanaged, INumberBase<T>
    {
        double value = source.Header.At(elements, index) * source.Field.Scale;
        T converted = T.CreateTruncating(value);
        return T.IsInfinity(converted) && double.IsFinite(value)
            ? throw new FormatException(FormattableString.Invariant($"{source.Field.Path} holds {value}, which a Float32 model cannot hold."))
            : converted;
    }

    private ReadOnlySpan<byte> Bytes(Source source, long element, int count)
    {
        int size = source.Header.ElementSize;
        Span<byte> bytes = buffer.AsSpan(0, count * size);
        Fill(source, element * size, bytes);
        return bytes;
    }

    /// <summary>Reads the bytes from one on, which is counted from the first of the numbers.</summary>
    private void Fill(Source source, long first, Span<byte> bytes)
    {
        ObjectDisposedException.ThrowIf(closed, this);
        for (int filled = 0; filled < bytes.Length;)
        {
            int read = RandomAccess.Read(source.File, bytes[filled..], source.Header.Length + first + filled);
            filled += read > 0 ? read : throw new FormatException($"{source.Field.Path} is shorter than when it was opened.");
        }
    }

    private Source SourceOf(BatchField field)
    {
        foreach (Source source in sources)
        {
            if (source.Field.Name == field.Name)
                return source;
        }

        throw FieldMatch.Unknown(field, sources.Select(source => source.Field.Name));
    }

    private sealed record Source(IdxField Field, IdxHeader Header, SafeFileHandle File);
}
