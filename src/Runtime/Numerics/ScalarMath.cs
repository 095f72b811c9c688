using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace DlGen.Numerics;

/// <summary>
/// What <see cref="Math"/> and <see cref="MathF"/> lack: one lane of <see cref="VectorMath"/>, so that a plain loop and a vectorised one
/// give the same bits and have the same errors.
/// </summary>
public static class ScalarMath
{
    /// <inheritdoc cref="VectorMath.Erf(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Erf(float x) => VectorMath.Erf(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Erf(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Erf(double x) => VectorMath.Erf(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Sigmoid(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Sigmoid(float x) => VectorMath.Sigmoid(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Sigmoid(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sigmoid(double x) => VectorMath.Sigmoid(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Log1p(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Log1p(float x) => VectorMath.Log1p(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Log1p(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Log1p(double x) => VectorMath.Log1p(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Expm1(Vector128{float})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Expm1(float x) => VectorMath.Expm1(Vector128.CreateScalar(x)).ToScalar();

    /// <inheritdoc cref="VectorMath.Expm1(Vector128{double})"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Expm1(double x) => VectorMath.Expm1(Vector128.CreateScalar(x)).ToScalar();
}
