using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>
/// Vectors in which every element stands twice, as windows of two along the width of an image give their number to both of their pixels. Half as many elements as lanes count; as many are read.
/// </summary>
public static class Pairs
{
    /// <summary>As many as a vector of 512 bits holds, each twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(ref readonly float source) => Vector512.Shuffle(Vector256.LoadUnsafe(in source).ToVector512Unsafe(), Vector512.Create(0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7));

    /// <inheritdoc cref="Load512(ref readonly float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load512(ref readonly double source) => Vector512.Shuffle(Vector256.LoadUnsafe(in source).ToVector512Unsafe(), Vector512.Create(0L, 0, 1, 1, 2, 2, 3, 3));

    /// <summary>As many as a vector of 256 bits holds, each twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(ref readonly float source) => Vector256.Shuffle(Vector128.LoadUnsafe(in source).ToVector256Unsafe(), Vector256.Create(0, 0, 1, 1, 2, 2, 3, 3));

    /// <inheritdoc cref="Load256(ref readonly float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load256(ref readonly double source) => Vector256.Shuffle(Vector128.LoadUnsafe(in source).ToVector256Unsafe(), Vector256.Create(0L, 0, 1, 1));

    /// <summary>As many as a vector of 128 bits holds, each twice.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(ref readonly float source) => Vector128.Shuffle(Vector128.LoadUnsafe(in source), Vector128.Create(0, 0, 1, 1));

    /// <inheritdoc cref="Load128(ref readonly float)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load128(ref readonly double source) => Vector128.Create(source);

    /// <summary>Which of the two a lane is: 0, 1, 0, 1, …</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<T> Second512<T>() => Vector512.Create(Second256<T>(), Second256<T>());

    /// <inheritdoc cref="Second512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<T> Second256<T>() => Vector256.Create(Second128<T>(), Second128<T>());

    /// <inheritdoc cref="Second512"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Second128<T>() => typeof(T) == typeof(float) ? Vector128.Create(0f, 1f, 0f, 1f).As<float, T>() : Vector128.Create(0.0, 1.0).As<double, T>();
}
