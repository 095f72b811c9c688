namespace DlGen.Numerics;

/// <summary>
/// Elementary functions over whole vectors, inlined into generated kernels: own polynomials without tables, calls or branches in the common case.
/// </summary>
/// <remarks>
/// <para>
/// Every function exists for <see cref="System.Runtime.Intrinsics.Vector512{T}"/>, <see cref="System.Runtime.Intrinsics.Vector256{T}"/> and
/// <see cref="System.Runtime.Intrinsics.Vector128{T}"/> of <see cref="float"/> and <see cref="double"/>, and follows IEEE 754 at NaN, infinities, signed zeros and denormals.
/// </para>
/// <para>
/// Errors are stated in units in the last place of the exact result (ULP), as the largest found by the tests, rounded up; they hold with and
/// without fused multiply-add unless both are named. The last bit of a result may differ between instruction sets, never between widths of one instruction set.
/// </para>
/// </remarks>
public static partial class VectorMath
{
    /// <summary>1.5 · 2^23: adding it to a small integral float leaves that integer, in two's complement, in the low bits.</summary>
    private const float IntegerInLowBits32 = 12582912f;

    /// <summary>1.5 · 2^52, the same for doubles.</summary>
    private const double IntegerInLowBits64 = 6755399441055744.0;

    /// <summary>Control of GetMantissa: mantissas in [1, 2), NaN for what is below zero (−0 is not).</summary>
    private const byte UnitToTwoNaNBelowZero = 0b1100;

    private const float SquareRootOfTwo32 = 1.41421356f;
    private const double SquareRootOfTwo64 = 1.4142135623730951;
    private const int OneBits32 = 0x3f800000;
    private const long OneBits64 = 0x3ff0000000000000;
    private const int SquareRootOfHalfBits32 = 0x3f3504f3;
    private const long SquareRootOfHalfBits64 = 0x3fe6a09e667f3bcd;
    private const float SmallestNormal32 = 1.17549435e-38f;
    private const double SmallestNormal64 = 2.2250738585072014e-308;
    private const double TwoToThe52 = 4503599627370496.0;
}
