// One text for three widths: the Vector256 and Vector128 files are made from this one, by the replacements that WidthCopiesTests names and checks.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector512;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The sine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Sin(Vector512<float> x)
    {
        Vector512<float> r = ReduceByHalfPi(x, out Vector512<int> quadrant);
        Vector512<float> result = ConditionalSelect(Vector512.Equals(x, Vector512<float>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.6 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Cos(Vector512<float> x)
    {
        Vector512<float> r = ReduceByHalfPi(x, out Vector512<int> quadrant);
        Vector512<float> result = SineOfQuadrant(r, quadrant + Vector512<int>.One);
        return GreaterThanAny(Abs(x), Create((float)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>The sine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Sin(Vector512<double> x)
    {
        Vector512<double> r = ReduceByHalfPi(x, out Vector512<long> quadrant);
        Vector512<double> result = ConditionalSelect(Vector512.Equals(x, Vector512<double>.Zero), x, SineOfQuadrant(r, quadrant));
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? SinBeyond(x, result) : result;
    }

    /// <summary>The cosine of x radians. Error at most 1.8 ULP for |x| ≤ 10^6, a scalar call for each lane beyond; NaN at infinities.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Cos(Vector512<double> x)
    {
        Vector512<double> r = ReduceByHalfPi(x, out Vector512<long> quadrant);
        Vector512<double> result = SineOfQuadrant(r, quadrant + Vector512<long>.One);
        return GreaterThanAny(Abs(x), Create((double)LargestReduced)) ? CosBeyond(x, result) : result;
    }

    /// <summary>x − n · π/2, computed in doubles and rounded once, and n.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> ReduceByHalfPi(Vector512<float> x, out Vector512<int> quadrant)
    {
        Vector512<double> lower = ReduceFloatByHalfPi(WidenLower(x), out Vector512<double> lowerQuadrant);
        Vector512<double> upper = ReduceFloatByHalfPi(WidenUpper(x), out Vector512<double> upperQuadrant);
        quadrant = (Narrow(lowerQuadrant, upperQuadrant) + Create(IntegerInLowBits32)).AsInt32();
        return Narrow(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReduceFloatByHalfPi(Vector512<double> x, out Vector512<double> quadrant)
    {
        quadrant = Round(x * Reduction.ReciprocalHalfPi);
        Vector512<double> r = MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi1), x);
        return MultiplyAddEstimate(quadrant, Create(-Reduction.HalfPi2), r);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> ReduceByHalfPi(Vector512<double> x, out Vector512<long> quadrant)
    {
        Vector512<double> n = Round(x * Reduction.ReciprocalHalfPi);
        quadrant = (n + Create(IntegerInLowBits64)).AsInt64();
        Vector512<double> r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi1), x);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi2), r);
        r = MultiplyAddEstimate(n, Create(-Reduction.HalfPi3), r);
        return MultiplyAddEstimate(n, Create(-Reduction.HalfPi4), r);
    }

    /// <summary>sin(r + quadrant · π/2).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> SineOfQuadrant(Vector512<float> r, Vector512<int> quadrant)
    {
        Vector512<float> z = r * r;
        Vector512<float> sine = MultiplyAddEstimate(Create(Trigonometric32.S3), z, Create(Trigonometric32.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric32.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector512<float> cosine = MultiplyAddEstimate(Create(Trigonometric32.C3), z, Create(Trigonometric32.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric32.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5f), z, Vector512<float>.One));
        Vector512<int> even = Vector512.Equals(quadrant & Vector512<int>.One, Vector512<int>.Zero);
        return ConditionalSelect(even.AsSingle(), sine, cosine) ^ ((quadrant & Create(2)) << 30).AsSingle();
    }

    /// <inheritdoc cref="SineOfQuadrant(Vector512{float}, Vector512{int})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<double> SineOfQuadrant(Vector512<double> r, Vector512<long> quadrant)
    {
        Vector512<double> z = r * r;
        Vector512<double> sine = MultiplyAddEstimate(Create(Trigonometric64.S6), z, Create(Trigonometric64.S5));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S4));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S3));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S2));
        sine = MultiplyAddEstimate(sine, z, Create(Trigonometric64.S1));
        sine = MultiplyAddEstimate(sine, z * r, r);
        Vector512<double> cosine = MultiplyAddEstimate(Create(Trigonometric64.C6), z, Create(Trigonometric64.C5));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C4));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C3));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C2));
        cosine = MultiplyAddEstimate(cosine, z, Create(Trigonometric64.C1));
        cosine = MultiplyAddEstimate(cosine, z * z, MultiplyAddEstimate(Create(-0.5), z, Vector512<double>.One));
        Vector512<long> even = Vector512.Equals(quadrant & Vector512<long>.One, Vector512<long>.Zero);
        return ConditionalSelect(even.AsDouble(), sine, cosine) ^ ((quadrant & Create(2L)) << 62).AsDouble();
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> SinBeyond(Vector512<float> x, Vector512<float> result)
    {
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<float> CosBeyond(Vector512<float> x, Vector512<float> result)
    {
        for (int lane = 0; lane < Vector512<float>.Count; lane++)
            if (MathF.Abs(x[lane]) > (float)LargestReduced) result = result.WithElement(lane, MathF.Cos(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<double> SinBeyond(Vector512<double> x, Vector512<double> result)
    {
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Sin(x[lane]));
        return result;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector512<double> CosBeyond(Vector512<double> x, Vector512<double> result)
    {
        for (int lane = 0; lane < Vector512<double>.Count; lane++)
            if (Math.Abs(x[lane]) > (double)LargestReduced) result = result.WithElement(lane, Math.Cos(x[lane]));
        return result;
    }
}
