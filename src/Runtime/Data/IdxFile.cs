using System.Buffers.Binary;
using System.Globalization;
using System.IO.Compression;

namespace DlGen;

/// <summary>The number type of an <see cref="IdxFile"/>, as its header states it.</summary>
public enum IdxType : byte
{
    /// <summary>Whole numbers from 0 to 255.</summary>
    Byte = 0x08,

    /// <summary>Whole numbers from -128 to 127.</summary>
    SByte = 0x09,

    /// <summary>16-bit whole numbers.</summary>
    Int16 = 0x0B,

    /// <summary>32-bit whole numbers.</summary>
    Int32 = 0x0C,

    /// <summary>32-bit floating-point numbers.</summary>
    Single = 0x0D,

    /// <summary>64-bit floating-point numbers.</summary>
    Double = 0x0E,
}

/// <summary>An IDX file, the format of MNIST (LeCun, Cortes and Burges): numbers of one type with a shape, of which the first axis counts the rows. Plain or packed with gzip,
/// which the content tells and not the name. <c>float[] images = IdxFile.Read("train-images-idx3-ubyte.gz").Floats(1 / 255f);</c></summary>
public sealed class IdxFile
{
    /// <summary>Bytes of a deflated stream give at most 1032 times as many: 258 from two bits.</summary>
    private const int DeflateBound = 1032;

    private const int FirstChunk = 1 << 16;

    private readonly byte[] elements;
    private readonly int[] shape;

    private IdxFile(IdxType type, int[] shape, byte[] elements)
    {
        Type = type;
        this.shape = shape;
        this.elements = elements;
    }

    /// <summary>The number type in the file.</summary>
    public IdxType Type { get; }

    /// <summary>The extents, the number of rows first: (60000, 28, 28) for the training images of MNIST.</summary>
    public ReadOnlySpan<int> Shape => shape;

    /// <summary>The number of rows: the first extent.</summary>
    public int Rows => shape[0];

    /// <summary>Numbers of a row: the product of the other extents.</summary>
    public int PerRow => Rows == 0 ? 0 : Length / Rows;

    private int Length => elements.Length / SizeOf(Type);

    /// <summary>Reads a file. No more memory is taken than its content fills, whatever its header claims.</summary>
    /// <param name="path">The file, plain or packed with gzip.</param>
    /// <exception cref="FormatException">It is no IDX file, or shorter or longer than its header says; the message says what was found and what was expected.</exception>
    public static IdxFile Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads a stream to its end.</summary>
    /// <param name="stream">The bytes, plain or packed with gzip; it stays open.</param>
    /// <exception cref="FormatException">They are no IDX file, or fewer or more than its header says; the message says what was found and what was expected.</exception>
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

    /// <summary>All numbers as floats, row after row, each times <paramref name="scale"/>. Int32 and Double are rounded.</summary>
    /// <param name="scale">What they are multiplied by: <c>1 / 255f</c> for bytes that are shades.</param>
    /// <exception cref="FormatException">A double is larger than a float can hold.</exception>
    public float[] Floats(float scale = 1)
    {
        var values = new float[Length];
        for (int i = 0; i < values.Length; i++)
        {
            double value = At(i);
            values[i] = (float)value * scale;
            if (float.IsInfinity((float)value) && double.IsFinite(value))
                throw new FormatException(Text($"Element {i} is {value}, which a float cannot hold; use {nameof(Doubles)}."));
        }

        return values;
    }

