// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log(Vector256<float> x)
    {
        Vector256<float> f = Decompose(x, out Vector256<float> exponent) - Vector256<float>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log(Vector256<double> x)
    {
        Vector256<double> f = Decompose(x, out Vector256<double> exponent) - Vector256<double>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Log1p(Vector256<float> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector256<float> u = Vector256<float>.One + x;
        Vector256<float> lost = (x - (u - Vector256<float>.One)) / u;
        lost &= LessThan(Abs(lost), Vector256<float>.One);
        Vector256<float> mantissa = Decompose(u, out Vector256<float> exponent);
        Vector256<float> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector256<float>.One);
        return ReducedLog(f, exponent) | (x & Create(-0f));
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Log1p(Vector256<double> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector256<double> u = Vector256<double>.One + x;
        Vector256<double> lost = (x - (u - Vector256<double>.One)) / u;
        lost &= LessThan(Abs(lost), Vector256<double>.One);
        Vector256<double> mantissa = Decompose(u, out Vector256<double> exponent);
        Vector256<double> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector256<double>.One);
        return ReducedLog(f, exponent) | (x & Create(-0.0));
    }

    /// <summary>exponent · ln 2 + log(1 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ReducedLog(Vector256<float> f, Vector256<float> exponent)
    {
        Vector256<float> square = f * f;
        Vector256<float> p = MultiplyAddEstimate(Create(Log32.P8), f, Create(Log32.P7));
        p = MultiplyAddEstimate(p, f, Create(Log32.P6));
        p = MultiplyAddEstimate(p, f, Create(Log32.P5));
        p = MultiplyAddEstimate(p, f, Create(Log32.P4));
        p = MultiplyAddEstimate(p, f, Create(Log32.P3));
        p = MultiplyAddEstimate(p, f, Create(Log32.P2));
        p = MultiplyAddEstimate(p, f, Create(Log32.P1));
        p = MultiplyAddEstimate(p, f, Create(Log32.P0));
        p = MultiplyAddEstimate(exponent, Create(Log32.Ln2Low), p * f * square);
        p = MultiplyAddEstimate(Create(-0.5f), square, p);
        return MultiplyAddEstimate(exponent, Create(Log32.Ln2High), f + p);
    }

    /// <inheritdoc cref="ReducedLog(Vector256{float}, Vector256{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ReducedLog(Vector256<double> f, Vector256<double> exponent)
    {
        Vector256<double> s = f / (f + Create(2.0));
        Vector256<double> z = s * s;
        Vector256<double> p = MultiplyAddEstimate(Create(Log64.P7), z, Create(Log64.P6));
        p = MultiplyAddEstimate(p, z, Create(Log64.P5));
        p = MultiplyAddEstimate(p, z, Create(Log64.P4));
        p = MultiplyAddEstimate(p, z, Create(Log64.P3));
        p = MultiplyAddEstimate(p, z, Create(Log64.P2));
        p = MultiplyAddEstimate(p, z, Create(Log64.P1));
        Vector256<double> halfSquare = f * f * 0.5;
        Vector256<double> low = MultiplyAddEstimate(s, MultiplyAddEstimate(p, z, halfSquare), exponent * Log64.Ln2Low);
        return MultiplyAddEstimate(exponent, Create(Log64.Ln2High), f - (halfSquare - low));
    }
}
