// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The hyperbolic tangent, accurate near zero too, never beyond ±1. Error at most 4.5 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Tanh(Vector512<float> x)
    {
        Vector512<float> sign = x & Create(-0f);
        x = MinNative(Create(Tanh32.Highest), Abs(x));
        Vector512<float> z = x * x;
        Vector512<float> p = MultiplyAddEstimate(Create(Tanh32.P4), z, Create(Tanh32.P3));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P2));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P1));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P0));
        Vector512<float> q = MultiplyAddEstimate(Create(Tanh32.Q4), z, Create(Tanh32.Q3));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q2));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q1));
        q = MultiplyAddEstimate(q, z, Vector512<float>.One);
        return MinNative(Vector512<float>.One, MultiplyAddEstimate(x, p / q, x * Tanh32.Remainder)) | sign;
    }

    /// <summary>The hyperbolic tangent, accurate near zero too. Error at most 3.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Tanh(Vector512<double> x)
    {
        // tanh |x| = −t / (2 + t) with t = e^(−2|x|) − 1, which lies in [−1, 0]: no overflow, no cancellation.
        Vector512<double> r = ReduceByLn2(MaxNative(Create(TanhLowest64), Abs(x) * -2.0), out Vector512<double> n, out Vector512<double> low);
        Vector512<double> scale = ScaleByPowerOfTwo(Vector512<double>.One, n);
        Vector512<double> t = MultiplyAddEstimate(scale, ReducedExpm1(r, low), scale - Vector512<double>.One);
        return (Abs(t) / (t + Create(2.0))) | (x & Create(-0.0));
    }

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP down to x = −87; 0 below −88.8, where the exact value is denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sigmoid(Vector512<float> x) => Vector512<float>.One / (Vector512<float>.One + Exp(-x));

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sigmoid(Vector512<double> x)
    {
        // e^−|x| ≤ 1: for x < 0 the quotient e^x / (1 + e^x), which neither overflows nor doubles the error of the exponential.
        Vector512<double> exp = Exp(x | Create(-0.0));
        return ConditionalSelect(LessThan(x, Vector512<double>.Zero), exp, Vector512<double>.One) / (Vector512<double>.One + exp);
    }
}
