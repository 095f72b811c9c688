// The Vector512 file with its name and its Avx512F replaced: change that one.
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using static System.Runtime.Intrinsics.Vector256;

namespace DlGen.Numerics;

public static partial class VectorMath
{
    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt, accurate near zero too, never beyond ±1. Error at most 4.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Erf(Vector256<float> x)
    {
        Vector256<float> sign = x & Create(-0f);
        x = MinNative(Create(Erf32.Highest), Abs(x));
        Vector256<float> z = x * x;
        Vector256<float> p = MultiplyAddEstimate(Create(Erf32.P6), z, Create(Erf32.P5));
        p = MultiplyAddEstimate(p, z, Create(Erf32.P4));
        p = MultiplyAddEstimate(p, z, Create(Erf32.P3));
        p = MultiplyAddEstimate(p, z, Create(Erf32.P2));
        p = MultiplyAddEstimate(p, z, Create(Erf32.P1));
        p = MultiplyAddEstimate(p, z, Create(Erf32.P0));
        Vector256<float> q = MultiplyAddEstimate(Create(Erf32.Q5), z, Create(Erf32.Q4));
        q = MultiplyAddEstimate(q, z, Create(Erf32.Q3));
        q = MultiplyAddEstimate(q, z, Create(Erf32.Q2));
        q = MultiplyAddEstimate(q, z, Create(Erf32.Q1));
        q = MultiplyAddEstimate(q, z, Vector256<float>.One);
        return MinNative(Vector256<float>.One, MultiplyAddEstimate(x, p / q, x * Erf32.Remainder)) | sign;
    }

    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt, accurate near zero too, never beyond ±1. Error at most 2.0 ULP.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Erf(Vector256<double> x)
    {
        Vector256<double> magnitude = MinNative(Create(Erf64.Highest), Abs(x));
        Vector256<double> square = magnitude * magnitude;
        Vector256<double> result = ConditionalSelect(
            LessThan(magnitude, Vector256<double>.One), ErfBelowOne(magnitude, square), ErfAboveOne(magnitude, square));
        return result | (x & Create(-0.0));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ErfBelowOne(Vector256<double> x, Vector256<double> square)
    {
        Vector256<double> p = MultiplyAddEstimate(Create(Erf64.P12), square, Create(Erf64.P11));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P10));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P9));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P8));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P7));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P6));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P5));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P4));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P3));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P2));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P1));
        p = MultiplyAddEstimate(p, square, Create(Erf64.P0));
        return MultiplyAddEstimate(x, p, x);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> ErfAboveOne(Vector256<double> x, Vector256<double> square)
    {
        Vector256<double> w = (x - Create(Erf64.Middle)) / (x + Create(Erf64.Middle));
        Vector256<double> p = MultiplyAddEstimate(Create(Erf64.R15), w, Create(Erf64.R14));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R13));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R12));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R11));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R10));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R9));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R8));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R7));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R6));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R5));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R4));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R3));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R2));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R1));
        p = MultiplyAddEstimate(p, w, Create(Erf64.R0));
        return Vector256<double>.One - p * Exp(-square);
    }
}
