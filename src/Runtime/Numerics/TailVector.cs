using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>
/// Loads and stores of the first lanes of a vector, for rows whose length is no multiple of the vector width.
/// Memory behind <c>count</c> elements is neither read nor written.
/// </summary>
/// <remarks>
/// <para>Elements are 4 or 8 bytes wide. <c>count</c> lies between 1 and the number of lanes; it is not checked, because these calls sit in inner loops.</para>
/// <para>
/// A vector is halved until the halves are whole or empty, so a variable count costs at most four predictable branches and a constant
/// count, the usual case in a generated kernel, folds to two or three moves. Masked moves would be shorter, but they take pointers and
/// would pin the array.
/// </para>
/// </remarks>
public static class TailVector
{
    /// <summary>Reads <paramref name="count"/> elements; the lanes behind them are zero.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Load512<T>(ref readonly T source, int count) where T : unmanaged
    {
        int half = Vector256<T>.Count;
        if (count > half)
        {
            Vector256<T> lower = Vector256.LoadUnsafe(in source);
            return Vector512.Create(lower, Load256(in Unsafe.Add(ref Unsafe.AsRef(in source), half), count - half));
        }

        return Vector512.Create(Load256(in source, count), Vector256<T>.Zero);
    }

    /// <inheritdoc cref="Load512{T}(ref readonly T, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Load256<T>(ref readonly T source, int count) where T : unmanaged
    {
        int half = Vector128<T>.Count;
        if (count > half)
        {
            Vector128<T> lower = Vector128.LoadUnsafe(in source);
            return Vector256.Create(lower, Load128(in Unsafe.Add(ref Unsafe.AsRef(in source), half), count - half));
        }

        return Vector256.Create(Load128(in source, count), Vector128<T>.Zero);
    }

    /// <inheritdoc cref="Load512{T}(ref readonly T, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Load128<T>(ref readonly T source, int count) where T : unmanaged
    {
        if (count == Vector128<T>.Count) return Vector128.LoadUnsafe(in source);
        if (Unsafe.SizeOf<T>() == sizeof(ulong)) return Vector128.CreateScalar(ReadUInt64(in source)).As<ulong, T>();
        if (count == 1) return Vector128.CreateScalar(ReadUInt32(in source)).As<uint, T>();
        ulong pair = ReadUInt64(in source);
        if (count == 2) return Vector128.CreateScalar(pair).As<ulong, T>();
        return Vector128.Create(pair, ReadUInt32(in Unsafe.Add(ref Unsafe.AsRef(in source), 2))).As<ulong, T>();
    }

    /// <summary>Writes the first <paramref name="count"/> lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(this Vector512<T> value, ref T destination, int count) where T : unmanaged
    {
        int half = Vector256<T>.Count;
        if (count > half)
        {
            value.GetLower().StoreUnsafe(ref destination);
            Store(value.GetUpper(), ref Unsafe.Add(ref destination, half), count - half);
        }
        else
        {
            Store(value.GetLower(), ref destination, count);
        }
    }

    /// <inheritdoc cref="Store{T}(Vector512{T}, ref T, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(this Vector256<T> value, ref T destination, int count) where T : unmanaged
    {
        int half = Vector128<T>.Count;
        if (count > half)
        {
            value.GetLower().StoreUnsafe(ref destination);
            Store(value.GetUpper(), ref Unsafe.Add(ref destination, half), count - half);
        }
        else
        {
            Store(value.GetLower(), ref destination, count);
        }
    }

    /// <inheritdoc cref="Store{T}(Vector512{T}, ref T, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store<T>(this Vector128<T> value, ref T destination, int count) where T : unmanaged
    {
        if (count == Vector128<T>.Count)
        {
            value.StoreUnsafe(ref destination);
        }
        else if (count == 1)
        {
            destination = value.ToScalar();
        }
        else
        {
            Unsafe.WriteUnaligned(ref Unsafe.As<T, byte>(ref destination), value.AsUInt64().ToScalar());
            if (count == 3) Unsafe.Add(ref destination, 2) = value.GetElement(2);
        }
    }

    /// <summary>All bits set in the lanes below <paramref name="count"/>, none behind: <c>v &amp; Mask512&lt;float&gt;(n)</c> zeroes padding lanes. Any count is allowed.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Mask512<T>(int count) where T : unmanaged =>
        Unsafe.SizeOf<T>() == sizeof(ulong)
            ? Vector512.LessThan(Vector512<long>.Indices, Vector512.Create((long)count)).As<long, T>()
            : Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).As<int, T>();

    /// <inheritdoc cref="Mask512{T}(int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Mask256<T>(int count) where T : unmanaged =>
        Unsafe.SizeOf<T>() == sizeof(ulong)
            ? Vector256.LessThan(Vector256<long>.Indices, Vector256.Create((long)count)).As<long, T>()
            : Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).As<int, T>();

    /// <inheritdoc cref="Mask512{T}(int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Mask128<T>(int count) where T : unmanaged =>
        Unsafe.SizeOf<T>() == sizeof(ulong)
            ? Vector128.LessThan(Vector128<long>.Indices, Vector128.Create((long)count)).As<long, T>()
            : Vector128.LessThan(Vector128<int>.Indices, Vector128.Create(count)).As<int, T>();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static ulong ReadUInt64<T>(ref readonly T source) where T : unmanaged =>
        Unsafe.ReadUnaligned<ulong>(ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in source)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static uint ReadUInt32<T>(ref readonly T source) where T : unmanaged =>
        Unsafe.ReadUnaligned<uint>(ref Unsafe.As<T, byte>(ref Unsafe.AsRef(in source)));
}
