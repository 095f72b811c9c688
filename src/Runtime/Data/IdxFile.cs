using System.IO.Compression;

namespace DlGen;

/// <summary>An IDX file, the format of MNIST (LeCun, Cortes and Burges): numbers of one type with a shape, of which the first axis counts the rows. Plain or
/// packed with gzip, which the content tells and not the name. <c>float[] images = IdxFile.Read("train-images-idx3-ubyte.gz").Floats(1 / 255.0);</c></summary>
public sealed class IdxFile
{
    /// <summary>Bytes of a deflated stream give at most 1032 times as many: 258 from two bits.</summary>
    private const int DeflateBound = 1032;

    private const int FirstChunk = 1 << 16;

    private readonly IdxHeader header;
    private readonly byte[] elements;

    private IdxFile(IdxHeader header, byte[] elements)
    {
        this.header = header;
        this.elements = elements;
    }

    /// <summary>The number type in the file.</summary>
    public IdxType Type => header.Type;

    /// <summary>The extents, the number of rows first: (60000, 28, 28) for the training images of MNIST.</summary>
    public ReadOnlySpan<int> Shape => header.Shape;

    /// <summary>The number of rows: the first extent.</summary>
    public int Rows => header.Rows;

    /// <summary>Numbers of a row: the product of the other extents.</summary>
    public int PerRow => (int)Math.Min(header.PerRow, int.MaxValue); // more only where there are no rows

    private int Length => elements.Length / header.ElementSize;

    /// <summary>Reads a file. No more memory is taken than its content fills, whatever its header claims.</summary>
    /// <param name="path">The file, plain or packed with gzip.</param>
    /// <exception cref="FormatException">It is no IDX file, or shorter or longer than its header says; the message says what was found and what was
    /// expected.</exception>
    public static IdxFile Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The bytes, plain or packed with gzip; it stays open.</param>
    /// <exception cref="FormatException">They are no IDX file, or fewer or more than its header says; the message says what was found and what was
    /// expected.</exception>
    public static IdxFile Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (stream.CanSeek)
            return ReadSeekable(stream);
        using var content = new MemoryStream();
        stream.CopyTo(content);
        content.Position = 0;
        return ReadSeekable(content);
    }

    /// <summary>All numbers of a file of unsigned bytes as they are, row after row: what an input that is declared with <see cref="InputAttribute.Bytes"/> takes.</summary>
    /// <exception cref="FormatException">The file holds numbers of another type.</exception>
    public byte[] Bytes() => Type == IdxType.Byte ? [.. elements] : throw header.NoBytes();

    /// <summary>All numbers as floats, row after row, each times <paramref name="scale"/>, which is computed in double and rounded.</summary>
    /// <param name="scale">What they are multiplied by: <c>1 / 255.0</c> for bytes that are shades.</param>
    /// <exception cref="FormatException">One is larger than a float can hold.</exception>
    public float[] Floats(double scale = 1)
    {
        var values = new float[Length];
        for (int i = 0; i < values.Length; i++)
        {
            double value = header.At(elements, i) * scale;
            values[i] = (float)value;
            if (float.IsInfinity(values[i]) && double.IsFinite(value))
                throw new FormatException(FormattableString.Invariant($"Element {i} is {value}, which a float cannot hold; use {nameof(Doubles)}."));
        }

        return values;
    }

    /// <summary>All numbers as doubles, row after row, each times <paramref name="scale"/>.</summary>
    /// <param name="scale">What they are multiplied by.</param>
    public double[] Doubles(double scale = 1)
    {
        var values = new double[Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = header.At(elements, i) * scale;
        return values;
    }

    /// <summary>All numbers as labels or ids, row after row.</summary>
    /// <exception cref="FormatException">The file holds floating-point numbers.</exception>
    public int[] Ints()
    {
        if (header.IsFloating)
            throw header.NoLabels();
        var values = new int[Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = (int)header.At(elements, i);
        return values;
    }

    private static IdxFile ReadSeekable(Stream stream)
    {
        long available = stream.Length - stream.Position;
        Span<byte> first = stackalloc byte[2];
        int found = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        stream.Position -= found;
        if (found < 2 || !IdxHeader.IsPacked(first))
            return ReadContent(stream, available, exact: true);
        try
        {
            using var unpacked = new GZipStream(stream, CompressionMode.Decompress, leaveOpen: true);
            return ReadContent(unpacked, available * DeflateBound, exact: false);
        }
        catch (InvalidDataException exception)
        {
            throw new FormatException($"The IDX file is packed with gzip and damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Reads header and elements.</summary>
    /// <param name="stream">The unpacked bytes.</param>
    /// <param name="available">How many there are, or can be at most.</param>
    /// <param name="exact">Whether there are exactly so many.</param>
    private static IdxFile ReadContent(Stream stream, long available, bool exact)
    {
        IdxHeader header = IdxHeader.Read(stream, available, exact);
        if (header.DataLength > Array.MaxLength)
        {
            throw new FormatException(
                FormattableString.Invariant($"The IDX file has {header.DataLength} bytes of numbers, more than one array holds; read it row by row with {nameof(IdxDataset)}."));
        }

        byte[] elements = ReadElements(stream, (int)header.DataLength, exact);
        if (stream.ReadByte() >= 0)
            throw new FormatException($"The IDX file goes on after the numbers of {header}.");
        return new IdxFile(header, elements);
    }

    /// <summary>Where the length of the content is only claimed, memory grows with what has come: a short file that claims to be long fills no more than twice
    /// its own bytes.</summary>
    private static byte[] ReadElements(Stream stream, int length, bool exact)
    {
        var elements = new byte[exact ? length : Math.Min(length, FirstChunk)];
        int filled = 0;
        while (true)
        {
            IdxHeader.Fill(stream, elements.AsSpan(filled), "its numbers");
            filled = elements.Length;
            if (filled == length)
                return elements;
            Array.Resize(ref elements, (int)Math.Min(2L * filled, length));
        }
    }
}
