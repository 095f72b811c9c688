using System.Globalization;
using System.Numerics;
using System.Text;
using DlGen.Compiled;
using Microsoft.Win32.SafeHandles;

namespace DlGen;

/// <summary>The rows of a CSV file that need not fit into memory (RFC 4180, comma-separated, UTF-8). Opening reads the file once, checks every field of it and
/// notes where each row begins; a batch then reads its own rows from the disk. It holds 8 bytes per row (12 with labels), a buffer, and the longest row.
/// <c>using var data = CsvDataset.Open("clicks.csv", header: true, CsvField.Floats("inputs", ..64), CsvField.Ints("targets", ^1));</c></summary>
/// <remarks>Any number of threads may read; they take turns. The file must stay as it is while the dataset is open.</remarks>
public sealed class CsvDataset : Dataset, IDisposable
{
    /// <summary>A row longer than this is taken for a quote that was never closed: memory stays bounded.</summary>
    private const int LongestRow = 1 << 24;

    private static readonly byte[] Utf8Mark = [0xEF, 0xBB, 0xBF];

    private readonly Lock gate = new();
    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly FileRangeReader bytes;
    private readonly CsvReader records;
    private readonly TextBuffer text = new(LongestRow);
    private readonly List<int> ends = [];

    /// <summary>Where each row begins, and where the last one ends.</summary>
    private readonly List<long> offsets = [];
    private readonly List<int> labels = [];
    private readonly CsvField[] fields;
    private readonly int[][] positions;
    private readonly int labelField;
    private string[]? names;
    private int columns;

    private CsvDataset(string path, SafeFileHandle file, bool header, CsvField[] fields, int bufferLength)
    {
        this.path = path;
        this.file = file;
        this.fields = fields;
        bytes = new FileRangeReader(file, bufferLength);
        records = new CsvReader(bytes, bufferLength);
        positions = new int[fields.Length][];
        int[] ints = [.. Enumerable.Range(0, fields.Length).Where(i => fields[i].Kind == FieldKind.Int)];
        labelField = ints.Length == 1 ? ints[0] : -1;
        Index(header);
    }

    /// <inheritdoc/>
    public override int Count => offsets.Count - 1;

    /// <summary>The names in the header, or null without one.</summary>
    public IReadOnlyList<string>? Names => names;

    /// <summary>Opens a file and reads it once. Close it with <see cref="Dispose"/>.</summary>
    /// <param name="path">The file: plain text, since rows in the middle of a compressed one cannot be reached.</param>
    /// <param name="header">Whether the first record holds the columns' names.</param>
    /// <param name="fields">Which columns make which field of the model; others are passed over.</param>
    /// <exception cref="FormatException">The text breaks a rule, a row has another number of columns, or a field is no number; the message names line and
    /// column.</exception>
    /// <exception cref="ArgumentException">The file does not have a field's columns.</exception>
    public static CsvDataset Open(string path, bool header, params ReadOnlySpan<CsvField> fields) => Open(path, header, fields, bufferLength: 1 << 16);

    internal static CsvDataset Open(string path, bool header, ReadOnlySpan<CsvField> fields, int bufferLength)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (fields.IsEmpty)
            throw new ArgumentException("A dataset needs at least one field.", nameof(fields));
        CsvField[] own = fields.ToArray();
        if (own.GroupBy(field => field.Name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key is string twice)
            throw new ArgumentException($"The field {twice} stands twice.", nameof(fields));

        SafeFileHandle file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read, FileOptions.RandomAccess);
        try
        {
            return new CsvDataset(path, file, header, own, bufferLength);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    internal override string? LabelField => labelField >= 0 && positions[labelField].Length == 1 ? fields[labelField].Name : null;

    /// <inheritdoc/>
    public override int LabelOf(int row) => labelField >= 0 && positions[labelField].Length == 1
        ? labels[row]
        : throw new NotSupportedException(
            $"The dataset does not have exactly one field of labels with one column, which a stratified split needs; use {nameof(Split)}.");

    /// <inheritdoc/>
    /// <exception cref="BatchShapeException">A field of the model is not there, or of another length or type.</exception>
    /// <exception cref="FormatException">A number is too large for the model's precision, or the file has changed since it was opened.</exception>
    public override void Read(ReadOnlySpan<int> rows, Batch batch)
    {
        foreach (BatchField field in batch.Fields)
            FieldMatch.Check(field, positions[PlaceOf(field)].Length, fields[PlaceOf(field)].Kind, "CsvField.Ints", bytes: "a byte[], which no CsvField gives: make one of the Ints of a CsvTable");
        lock (gate)
        {
            ObjectDisposedException.ThrowIf(file.IsClosed, this);
            for (int from = 0; from < rows.Length;)
            {
                // Rows that lie one behind the other are read in one go.
                int to = from + 1;
                while (to < rows.Length && rows[to] == rows[to - 1] + 1)
                    to++;
                Select(offsets[rows[from]], offsets[rows[to - 1] + 1]);
                for (; from < to; from++)
                    ReadRow(rows[from], from, batch);
            }
        }
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        lock (gate)
            file.Dispose();
    }

    private void Index(bool header)
    {
        long length = RandomAccess.GetLength(file), start = LengthOfMark();
        Select(start, length);
        if (header && NextRecord() is int headerColumns)
        {
            // What was read byte by byte is decoded here, where letters matter.
            names = [.. Enumerable.Range(0, headerColumns).Select(i => Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(Field(i).ToString())))];
            CsvHeader.CheckNames(names);
            TakeColumns(headerColumns);
        }

        offsets.Add(start + records.Position);
        while (NextRecord() is > 0 and int columnsHere)
        {
            if (offsets.Count == 1 && !header)
                TakeColumns(columnsHere);
            if (columnsHere != columns)
                throw new FormatException(Text($"Line {records.RecordLine} has {columnsHere} fields instead of {columns}."));
            CheckRow();
            offsets.Add(start + records.Position);
        }

        if (columns == 0)
            Array.Fill(positions, []);
        offsets.TrimExcess();
        labels.TrimExcess();
    }

