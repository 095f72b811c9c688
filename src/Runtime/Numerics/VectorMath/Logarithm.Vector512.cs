// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log(Vector512<float> x)
    {
        Vector512<float> f = Decompose(x, out Vector512<float> exponent) - Vector512<float>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log(Vector512<double> x)
    {
        Vector512<double> f = Decompose(x, out Vector512<double> exponent) - Vector512<double>.One;
        return ReducedLog(f, exponent);
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Log1p(Vector512<float> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector512<float> u = Vector512<float>.One + x;
        Vector512<float> lost = (x - (u - Vector512<float>.One)) / u;
        lost &= LessThan(Abs(lost), Vector512<float>.One);
        Vector512<float> mantissa = Decompose(u, out Vector512<float> exponent);
        Vector512<float> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector512<float>.One);
        return ReducedLog(f, exponent) | (x & Create(-0f));
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Log1p(Vector512<double> x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        Vector512<double> u = Vector512<double>.One + x;
        Vector512<double> lost = (x - (u - Vector512<double>.One)) / u;
        lost &= LessThan(Abs(lost), Vector512<double>.One);
        Vector512<double> mantissa = Decompose(u, out Vector512<double> exponent);
        Vector512<double> f = MultiplyAddEstimate(mantissa, lost, mantissa - Vector512<double>.One);
        return ReducedLog(f, exponent) | (x & Create(-0.0));
    }

    /// <summary>exponent · ln 2 + log(1 + f).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReducedLog(Vector512<float> f, Vector512<float> exponent)
    {
        Vector512<float> square = f * f;
        Vector512<float> p = MultiplyAddEstimate(Create(Log32.P8), f, Create(Log32.P7));
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

    /// <inheritdoc cref="ReducedLog(Vector512{float}, Vector512{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReducedLog(Vector512<double> f, Vector512<double> exponent)
    {
        Vector512<double> s = f / (f + Create(2.0));
        Vector512<double> z = s * s;
        Vector512<double> p = MultiplyAddEstimate(Create(Log64.P7), z, Create(Log64.P6));
        p = MultiplyAddEstimate(p, z, Create(Log64.P5));
        p = MultiplyAddEstimate(p, z, Create(Log64.P4));
        p = MultiplyAddEstimate(p, z, Create(Log64.P3));
        p = MultiplyAddEstimate(p, z, Create(Log64.P2));
        p = MultiplyAddEstimate(p, z, Create(Log64.P1));
        Vector512<double> halfSquare = f * f * 0.5;
        Vector512<double> low = MultiplyAddEstimate(s, MultiplyAddEstimate(p, z, halfSquare), exponent * Log64.Ln2Low);
        return MultiplyAddEstimate(exponent, Create(Log64.Ln2High), f - (halfSquare - low));
    }
}
