using System.Buffers.Binary;
using static System.FormattableString;

namespace DlGen;

/// <summary>What an IDX file states before its numbers: two bytes of 0, the number type, the number of axes, and the extents as big-endian 32-bit numbers.</summary>
internal sealed class IdxHeader
{
    private const int MagicLength = 4;

    private IdxHeader(IdxType type, int[] shape)
    {
        Type = type;
        Shape = shape;
        DataLength = Product(shape, ElementSize);
        PerRow = Product(shape.AsSpan(1), 1);
    }

    public IdxType Type { get; }

    public int[] Shape { get; }

    public int Rows => Shape[0];

    /// <summary>Numbers of a row.</summary>
    public long PerRow { get; }

    /// <summary>Bytes from the file's begin to its numbers.</summary>
    public int Length => MagicLength + Shape.Length * sizeof(uint);

    /// <summary>Bytes of all numbers.</summary>
    public long DataLength { get; }

    public int ElementSize => SizeOf(Type);

    public bool IsFloating => Type is IdxType.Single or IdxType.Double;

    /// <summary>Whether bytes begin as gzip does, and so not as IDX does.</summary>
    public static bool IsPacked(ReadOnlySpan<byte> first) => first is [0x1F, 0x8B, ..];

    /// <summary>Reads a header and holds it against what there is.</summary>
    /// <param name="stream">The unpacked bytes.</param>
    /// <param name="available">How many there are, or can be at most.</param>
    /// <param name="exact">Whether there are exactly so many.</param>
    /// <exception cref="FormatException">It breaks a rule, or states more than there is.</exception>
    public static IdxHeader Read(Stream stream, long available, bool exact)
    {
        Span<byte> magic = stackalloc byte[MagicLength];
        Fill(stream, magic, "its first four bytes");
        if (magic[0] != 0 || magic[1] != 0)
            throw new FormatException($"An IDX file begins with two bytes of 0, and this one with {magic[0]:X2} {magic[1]:X2}.");
        if (SizeOf((IdxType)magic[2]) == 0)
            throw new FormatException($"The IDX file states the number type {magic[2]:X2}; there are 08, 09, 0B, 0C, 0D and 0E.");
        if (magic[3] == 0)
            throw new FormatException("The IDX file states no axes, and data has one at least, which counts its rows.");

        var header = new IdxHeader((IdxType)magic[2], ReadShape(stream, axes: magic[3]));
        long left = available - header.Length;
        if (exact ? header.DataLength != left : header.DataLength > left)
        {
            throw new FormatException(
                Invariant($"The IDX file states {header}, which takes {header.DataLength} bytes, but {(exact ? "" : "at most ")}{left} follow its header."));
        }

        return header;
    }

    public static void Fill(Stream stream, Span<byte> bytes, string what)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new FormatException($"The IDX file ends inside of {what}.");
    }

    /// <summary>A number of the file's type; a double holds each of them.</summary>
    public double At(ReadOnlySpan<byte> elements, int index)
    {
        ReadOnlySpan<byte> from = elements[(index * ElementSize)..];
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

    public FormatException NoLabels() => new($"The IDX file holds numbers of type {Type}, and labels are whole numbers; read them as floats or doubles.");

    public FormatException NoBytes() => new($"The IDX file holds numbers of type {Type}, and an input of bytes takes unsigned ones, {nameof(IdxType.Byte)}; read them as floats or doubles.");

    public override string ToString() => $"the shape ({string.Join(", ", Shape)}) of {Type}";

    private static int[] ReadShape(Stream stream, int axes)
    {
        Span<byte> extents = stackalloc byte[sizeof(uint) * byte.MaxValue];
        extents = extents[..(sizeof(uint) * axes)];
        Fill(stream, extents, "its shape");
        var shape = new int[axes];
        for (int i = 0; i < axes; i++)
        {
            uint extent = BinaryPrimitives.ReadUInt32BigEndian(extents[(sizeof(uint) * i)..]);
            shape[i] = extent <= int.MaxValue ? (int)extent : throw new FormatException(
                Invariant($"Axis {i} of the IDX file has the extent {extent}; at most {int.MaxValue} are possible."));
        }

        return shape;
    }

    /// <summary>At most 2^62, so that it never overflows: no file is as long.</summary>
    private static long Product(ReadOnlySpan<int> shape, int elementSize)
    {
        if (shape.Contains(0))
            return 0;
        Int128 product = elementSize;
        foreach (int extent in shape)
            product = Int128.Min(product * extent, 1L << 62);
        return (long)product;
    }

    private static int SizeOf(IdxType type) => type switch
    {
        IdxType.Byte or IdxType.SByte => 1,
        IdxType.Int16 => 2,
        IdxType.Int32 or IdxType.Single => 4,
        IdxType.Double => 8,
        _ => 0,
    };
}
