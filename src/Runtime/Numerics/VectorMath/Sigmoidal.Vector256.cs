// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The hyperbolic tangent, accurate near zero too, never beyond ±1. Error at most 4.5 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Tanh(Vector256<float> x)
    {
        Vector256<float> sign = x & Create(-0f);
        x = MinNative(Create(Tanh32.Highest), Abs(x));
        Vector256<float> z = x * x;
        Vector256<float> p = MultiplyAddEstimate(Create(Tanh32.P4), z, Create(Tanh32.P3));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P2));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P1));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P0));
        Vector256<float> q = MultiplyAddEstimate(Create(Tanh32.Q4), z, Create(Tanh32.Q3));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q2));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q1));
        q = MultiplyAddEstimate(q, z, Vector256<float>.One);
        return MinNative(Vector256<float>.One, MultiplyAddEstimate(x, p / q, x * Tanh32.Remainder)) | sign;
    }

    /// <summary>The hyperbolic tangent, accurate near zero too. Error at most 3.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Tanh(Vector256<double> x)
    {
        // tanh |x| = −t / (2 + t) with t = e^(−2|x|) − 1, which lies in [−1, 0]: no overflow, no cancellation.
        Vector256<double> r = ReduceByLn2(MaxNative(Create(TanhLowest64), Abs(x) * -2.0), out Vector256<double> n, out Vector256<double> low);
        Vector256<double> scale = ScaleByPowerOfTwo(Vector256<double>.One, n);
        Vector256<double> t = MultiplyAddEstimate(scale, ReducedExpm1(r, low), scale - Vector256<double>.One);
        return (Abs(t) / (t + Create(2.0))) | (x & Create(-0.0));
    }

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP down to x = −87; 0 below −88.8, where the exact value is denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sigmoid(Vector256<float> x) => Vector256<float>.One / (Vector256<float>.One + Exp(-x));

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sigmoid(Vector256<double> x)
    {
        // e^−|x| ≤ 1: for x < 0 the quotient e^x / (1 + e^x), which neither overflows nor doubles the error of the exponential.
        Vector256<double> exp = Exp(x | Create(-0.0));
        return ConditionalSelect(LessThan(x, Vector256<double>.Zero), exp, Vector256<double>.One) / (Vector256<double>.One + exp);
    }
}
