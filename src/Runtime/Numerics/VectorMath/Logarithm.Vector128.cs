// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector128;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Log(Vector128<float> x)
    {
        Vector128<float> f = Decompose(x, out Vector128<float> exponent) - Vector128<float>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Log(Vector128<double> x)
    {
        Vector128<double> f = Decompose(x, out Vector128<double> exponent) - Vector128<double>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Log1p(Vector128<float> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector128<float> u = Vector128<float>.One + x;
        Vector128<float> lost = (x - (u - Vector128<float>.One)) / u;
        lost &= LessThan(Abs(lost), Vector128<float>.One);
        Vector128<float> mantissa = Decompose(u, out Vector128<float> exponent);
        Vector128<float> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector128<float>.One);
        return ReducedLog(f, exponent) | (x & Create(-0f));
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Log1p(Vector128<double> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector128<double> u = Vector128<double>.One + x;
        Vector128<double> lost = (x - (u - Vector128<double>.One)) / u;
        lost &= LessThan(Abs(lost), Vector128<double>.One);
        Vector128<double> mantissa = Decompose(u, out Vector128<double> exponent);
        Vector128<double> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector128<double>.One);
        return ReducedLog(f, exponent) | (x & Create(-0.0));
    }

    /// <summary>exponent · ln 2 + log(1 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ReducedLog(Vector128<float> f, Vector128<float> exponent)
    {
        Vector128<float> square = f * f;
        Vector128<float> p = MultiplyAddEstimate(Create(Log32.P8), f, Create(Log32.P7));
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

    /// <inheritdoc cref="ReducedLog(Vector128{float}, Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ReducedLog(Vector128<double> f, Vector128<double> exponent)
    {
        Vector128<double> s = f / (f + Create(2.0));
        Vector128<double> z = s * s;
        Vector128<double> p = MultiplyAddEstimate(Create(Log64.P7), z, Create(Log64.P6));
        p = MultiplyAddEstimate(p, z, Create(Log64.P5));
        p = MultiplyAddEstimate(p, z, Create(Log64.P4));
        p = MultiplyAddEstimate(p, z, Create(Log64.P3));
        p = MultiplyAddEstimate(p, z, Create(Log64.P2));
        p = MultiplyAddEstimate(p, z, Create(Log64.P1));
        Vector128<double> halfSquare = f * f * 0.5;
        Vector128<double> low = MultiplyAddEstimate(s, MultiplyAddEstimate(p, z, halfSquare), exponent * Log64.Ln2Low);
        return MultiplyAddEstimate(exponent, Create(Log64.Ln2High), f - (halfSquare - low));
    }
}
