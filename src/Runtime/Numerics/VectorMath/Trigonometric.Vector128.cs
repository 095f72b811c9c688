// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector128;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The sine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Sin(Vector128<float> x)
    {
        Vector128<float> r = ReduceByHalfPi(x, out Vector128<int> quadrant);
        Vector128<float> result = ConditionalSelect(Vector128.Equals(x, Vector128<float>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Cos(Vector128<float> x)
    {
        Vector128<float> r = ReduceByHalfPi(x, out Vector128<int> quadrant);
        Vector128<float> result = SineOfQuadrant(r, quadrant + Vector128<int>.One);
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>The sine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Sin(Vector128<double> x)
    {
        Vector128<double> r = ReduceByHalfPi(x, out Vector128<long> quadrant);
        Vector128<double> result = ConditionalSelect(Vector128.Equals(x, Vector128<double>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<double> Cos(Vector128<double> x)
    {
        Vector128<double> r = ReduceByHalfPi(x, out Vector128<long> quadrant);
        Vector128<double> result = SineOfQuadrant(r, quadrant + Vector128<long>.One);
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>x − n · π/2, computed in doubles and rounded once, and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ReduceByHalfPi(Vector128<float> x, out Vector128<int> quadrant)
    {
        Vector128<double> lower = ReduceFloatByHalfPi(WidenLower(x), out Vector128<double> lowerQuadrant);
        Vector128<double> upper = ReduceFloatByHalfPi(WidenUpper(x), out Vector128<double> upperQuadrant);
        quadrant = (Narrow(lowerQuadrant, upperQuadrant) + Create(IntegerInLowBits32)).AsInt32();
        return Narrow(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ReduceFloatByHalfPi(Vector128<double> x, out Vector128<double> quadrant)
    {
        quadrant = Round(x * Reduction.ReciprocalHalfPi);
        Vector128<double> r = MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi1), x);
        return MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi2), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> ReduceByHalfPi(Vector128<double> x, out Vector128<long> quadrant)
    {
        Vector128<double> n = Round(x * Reduction.ReciprocalHalfPi);
        quadrant = (n + Create(IntegerInLowBits64)).AsInt64();
        Vector128<double> r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi1), x);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi2), r);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi3), r);
        return MultiplyAddEstimate(n, Create(-Reduction.HalfPi4), r);
    }

    /// <summary>sin(r + quadrant · π/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> SineOfQuadrant(Vector128<float> r, Vector128<int> quadrant)
    {
        Vector128<float> z = r * r;
        Vector128<float> sine = MultiplyAddEstimate(Create(Trigonometric32.S3), z, Create(Trigonometric32.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric32.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector128<float> cosine = MultiplyAddEstimate(Create(Trigonometric32.C3), z, Create(Trigonometric32.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric32.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5f), z, Vector128<float>.One));
        Vector128<int> even = Vector128.Equals(quadrant & Vector128<int>.One, Vector128<int>.Zero);
        return ConditionalSelect(even.AsSingle(), sine, cosine) ^ ((quadrant & Create(2)) << 30).AsSingle();
    }

    /// <inheritdoc cref="SineOfQuadrant(Vector128{float}, Vector128{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<double> SineOfQuadrant(Vector128<double> r, Vector128<long> quadrant)
    {
        Vector128<double> z = r * r;
        Vector128<double> sine = MultiplyAddEstimate(Create(Trigonometric64.S6), z, Create(Trigonometric64.S5));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S4));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S3));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector128<double> cosine = MultiplyAddEstimate(Create(Trigonometric64.C6), z, Create(Trigonometric64.C5));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C4));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C3));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5), z, Vector128<double>.One));
        Vector128<long> even = Vector128.Equals(quadrant & Vector128<long>.One, Vector128<long>.Zero);
        return ConditionalSelect(even.AsDouble(), sine, cosine) ^ ((quadrant & Create(2L)) << 62).AsDouble();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> SinBeyond(Vector128<float> x, Vector128<float> result)
    {
        for (int lane = 0; lane < Vector128<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<float> CosBeyond(Vector128<float> x, Vector128<float> result)
    {
        for (int lane = 0; lane < Vector128<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Cos(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<double> SinBeyond(Vector128<double> x, Vector128<double> result)
    {
        for (int lane = 0; lane < Vector128<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<double> CosBeyond(Vector128<double> x, Vector128<double> result)
    {
        for (int lane = 0; lane < Vector128<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Cos(x[lane]));
        return result;
    }
}
