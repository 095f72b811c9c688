// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The sine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Sin(Vector256<float> x)
    {
        Vector256<float> r = ReduceByHalfPi(x, out Vector256<int> quadrant);
        Vector256<float> result = ConditionalSelect(Vector256.Equals(x, Vector256<float>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Cos(Vector256<float> x)
    {
        Vector256<float> r = ReduceByHalfPi(x, out Vector256<int> quadrant);
        Vector256<float> result = SineOfQuadrant(r, quadrant + Vector256<int>.One);
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>The sine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sin(Vector256<double> x)
    {
        Vector256<double> r = ReduceByHalfPi(x, out Vector256<long> quadrant);
        Vector256<double> result = ConditionalSelect(Vector256.Equals(x, Vector256<double>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Cos(Vector256<double> x)
    {
        Vector256<double> r = ReduceByHalfPi(x, out Vector256<long> quadrant);
        Vector256<double> result = SineOfQuadrant(r, quadrant + Vector256<long>.One);
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>x − n · π/2, computed in doubles and rounded once, and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> ReduceByHalfPi(Vector256<float> x, out Vector256<int> quadrant)
    {
        Vector256<double> lower = ReduceFloatByHalfPi(WidenLower(x), out Vector256<double> lowerQuadrant);
        Vector256<double> upper = ReduceFloatByHalfPi(WidenUpper(x), out Vector256<double> upperQuadrant);
        quadrant = (Narrow(lowerQuadrant, upperQuadrant) + Create(IntegerInLowBits32)).AsInt32();
        return Narrow(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ReduceFloatByHalfPi(Vector256<double> x, out Vector256<double> quadrant)
    {
        quadrant = Round(x * Reduction.ReciprocalHalfPi);
        Vector256<double> r = MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi1), x);
        return MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi2), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ReduceByHalfPi(Vector256<double> x, out Vector256<long> quadrant)
    {
        Vector256<double> n = Round(x * Reduction.ReciprocalHalfPi);
        quadrant = (n + Create(IntegerInLowBits64)).AsInt64();
        Vector256<double> r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi1), x);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi2), r);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi3), r);
        return MultiplyAddEstimate(n, Create(-Reduction.HalfPi4), r);
    }

    /// <summary>sin(r + quadrant · π/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> SineOfQuadrant(Vector256<float> r, Vector256<int> quadrant)
    {
        Vector256<float> z = r * r;
        Vector256<float> sine = MultiplyAddEstimate(Create(Trigonometric32.S3), z, Create(Trigonometric32.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric32.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector256<float> cosine = MultiplyAddEstimate(Create(Trigonometric32.C3), z, Create(Trigonometric32.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric32.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5f), z, Vector256<float>.One));
        Vector256<int> even = Vector256.Equals(quadrant & Vector256<int>.One, Vector256<int>.Zero);
        return ConditionalSelect(even.AsSingle(), sine, cosine) ^ ((quadrant & Create(2)) << 30).AsSingle();
    }

    /// <inheritdoc cref="SineOfQuadrant(Vector256{float}, Vector256{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> SineOfQuadrant(Vector256<double> r, Vector256<long> quadrant)
    {
        Vector256<double> z = r * r;
        Vector256<double> sine = MultiplyAddEstimate(Create(Trigonometric64.S6), z, Create(Trigonometric64.S5));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S4));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S3));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector256<double> cosine = MultiplyAddEstimate(Create(Trigonometric64.C6), z, Create(Trigonometric64.C5));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C4));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C3));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5), z, Vector256<double>.One));
        Vector256<long> even = Vector256.Equals(quadrant & Vector256<long>.One, Vector256<long>.Zero);
        return ConditionalSelect(even.AsDouble(), sine, cosine) ^ ((quadrant & Create(2L)) << 62).AsDouble();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> SinBeyond(Vector256<float> x, Vector256<float> result)
    {
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<float> CosBeyond(Vector256<float> x, Vector256<float> result)
    {
        for (int lane = 0; lane < Vector256<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Cos(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<double> SinBeyond(Vector256<double> x, Vector256<double> result)
    {
        for (int lane = 0; lane < Vector256<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector256<double> CosBeyond(Vector256<double> x, Vector256<double> result)
    {
        for (int lane = 0; lane < Vector256<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Cos(x[lane]));
        return result;
    }
}
