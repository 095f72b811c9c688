// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>e^x. Error at most 1.0 ULP, 1.2 without fused multiply-add, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Exp(Vector512<float> x)
    {
        x = MinNative(Create(Exp32.Highest), MaxNative(Create(Exp32.Lowest), x));
        Vector512<float> r = ReduceByLn2(x, out Vector512<float> n);

        // 1 + r · (1 + r · P) takes one operation less than 1 + (r + r² · P), and fused it is the more accurate.
        Vector512<float> power = MultiplyAddEstimate(ReducedExpm1Polynomial(r), r, Vector512<float>.One);
        return ScaleByPowerOfTwo(MultiplyAddEstimate(power, r, Vector512<float>.One), n);
    }

    /// <summary>e^x. Error at most 1.0 ULP, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Exp(Vector512<double> x)
    {
        x = MinNative(Create(Exp64.Highest), MaxNative(Create(Exp64.Lowest), x));
        Vector512<double> r = ReduceByLn2(x, out Vector512<double> n, out Vector512<double> low);
        return ScaleByPowerOfTwo(ReducedExpm1(r, low) + Vector512<double>.One, n);
    }

    /// <summary>e^x − 1, accurate near zero too. Error at most 3.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Expm1(Vector512<float> x)
    {
        Vector512<float> sign = x & Create(-0f);
        x = MinNative(Create(Exp32.Highest), MaxNative(Create(Exp32.LowestMinusOne), x));
        Vector512<float> r = ReduceByLn2(x, out Vector512<float> n);

        // Half of the result, doubled at the end: 2^128 is no float, but results below it have n = 128.
        Vector512<float> half = ScaleByPowerOfTwo(Create(0.5f), n);
        Vector512<float> result = MultiplyAddEstimate(half, ReducedExpm1(r), half - Create(0.5f));
        return (result + result) | sign;
    }

    /// <summary>e^x − 1, accurate near zero too. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Expm1(Vector512<double> x)
    {
        Vector512<double> sign = x & Create(-0.0);
        x = MinNative(Create(Exp64.Highest), MaxNative(Create(Exp64.LowestMinusOne), x));
        Vector512<double> r = ReduceByLn2(x, out Vector512<double> n, out Vector512<double> low);
        Vector512<double> half = ScaleByPowerOfTwo(Create(0.5), n);
        Vector512<double> result = MultiplyAddEstimate(half, ReducedExpm1(r, low), half - Create(0.5));
        return (result + result) | sign;
    }

    /// <summary>x − n · ln 2 with n = round(x / ln 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReduceByLn2(Vector512<float> x, out Vector512<float> n)
    {
        n = Round(x * Exp32.ReciprocalLn2);
        Vector512<float> r = MultiplyAddEstimate(n, Create(-Exp32.Ln2High), x);
        return MultiplyAddEstimate(n, Create(-Exp32.Ln2Low), r);
    }

    /// <summary>x − n · ln 2 = r + low with n = round(x / ln 2); without the low part, exp would err by a quarter of an ULP more and expm1 by a half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReduceByLn2(Vector512<double> x, out Vector512<double> n, out Vector512<double> low)
    {
        n = Round(x * Exp64.ReciprocalLn2);
        Vector512<double> exact = MultiplyAddEstimate(n, Create(-Exp64.Ln2High), x);
        Vector512<double> rest = n * Exp64.Ln2Low;
        Vector512<double> r = exact - rest;
        low = exact - r - rest;
        return r;
    }

    /// <summary>e^r − 1 for |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReducedExpm1(Vector512<float> r) => MultiplyAddEstimate(ReducedExpm1Polynomial(r), r * r, r);

    /// <summary>(e^r − 1 − r) / r².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReducedExpm1Polynomial(Vector512<float> r)
    {
        Vector512<float> p = MultiplyAddEstimate(Create(Exp32.P5), r, Create(Exp32.P4));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P3));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P2));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P1));
        return MultiplyAddEstimate(p, r, Create(Exp32.P0));
    }

    /// <summary>e^(r + low) − 1 for |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReducedExpm1(Vector512<double> r, Vector512<double> low)
    {
        Vector512<double> p = MultiplyAddEstimate(Create(Exp64.P9), r, Create(Exp64.P8));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P7));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P6));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P5));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P4));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P3));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P2));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P1));
        p = MultiplyAddEstimate(p, r, Create(Exp64.P0));
        return MultiplyAddEstimate(p, r * r, low) + r;
    }
}
