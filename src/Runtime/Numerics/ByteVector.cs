using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Numerics;

/// <summary>
/// Loads of bytes as numbers, exactly as many as the vector has lanes: 16 bytes become 16 floats. Every byte is a whole number from 0 to 255, which both precisions hold.
/// </summary>
/// <remarks>With a <c>count</c>, which lies between 1 and the number of lanes, memory behind so many bytes is not read, and the lanes behind them are zero.</remarks>
public static class ByteVector
{
    /// <summary>The next 16 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Singles512(ref readonly byte source) => Singles512(Vector128.LoadUnsafe(in source));

    /// <summary>The next <paramref name="count"/> bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Singles512(ref readonly byte source, int count) => Singles512(First(in source, count));

    /// <summary>The next 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Singles256(ref readonly byte source) => Singles256(Eight(in source));

    /// <inheritdoc cref="Singles512(ref readonly byte, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Singles256(ref readonly byte source, int count) => Singles256(First(in source, count));

    /// <summary>The next 4 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Singles128(ref readonly byte source) => Vector128.ConvertToSingle(Ints(Four(in source)));

    /// <inheritdoc cref="Singles512(ref readonly byte, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Singles128(ref readonly byte source, int count) => Vector128.ConvertToSingle(Ints(First(in source, count)));

    /// <summary>The next 8 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Doubles512(ref readonly byte source) => Doubles512(Eight(in source));

    /// <inheritdoc cref="Singles512(ref readonly byte, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Doubles512(ref readonly byte source, int count) => Doubles512(First(in source, count));

    /// <summary>The next 4 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Doubles256(ref readonly byte source) => Doubles256(Four(in source));

    /// <inheritdoc cref="Singles512(ref readonly byte, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Doubles256(ref readonly byte source, int count) => Doubles256(First(in source, count));

    /// <summary>The next 2 bytes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Doubles128(ref readonly byte source) => Vector128.Create((double)source, Unsafe.Add(ref Unsafe.AsRef(in source), 1));

    /// <inheritdoc cref="Singles512(ref readonly byte, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Doubles128(ref readonly byte source, int count) => count == 1 ? Vector128.CreateScalar((double)source) : Doubles128(in source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Singles512(Vector128<byte> bytes) => Avx512F.IsSupported
        ? Vector512.ConvertToSingle(Avx512F.ConvertToVector512Int32(bytes))
        : Vector512.Create(Singles256(bytes), Singles256(Vector128.Shuffle(bytes, Vector128.Create((byte)8, 9, 10, 11, 12, 13, 14, 15, 0, 0, 0, 0, 0, 0, 0, 0))));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Singles256(Vector128<byte> bytes) => Vector256.ConvertToSingle(EightInts(bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> Doubles512(Vector128<byte> bytes)
    {
        Vector256<int> ints = EightInts(bytes);
        return Avx512F.IsSupported ? Avx512F.ConvertToVector512Double(ints) : Vector512.Create(Doubles(ints.GetLower()), Doubles(ints.GetUpper()));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Doubles256(Vector128<byte> bytes) => Doubles(Ints(bytes));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Doubles(Vector128<int> ints) => Avx.IsSupported
        ? Avx.ConvertToVector256Double(ints)
        : Vector256.ConvertToDouble(Vector256.Create(Vector128.WidenLower(ints), Vector128.WidenUpper(ints)));

    /// <summary>The first eight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<int> EightInts(Vector128<byte> bytes)
    {
        if (Avx2.IsSupported) return Avx2.ConvertToVector256Int32(bytes);
        Vector128<ushort> words = Vector128.WidenLower(bytes);
        return Vector256.Create(Vector128.WidenLower(words), Vector128.WidenUpper(words)).AsInt32();
    }

    /// <summary>The first four.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Ints(Vector128<byte> bytes) => Vector128.WidenLower(Vector128.WidenLower(bytes)).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Eight(ref readonly byte source) => Vector128.CreateScalar(Unsafe.ReadUnaligned<ulong>(in source)).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> Four(ref readonly byte source) => Vector128.CreateScalar(Unsafe.ReadUnaligned<uint>(in source)).AsByte();

    /// <summary>The first bytes alone. They are copied, which a row pays once at most: a masked load takes a pointer, and would pin the array.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<byte> First(ref readonly byte source, int count)
    {
        Vector128<byte> bytes = Vector128<byte>.Zero;
        Unsafe.CopyBlockUnaligned(ref Unsafe.As<Vector128<byte>, byte>(ref bytes), in source, (uint)count);
        return bytes;
    }
}
