using System.Globalization;
using System.Numerics;
using System.Text;

namespace DlGen;

/// <summary>A CSV file in memory (RFC 4180, comma-separated, UTF-8): a rectangle of fields that are turned into numbers column by column,
/// in the invariant culture. <c>var table = CsvTable.Read("digits.csv", header: false); float[] pixels = table.Floats(..64);</c></summary>
public sealed class CsvTable
{
    private readonly TextBuffer text;
    private readonly List<int> ends;
    private readonly List<long> lines;

    private CsvTable(TextBuffer text, List<int> ends, List<long> lines, string[]? names, int columns)
    {
        this.text = text;
        this.ends = ends;
        this.lines = lines;
        Names = names;
        Columns = columns;
    }

    /// <summary>The number of rows, the header not counted.</summary>
    public int Rows => lines.Count;

    /// <summary>The number of columns, the same in every row.</summary>
    public int Columns { get; }

    /// <summary>The names in the header, or null without one.</summary>
    public IReadOnlyList<string>? Names { get; }

    /// <summary>Reads a file.</summary>
    /// <param name="path">The file, UTF-8.</param>
    /// <param name="header">Whether the first record holds the columns' names.</param>
    /// <exception cref="FormatException">The text breaks a rule, or a row has another number of fields; the message names line and column.</exception>
    public static CsvTable Read(string path, bool header)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file, header);
    }

    /// <summary>Reads a stream of UTF-8 to its end, a decompressing one for instance.</summary>
    /// <param name="stream">The stream; it stays open.</param>
    /// <param name="header">Whether the first record holds the columns' names.</param>
    /// <exception cref="FormatException">The text breaks a rule, or a row has another number of fields; the message names line and column.</exception>
    public static CsvTable Read(Stream stream, bool header)
    {
        using StreamReader reader = new(stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, bufferSize: -1, leaveOpen: true);
        return Read(reader, header);
    }

    /// <summary>Reads text to its end.</summary>
    /// <param name="reader">The text.</param>
    /// <param name="header">Whether the first record holds the columns' names.</param>
    /// <exception cref="FormatException">The text breaks a rule, or a row has another number of fields; the message names line and column.</exception>
    public static CsvTable Read(TextReader reader, bool header)
    {
        ArgumentNullException.ThrowIfNull(reader);
        var text = new TextBuffer(Array.MaxLength);
        var ends = new List<int>();
        var lines = new List<long>();
        var csv = new CsvReader(reader);
        string[]? names = null;
        int columns = 0;
        if (header)
        {
            columns = csv.ReadRecord(text, ends);
            names = new string[columns];
            for (int i = 0; i < columns; i++)
                names[i] = text.Slice(i == 0 ? 0 : ends[i - 1], ends[i]).ToString();
            CsvHeader.CheckNames(names);

            // Rows begin behind the header's text; what the list of ends holds is only theirs.
            int headerEnd = text.Length;
            ends.Clear();
            ends.Add(headerEnd);
        }
        else
        {
            ends.Add(0);
        }

        while (csv.ReadRecord(text, ends) is > 0 and int fields)
        {
            columns = columns == 0 ? fields : columns;
            if (fields != columns)
                throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"Line {csv.RecordLine} has {fields} fields instead of {columns}."));
            lines.Add(csv.RecordLine);
        }

        return new CsvTable(text, ends, lines, names, columns);
    }

    /// <summary>Columns as floats, row after row: (Rows, columns).</summary>
    /// <param name="columns">The columns, the first being 0: <c>..64</c>, <c>1..^1</c>.</param>
    /// <exception cref="FormatException">A field is no number that a float can hold; the message names line and column.</exception>
    public float[] Floats(Range columns) => Numbers<float>(Positions(columns));

    /// <inheritdoc cref="Floats(Range)"/>
    public float[] Floats(params ReadOnlySpan<int> columns) => Numbers<float>(Positions(columns));

    /// <summary>Columns as floats, row after row: (Rows, columns).</summary>
    /// <param name="columns">The columns' names in the header.</param>
    /// <exception cref="FormatException">A field is no number that a float can hold; the message names line and column.</exception>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public float[] Floats(params ReadOnlySpan<string> columns) => Numbers<float>(Positions(columns));

    /// <summary>Columns as doubles, row after row: (Rows, columns).</summary>
    /// <param name="columns">The columns, the first being 0: <c>..64</c>, <c>1..^1</c>.</param>
    /// <exception cref="FormatException">A field is no number; the message names line and column.</exception>
    public double[] Doubles(Range columns) => Numbers<double>(Positions(columns));

    /// <inheritdoc cref="Doubles(Range)"/>
    public double[] Doubles(params ReadOnlySpan<int> columns) => Numbers<double>(Positions(columns));

    /// <summary>Columns as doubles, row after row: (Rows, columns).</summary>
    /// <param name="columns">The columns' names in the header.</param>
    /// <exception cref="FormatException">A field is no number; the message names line and column.</exception>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public double[] Doubles(params ReadOnlySpan<string> columns) => Numbers<double>(Positions(columns));

    /// <summary>A column of whole numbers: labels.</summary>
    /// <param name="column">The column, the first being 0; <c>^1</c> is the last.</param>
    /// <exception cref="FormatException">A field is no 32-bit whole number; the message names line and column.</exception>
    public int[] Ints(Index column) => Integers(InRange(column.GetOffset(Columns)));

    /// <summary>A column of whole numbers: labels.</summary>
    /// <param name="column">The column's name in the header.</param>
    /// <exception cref="FormatException">A field is no 32-bit whole number; the message names line and column.</exception>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public int[] Ints(string column) => Integers(PositionOf(column));

    /// <summary>A column as it stands in the file, without quotes.</summary>
    /// <param name="column">The column, the first being 0; <c>^1</c> is the last.</param>
    public string[] Strings(Index column) => Texts(InRange(column.GetOffset(Columns)));

    /// <summary>A column as it stands in the file, without quotes.</summary>
    /// <param name="column">The column's name in the header.</param>
    /// <exception cref="ArgumentException">There is no such column.</exception>
    public string[] Strings(string column) => Texts(PositionOf(column));

    private T[] Numbers<T>(int[] columns)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        var values = new T[checked(Rows * columns.Length)];
        for (int row = 0; row < Rows; row++)
        {
            for (int i = 0; i < columns.Length; i++)
            {
                if (CsvNumber.Read(Field(row, columns[i]), out values[row * columns.Length + i]) is string expected)
                    throw NoNumber(row, columns[i], expected);
            }
        }

        return values;
    }

    private int[] Integers(int column)
    {
        var values = new int[Rows];
        for (int row = 0; row < Rows; row++)
        {
            if (CsvNumber.Read(Field(row, column), out values[row]) is string expected)
                throw NoNumber(row, column, expected);
        }

        return values;
    }

    private string[] Texts(int column)
    {
        var values = new string[Rows];
        for (int row = 0; row < Rows; row++)
            values[row] = Field(row, column).ToString();
        return values;
    }

    private ReadOnlySpan<char> Field(int row, int column)
    {
        int index = checked(row * Columns + column);
        return text.Slice(ends[index], ends[index + 1]);
    }

    private int[] Positions(Range columns)
    {
        (int start, int length) = columns.GetOffsetAndLength(Columns);
        return [.. Enumerable.Range(start, length)];
    }

    private int[] Positions(ReadOnlySpan<int> columns)
    {
        foreach (int column in columns)
            InRange(column);
        return columns.ToArray();
    }

    private int[] Positions(ReadOnlySpan<string> columns)
    {
        var positions = new int[columns.Length];
        for (int i = 0; i < columns.Length; i++)
            positions[i] = PositionOf(columns[i]);
        return positions;
    }

    private int PositionOf(string name) => CsvHeader.PositionOf((string[]?)Names, name);

    private int InRange(int column) => (uint)column < (uint)Columns
        ? column
        : throw new ArgumentOutOfRangeException(nameof(column), column, $"The table has the columns 0 to {Columns - 1}.");

    private FormatException NoNumber(int row, int column, string expected)
    {
        string name = Names is null ? "" : $" ('{Names[column]}')";
        string field = Field(row, column).ToString();
        return new FormatException(string.Create(
            CultureInfo.InvariantCulture, $"Line {lines[row]}, column {column + 1}{name}: '{field}' is not {expected}."));
    }
}
