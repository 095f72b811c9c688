using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Numerics;

/// <summary>
/// Vectors of every second element, as pools of two read along the width of an image: elements 0, 2, 4, … from a place on. Twice as many elements as lanes are read;
/// where only the first <c>count</c> lanes are wanted, no more than one vector beyond what these need.
/// </summary>
public static class EverySecond
{
    /// <summary>As many as a vector of 512 bits holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load512(ref readonly float source, int count = 16)
    {
        Vector512<float> first = Vector512.LoadUnsafe(in source), second = count <= 8 ? default : Vector512.LoadUnsafe(in source, 16);
        if (Avx512F.IsSupported) return Avx512F.PermuteVar16x32x2(first, Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30), second);
        return Vector512.Create(Halves(first), Halves(second));
    }

    /// <inheritdoc cref="Load512(ref readonly float, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load512(ref readonly double source, int count = 8)
        => Vector512.Create(Load256(in source, Math.Min(count, 4)), count <= 4 ? default : Load256(in Unsafe.Add(ref Unsafe.AsRef(in source), 8), count - 4));

    /// <summary>As many as a vector of 256 bits holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load256(ref readonly float source, int count = 8)
        => Vector256.Create(Load128(in source, Math.Min(count, 4)), count <= 4 ? default : Load128(in Unsafe.Add(ref Unsafe.AsRef(in source), 8), count - 4));

    /// <inheritdoc cref="Load256(ref readonly float, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load256(ref readonly double source, int count = 4)
        => Vector256.Create(Load128(in source, Math.Min(count, 2)), count <= 2 ? default : Load128(in Unsafe.Add(ref Unsafe.AsRef(in source), 4), count - 2));

    /// <summary>As many as a vector of 128 bits holds.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load128(ref readonly float source, int count = 4)
    {
        Vector128<float> first = Vector128.LoadUnsafe(in source), second = count <= 2 ? default : Vector128.LoadUnsafe(in source, 4);
        return Sse.IsSupported ? Sse.Shuffle(first, second, 0b10_00_10_00)
            : Vector128.ConditionalSelect(Vector128.Create(-1, -1, 0, 0).AsSingle(), Vector128.Shuffle(first, Vector128.Create(0, 2, 0, 0)), Vector128.Shuffle(second, Vector128.Create(0, 0, 0, 2)));
    }

    /// <inheritdoc cref="Load128(ref readonly float, int)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Load128(ref readonly double source, int count = 2)
        => Vector128.Create(source, count <= 1 ? 0 : Unsafe.Add(ref Unsafe.AsRef(in source), 2));

    private static Vector256<float> Halves(Vector512<float> values) => Vector256.Create(Halves(values.GetLower()), Halves(values.GetUpper()));

    private static Vector128<float> Halves(Vector256<float> values) => Vector128.Create(values[0], values[2], values[4], values[6]);
}