    /// <summary>All numbers as doubles, row after row, each times <paramref name="scale"/>.</summary>
    /// <param name="scale">What they are multiplied by.</param>
    public double[] Doubles(double scale = 1)
    {
        var values = new double[Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = At(i) * scale;
        return values;
    }

    /// <summary>All numbers as labels or ids, row after row.</summary>
    /// <exception cref="FormatException">The file holds floating-point numbers.</exception>
    public int[] Ints()
    {
        if (Type is IdxType.Single or IdxType.Double)
            throw new FormatException($"The IDX file holds numbers of type {Type}, and labels are whole numbers; use {nameof(Floats)} or {nameof(Doubles)}.");
        var values = new int[Length];
        for (int i = 0; i < values.Length; i++)
            values[i] = (int)At(i);
        return values;
    }

    private static IdxFile ReadSeekable(Stream stream)
    {
        long available = stream.Length - stream.Position;
        Span<byte> first = stackalloc byte[2];
        int found = stream.ReadAtLeast(first, first.Length, throwOnEndOfStream: false);
        stream.Position -= found;
        if (found < 2 || first is not [0x1F, 0x8B])
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
        Span<byte> magic = stackalloc byte[4];
        Fill(stream, magic, "its first four bytes");
        if (magic[0] != 0 || magic[1] != 0)
            throw new FormatException($"An IDX file begins with two bytes of 0, and this one with {magic[0]:X2} {magic[1]:X2}.");
        var type = (IdxType)magic[2];
        if (SizeOf(type) == 0)
            throw new FormatException($"The IDX file states the number type {magic[2]:X2}; there are 08, 09, 0B, 0C, 0D and 0E.");
        if (magic[3] == 0)
            throw new FormatException("The IDX file states no axes, and data has one at least, which counts its rows.");

        int[] shape = ReadShape(stream, axes: magic[3]);
        long bytes = BytesOf(shape, SizeOf(type)), left = available - magic.Length - shape.Length * sizeof(int);
        if (exact ? bytes != left : bytes > left)
            throw new FormatException(Text($"The IDX file states the shape ({string.Join(", ", shape)}) of {type}, which takes {bytes} bytes, but {(exact ? "" : "at most ")}{left} follow its header."));
        if (bytes > Array.MaxLength)
            throw new FormatException(Text($"The IDX file has {bytes} bytes of numbers, more than one array holds; write it in parts."));

        byte[] elements = ReadElements(stream, (int)bytes, exact);
        if (stream.ReadByte() >= 0)
            throw new FormatException(Text($"The IDX file goes on after the {bytes} bytes that its shape ({string.Join(", ", shape)}) of {type} takes."));
        return new IdxFile(type, shape, elements);
    }

    private static int[] ReadShape(Stream stream, int axes)
    {
        Span<byte> extents = stackalloc byte[sizeof(uint) * byte.MaxValue];
        extents = extents[..(sizeof(uint) * axes)];
        Fill(stream, extents, "its shape");
        var shape = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            uint extent = BinaryPrimitives.ReadUInt32BigEndian(extents[(sizeof(uint) * i)..]);
            shape[i] = extent <= int.MaxValue ? (int)extent : throw new FormatException(Text($"Axis {i} of the IDX file has the extent {extent}; at most {int.MaxValue} are possible."));
        }

        return shape;
    }

    /// <summary>The product, at most 2^62 so that it never overflows: no file is as long.</summary>
    private static long BytesOf(int[] shape, int elementSize)
    {
        if (shape.Contains(0))
            return 0;
        Int128 bytes = elementSize;
        foreach (int extent in shape)
            bytes = Int128.Min(bytes * extent, 1L << 62);
        return (long)bytes;
    }

    /// <summary>Where the length of the content is only claimed, memory grows with what has come: a short file that claims to be long fills no more than twice its own bytes.</summary>
    private static byte[] ReadElements(Stream stream, int length, bool exact)
    {
        var elements = new byte[exact ? length : Math.Min(length, FirstChunk)];
        int filled = 0;
        while (true)
        {
            Fill(stream, elements.AsSpan(filled), "its numbers");
            filled = elements.Length;
            if (filled == length)
                return elements;
            Array.Resize(ref elements, (int)Math.Min(2L * filled, length));
        }
    }

    private static void Fill(Stream stream, Span<byte> bytes, string what)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new FormatException($"The IDX file ends inside of {what}.");
    }

    private static int SizeOf(IdxType type) => type switch
    {
        IdxType.Byte or IdxType.SByte => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Single => 4,
        IdxType.Double => 8,
        _ => 0,
    };

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private double At(int index)
    {
        ReadOnlySpan<byte> from = elements.AsSpan(index * SizeOf(Type));
        return Type switch
        {
            IdxType.Byte => from[0],
            IdxType.SByte => (sbyte)from[0],
            IdxType.Int16 => BinaryPrimitives.ReadInt16BigEndian(from),
            IdxType.Int32 => BinaryPrimitives.ReadInt32BigEndian(from),
            IdxType.Single => BinaryPrimitives.ReadSingleBigEndian(from),
            _ => BinaryPrimitives.ReadDoubleBigEndian(from),
        };
    }
}
