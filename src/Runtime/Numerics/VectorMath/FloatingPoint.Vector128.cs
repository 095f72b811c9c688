// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector128;
using Evex = System.Runtime.Intrinsics.X86.Avx512F.VL;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>value · 2^exponent, for integral exponents from −300 to 254; overflows to infinity and underflows gradually.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ScaleByPowerOfTwo(Vector128<float> value, Vector128<float> exponent)
    {
        if (Evex.IsSupported) return Evex.Scale(value, exponent);

        // Two factors, because one alone leaves the range of normal numbers. The added constant puts an integer into the low bits.
        Vector128<float> first = Round(exponent * 0.5f);
        Vector128<int> firstBits = (first + Create(IntegerInLowBits32)).AsInt32() << 23;
        Vector128<int> secondBits = (exponent - first + Create(IntegerInLowBits32)).AsInt32() << 23;
        return value * (firstBits + Vector128<float>.One.AsInt32()).AsSingle() * (secondBits + Vector128<float>.One.AsInt32()).AsSingle();
    }

    /// <inheritdoc cref="ScaleByPowerOfTwo(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ScaleByPowerOfTwo(Vector128<double> value, Vector128<double> exponent)
    {
        if (Evex.IsSupported) return Evex.Scale(value, exponent);

        Vector128<double> first = Round(exponent * 0.5);
        Vector128<long> firstBits = (first + Create(IntegerInLowBits64)).AsInt64() << 52;
        Vector128<long> secondBits = (exponent - first + Create(IntegerInLowBits64)).AsInt64() << 52;
        return value * (firstBits + Vector128<double>.One.AsInt64()).AsDouble() * (secondBits + Vector128<double>.One.AsInt64()).AsDouble();
    }

    /// <summary>
    /// x = mantissa · 2^exponent with the mantissa in [√½, √2). The exponent is −∞ for a zero and +∞ for +∞, the mantissa NaN for NaN and
    /// what is below zero, so that a logarithm made of both needs no special cases.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Decompose(Vector128<float> x, out Vector128<float> exponent)
    {
        if (Evex.IsSupported)
        {
            Vector128<float> fraction = Evex.GetMantissa(x, UnitToTwoNaNBelowZero);
            Vector128<float> large = GreaterThan(fraction, Create(SquareRootOfTwo32));
            exponent = Evex.GetExponent(x);
            exponent = ConditionalSelect(large, exponent + Vector128<float>.One, exponent);
            return ConditionalSelect(large, fraction * 0.5f, fraction);
        }

        Vector128<float> denormal = LessThan(x, Create(SmallestNormal32));
        Vector128<int> shifted = ConditionalSelect(denormal, x * (1 << 23), x).AsInt32() + Create(OneBits32 - SquareRootOfHalfBits32);
        exponent = ConvertToSingle((shifted >> 23) - Create(127)) - (denormal & Create(23f));
        exponent = ConditionalSelect(Vector128.Equals(x, Vector128<float>.Zero), Create(float.NegativeInfinity), exponent);
        exponent = ConditionalSelect(Vector128.Equals(x, Create(float.PositiveInfinity)), Create(float.PositiveInfinity), exponent);
        Vector128<float> mantissa = ((shifted & Create(0x007fffff)) + Create(SquareRootOfHalfBits32)).AsSingle();
        return ConditionalSelect(GreaterThanOrEqual(x, Vector128<float>.Zero), mantissa, Create(float.NaN));
    }

    /// <inheritdoc cref="Decompose(Vector128{float}, out Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> Decompose(Vector128<double> x, out Vector128<double> exponent)
    {
        if (Evex.IsSupported)
        {
            Vector128<double> fraction = Evex.GetMantissa(x, UnitToTwoNaNBelowZero);
            Vector128<double> large = GreaterThan(fraction, Create(SquareRootOfTwo64));
            exponent = Evex.GetExponent(x);
            exponent = ConditionalSelect(large, exponent + Vector128<double>.One, exponent);
            return ConditionalSelect(large, fraction * 0.5, fraction);
        }

        // AVX2 converts no 64-bit integers: the biased exponent becomes the low bits of 2^52 + exponent instead.
        Vector128<double> denormal = LessThan(x, Create(SmallestNormal64));
        Vector128<long> shifted = ConditionalSelect(denormal, x * (1L << 52), x).AsInt64() + Create(OneBits64 - SquareRootOfHalfBits64);
        exponent = ((shifted >>> 52) | Create(TwoToThe52).AsInt64()).AsDouble() - Create(TwoToThe52 + 1023) - (denormal & Create(52.0));
        exponent = ConditionalSelect(Vector128.Equals(x, Vector128<double>.Zero), Create(double.NegativeInfinity), exponent);
        exponent = ConditionalSelect(Vector128.Equals(x, Create(double.PositiveInfinity)), Create(double.PositiveInfinity), exponent);
        Vector128<double> mantissa = ((shifted & Create(0x000fffffffffffffL)) + Create(SquareRootOfHalfBits64)).AsDouble();
        return ConditionalSelect(GreaterThanOrEqual(x, Vector128<double>.Zero), mantissa, Create(double.NaN));
    }
}