    private void TakeColumns(int count)
    {
        columns = count;
        for (int i = 0; i < fields.Length; i++)
            positions[i] = fields[i].PositionsIn(count, names);
    }

    /// <summary>That all fields of the record are numbers, in the widest type: which one the model has is not known yet.</summary>
    private void CheckRow()
    {
        for (int i = 0; i < fields.Length; i++)
        {
            foreach (int column in positions[i])
            {
                int label = 0;
                string? expected = fields[i].Kind == FieldKind.Int ? CsvNumber.Read(Field(column), out label) : CsvNumber.Read(Field(column), out double _);
                if (expected is not null)
                    throw NoNumber(Text($"Line {records.RecordLine}"), column, expected);
                if (i == labelField && positions[i].Length == 1)
                    labels.Add(label);
            }
        }
    }

    private void ReadRow(int row, int place, Batch batch)
    {
        int found = NextRecord();
        if (found != columns)
            throw new FormatException(Text($"Row {row} of {path} has {found} columns instead of {columns}: the file has changed since it was opened."));
        foreach (BatchField field in batch.Fields)
        {
            int[] from = positions[PlaceOf(field)];
            if (field.Kind == FieldKind.Int)
                ReadInts(row, from, batch.Ints(field.Name).Slice(place * from.Length, from.Length));
            else if (batch.Float64)
                ReadFloats(row, from, batch.Doubles(field.Name).Slice(place * from.Length, from.Length));
            else
                ReadFloats(row, from, batch.Floats(field.Name).Slice(place * from.Length, from.Length));
        }
    }

    private void ReadInts(int row, int[] from, Span<int> destination)
    {
        for (int i = 0; i < from.Length; i++)
        {
            if (CsvNumber.Read(Field(from[i]), out destination[i]) is string expected)
                throw NoNumber(Text($"Row {row} of {path}"), from[i], expected);
        }
    }

    private void ReadFloats<T>(int row, int[] from, Span<T> destination)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        for (int i = 0; i < from.Length; i++)
        {
            if (CsvNumber.Read(Field(from[i]), out destination[i]) is string expected)
                throw NoNumber(Text($"Row {row} of {path}"), from[i], expected);
        }
    }

    private int PlaceOf(BatchField field)
    {
        for (int i = 0; i < fields.Length; i++)
        {
            if (fields[i].Name == field.Name)
                return i;
        }

        throw FieldMatch.Unknown(field, fields.Select(known => known.Name));
    }

    private void Select(long from, long to)
    {
        bytes.Select(from, to);
        records.Restart();
    }

    private int NextRecord()
    {
        text.Clear();
        ends.Clear();
        return records.ReadRecord(text, ends);
    }

    private ReadOnlySpan<char> Field(int column) => text.Slice(column == 0 ? 0 : ends[column - 1], ends[column]);

    /// <summary>Behind a byte order mark; not in a compressed file.</summary>
    private int LengthOfMark()
    {
        Span<byte> first = stackalloc byte[3];
        first = first[..RandomAccess.Read(file, first, 0)];
        if (first is [0x1F, 0x8B, ..])
        {
            throw new FormatException(
                $"{path} is compressed with gzip, so that rows in the middle of it cannot be reached; unpack it, or read it into memory by {nameof(CsvTable)}.");
        }

        return first.SequenceEqual(Utf8Mark) ? first.Length : 0;
    }

    private FormatException NoNumber(string where, int column, string expected)
    {
        string name = names is null ? "" : $" ('{names[column]}')";
        return new FormatException(Text($"{where}, column {column + 1}{name}: '{Field(column).ToString()}' is not {expected}."));
    }

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
