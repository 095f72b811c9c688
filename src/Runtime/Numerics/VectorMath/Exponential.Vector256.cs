// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>e^x. Error at most 1.0 ULP, 1.2 without fused multiply-add, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Exp(Vector256<float> x)
    {
        x = MinNative(Create(Exp32.Highest), MaxNative(Create(Exp32.Lowest), x));
        Vector256<float> r = ReduceByLn2(x, out Vector256<float> n);

        // 1 + r · (1 + r · P) takes one operation less than 1 + (r + r² · P), and fused it is the more accurate.
        Vector256<float> power = MultiplyAddEstimate(ReducedExpm1Polynomial(r), r, Vector256<float>.One);
        return ScaleByPowerOfTwo(MultiplyAddEstimate(power, r, Vector256<float>.One), n);
    }

    /// <summary>e^x. Error at most 1.0 ULP, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Exp(Vector256<double> x)
    {
        x = MinNative(Create(Exp64.Highest), MaxNative(Create(Exp64.Lowest), x));
        Vector256<double> r = ReduceByLn2(x, out Vector256<double> n, out Vector256<double> low);
        return ScaleByPowerOfTwo(ReducedExpm1(r, low) + Vector256<double>.One, n);
    }

    /// <summary>e^x − 1, accurate near zero too. Error at most 3.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Expm1(Vector256<float> x)
    {
        Vector256<float> sign = x & Create(-0f);
        x = MinNative(Create(Exp32.Highest), MaxNative(Create(Exp32.LowestMinusOne), x));
        Vector256<float> r = ReduceByLn2(x, out Vector256<float> n);

        // Half of the result, doubled at the end: 2^128 is no float, but results below it have n = 128.
        Vector256<float> half = ScaleByPowerOfTwo(Create(0.5f), n);
        Vector256<float> result = MultiplyAddEstimate(half, ReducedExpm1(r), half - Create(0.5f));
        return (result + result) | sign;
    }

    /// <summary>e^x − 1, accurate near zero too. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Expm1(Vector256<double> x)
    {
        Vector256<double> sign = x & Create(-0.0);
        x = MinNative(Create(Exp64.Highest), MaxNative(Create(Exp64.LowestMinusOne), x));
        Vector256<double> r = ReduceByLn2(x, out Vector256<double> n, out Vector256<double> low);
        Vector256<double> half = ScaleByPowerOfTwo(Create(0.5), n);
        Vector256<double> result = MultiplyAddEstimate(half, ReducedExpm1(r, low), half - Create(0.5));
        return (result + result) | sign;
    }

    /// <summary>x − n · ln 2 with n = round(x / ln 2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ReduceByLn2(Vector256<float> x, out Vector256<float> n)
    {
        n = Round(x * Exp32.ReciprocalLn2);
        Vector256<float> r = MultiplyAddEstimate(n, Create(-Exp32.Ln2High), x);
        return MultiplyAddEstimate(n, Create(-Exp32.Ln2Low), r);
    }

    /// <summary>x − n · ln 2 = r + low with n = round(x / ln 2); without the low part, exp would err by a quarter of an ULP more and expm1 by a half.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ReduceByLn2(Vector256<double> x, out Vector256<double> n, out Vector256<double> low)
    {
        n = Round(x * Exp64.ReciprocalLn2);
        Vector256<double> exact = MultiplyAddEstimate(n, Create(-Exp64.Ln2High), x);
        Vector256<double> rest = n * Exp64.Ln2Low;
        Vector256<double> r = exact - rest;
        low = exact - r - rest;
        return r;
    }

    /// <summary>e^r − 1 for |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ReducedExpm1(Vector256<float> r) => MultiplyAddEstimate(ReducedExpm1Polynomial(r), r * r, r);

    /// <summary>(e^r − 1 − r) / r².</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ReducedExpm1Polynomial(Vector256<float> r)
    {
        Vector256<float> p = MultiplyAddEstimate(Create(Exp32.P5), r, Create(Exp32.P4));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P3));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P2));
        p = MultiplyAddEstimate(p, r, Create(Exp32.P1));
        return MultiplyAddEstimate(p, r, Create(Exp32.P0));
    }

    /// <summary>e^(r + low) − 1 for |r| ≤ ½ ln 2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ReducedExpm1(Vector256<double> r, Vector256<double> low)
    {
        Vector256<double> p = MultiplyAddEstimate(Create(Exp64.P9), r, Create(Exp64.P8));
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
