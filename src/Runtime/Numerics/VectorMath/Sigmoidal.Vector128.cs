// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector128;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The hyperbolic tangent, accurate near zero too, never beyond ±1. Error at most 4.5 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Tanh(Vector128<float> x)
    {
        Vector128<float> sign = x & Create(-0f);
        x = MinNative(Create(Tanh32.Highest), Abs(x));
        Vector128<float> z = x * x;
        Vector128<float> p = MultiplyAddEstimate(Create(Tanh32.P4), z, Create(Tanh32.P3));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P2));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P1));
        p = MultiplyAddEstimate(p, z, Create(Tanh32.P0));
        Vector128<float> q = MultiplyAddEstimate(Create(Tanh32.Q4), z, Create(Tanh32.Q3));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q2));
        q = MultiplyAddEstimate(q, z, Create(Tanh32.Q1));
        q = MultiplyAddEstimate(q, z, Vector128<float>.One);
        return MinNative(Vector128<float>.One, MultiplyAddEstimate(x, p / q, x * Tanh32.Remainder)) | sign;
    }

    /// <summary>The hyperbolic tangent, accurate near zero too. Error at most 3.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Tanh(Vector128<double> x)
    {
        // tanh |x| = −t / (2 + t) with t = e^(−2|x|) − 1, which lies in [−1, 0]: no overflow, no cancellation.
        Vector128<double> r = ReduceByLn2(MaxNative(Create(TanhLowest64), Abs(x) * -2.0), out Vector128<double> n, out Vector128<double> low);
        Vector128<double> scale = ScaleByPowerOfTwo(Vector128<double>.One, n);
        Vector128<double> t = MultiplyAddEstimate(scale, ReducedExpm1(r, low), scale - Vector128<double>.One);
        return (Abs(t) / (t + Create(2.0))) | (x & Create(-0.0));
    }

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP down to x = −87; 0 below −88.8, where the exact value is denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sigmoid(Vector128<float> x) => Vector128<float>.One / (Vector128<float>.One + Exp(-x));

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP, denormal results included.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Sigmoid(Vector128<double> x)
    {
        // e^−|x| ≤ 1: for x < 0 the quotient e^x / (1 + e^x), which neither overflows nor doubles the error of the exponential.
        Vector128<double> exp = Exp(x | Create(-0.0));
        return ConditionalSelect(LessThan(x, Vector128<double>.Zero), exp, Vector128<double>.One) / (Vector128<double>.One + exp);
    }
}
