using System.Globalization;

namespace DlGen;

/// <summary>Splits CSV text by RFC 4180: fields between commas, records between line ends (\r\n or \n), fields in double quotes may hold both and "" for a quote.
/// Strict: a quote inside of an unquoted field, text behind a closing quote, a lone \r or an open quote at the end is an error with its line and column.</summary>
internal sealed class CsvReader(TextReader source, int bufferLength = 1 << 16)
{
    private const int End = -1;

    private readonly char[] buffer = new char[bufferLength];
    private int position;
    private int filled;
    private long line = 1;
    private long column = 1;
    private long taken;

    /// <summary>How many characters lie before the next record.</summary>
    public long Position => taken + position;

    /// <summary>The line on which the last record began, from 1.</summary>
    public long RecordLine { get; private set; }

    /// <summary>Reads a record. The text of its fields is appended to <paramref name="text"/> and the end of each to <paramref name="ends"/>.
    /// An empty line at the end of the text is no record.</summary>
    /// <returns>The number of fields; 0 at the end.</returns>
    public int ReadRecord(TextBuffer text, List<int> ends)
    {
        if (Peek() == End)
            return 0;
        RecordLine = line;
        int fields = 0;
        while (true)
        {
            if (Peek() == '"')
                ReadQuoted(text);
            else
                ReadPlain(text);
            ends.Add(text.Length);
            fields++;
            if (Peek() != ',')
                break;
            Next();
        }

        if (Peek() == '\r')
        {
            Next();
            if (Peek() != '\n')
                throw Error("a carriage return without a line feed");
        }

        if (Peek() == '\n')
            Next();
        return fields;
    }

    /// <summary>Forgets what was read of the source, which gives other text from now on.</summary>
    public void Restart()
    {
        (position, filled, taken) = (0, 0, 0);
        (line, column) = (1, 1);
    }

    private void ReadPlain(TextBuffer text)
    {
        while (Peek() is not (End or ',' or '\r' or '\n') and int next)
        {
            if (next == '"')
                throw Error("a quote inside of a field that does not begin with one; put the whole field in quotes and double this one");
            text.Append((char)Next());
        }
    }

    private void ReadQuoted(TextBuffer text)
    {
        (long openLine, long openColumn) = (line, column);
        Next();
        while (true)
        {
            int next = Next();
            if (next == End)
                throw ErrorAt(openLine, openColumn, "a quoted field that is never closed");
            if (next != '"')
            {
                text.Append((char)next);
                continue;
            }

            if (Peek() != '"')
                break;
            text.Append((char)Next());
        }

        if (Peek() is not (End or ',' or '\r' or '\n'))
            throw Error("text behind a closing quote");
    }

    private int Peek()
    {
        if (position == filled)
        {
            taken += filled;
            filled = source.Read(buffer, 0, buffer.Length);
            position = 0;
            if (filled == 0)
                return End;
        }

        return buffer[position];
    }

    private int Next()
    {
        int next = Peek();
        if (next == End)
            return End;
        position++;
        (line, column) = next == '\n' ? (line + 1, 1) : (line, column + 1);
        return next;
    }

    private FormatException Error(string what) => ErrorAt(line, column, what);

    private static FormatException ErrorAt(long line, long column, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"The CSV text has {what}, at line {line}, column {column}."));
}

/// <summary>Characters that grow: the fields' text, without separators.</summary>
/// <param name="capacity">The most it may hold.</param>
internal sealed class TextBuffer(int capacity)
{
    private char[] characters = new char[1 << 12];

    public int Length { get; private set; }

    public void Append(char character)
    {
        if (Length == characters.Length)
        {
            if (Length == capacity)
            {
                throw new FormatException(
                    string.Create(CultureInfo.InvariantCulture, $"The CSV text holds more than {capacity} characters where that is the most; is a closing quote missing?"));
            }

            Array.Resize(ref characters, (int)Math.Min(2L * Length, capacity));
        }

        characters[Length++] = character;
    }

    public void Clear() => Length = 0;

    public ReadOnlySpan<char> Slice(int start, int end) => characters.AsSpan(start, end - start);
}
