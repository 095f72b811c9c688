using System.Runtime.Intrinsics;
using DlGen.Numerics;

namespace DlGen.Tests.Numerics;

/// <summary>One function of <see cref="VectorMath"/> at its three widths, with its reference and its stated error.</summary>
internal sealed record ElementaryFunction<T>(
    string Name,
    Func<Vector512<T>, Vector512<T>> Wide,
    Func<Vector256<T>, Vector256<T>> Middle,
    Func<Vector128<T>, Vector128<T>> Narrow,
    Func<double, Reference> Exact,
    double Bound,
    double Lowest = double.NegativeInfinity)
    where T : unmanaged
{
    public override string ToString() => Name;
}

internal static class ElementaryFunctions
{
    /// <summary>(1 + ε)² is 1 + 2ε + ε²; the last term survives only if the product is not rounded before the sum.</summary>
    private static readonly bool HasFusedMultiplyAdd =
        Vector128.MultiplyAddEstimate(Vector128.Create(1.0000001f), Vector128.Create(1.0000001f), Vector128.Create(-1.0000002f))[0] != 0;

    public static readonly ElementaryFunction<float>[] Single =
    [
        new("Exp", VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, x => Math.Exp(x), HasFusedMultiplyAdd ? 1.0 : 1.2),
        new("Expm1", VectorMath.Expm1, VectorMath.Expm1, VectorMath.Expm1, x => x == 0 ? x : Math.Abs(x) < 1e-5 ? x + x * x / 2 : Math.Exp(x) - 1, 3.0),
        new("Log", VectorMath.Log, VectorMath.Log, VectorMath.Log, x => Math.Log(x), 1.0),
        new("Log1p", VectorMath.Log1p, VectorMath.Log1p, VectorMath.Log1p, x => Log1pInDouble(x), 2.0),
        new("Sin", VectorMath.Sin, VectorMath.Sin, VectorMath.Sin, x => Math.Sin(x), 1.6),
        new("Cos", VectorMath.Cos, VectorMath.Cos, VectorMath.Cos, x => Math.Cos(x), 1.6),
        new("Tanh", VectorMath.Tanh, VectorMath.Tanh, VectorMath.Tanh, x => Math.Tanh(x), 4.5),
        new("Sigmoid", VectorMath.Sigmoid, VectorMath.Sigmoid, VectorMath.Sigmoid, x => 1 / (1 + Math.Exp(-x)), 2.5, -87),
        new("Erf", VectorMath.Erf, VectorMath.Erf, VectorMath.Erf, ErfInDouble, 4.0),
    ];

    public static readonly ElementaryFunction<double>[] Double =
    [
        new("Exp", VectorMath.Exp, VectorMath.Exp, VectorMath.Exp, Reference.Exp, 1.0),
        new("Expm1", VectorMath.Expm1, VectorMath.Expm1, VectorMath.Expm1, Reference.Expm1, 2.0),
        new("Log", VectorMath.Log, VectorMath.Log, VectorMath.Log, Reference.Log, 1.0),
        new("Log1p", VectorMath.Log1p, VectorMath.Log1p, VectorMath.Log1p, Reference.Log1p, 2.0),
        new("Sin", VectorMath.Sin, VectorMath.Sin, VectorMath.Sin, Reference.Sin, 1.8),
        new("Cos", VectorMath.Cos, VectorMath.Cos, VectorMath.Cos, Reference.Cos, 1.8),
        new("Tanh", VectorMath.Tanh, VectorMath.Tanh, VectorMath.Tanh, Reference.Tanh, 3.0),
        new("Sigmoid", VectorMath.Sigmoid, VectorMath.Sigmoid, VectorMath.Sigmoid, Reference.Sigmoid, 2.5),
        new("Erf", VectorMath.Erf, VectorMath.Erf, VectorMath.Erf, Reference.Erf, 2.0),
    ];

    /// <summary>Exact to 1e-15 by the known identity: u = 1 + x rounded, log u · x / (u − 1).</summary>
    private static Reference Log1pInDouble(double x)
    {
        double u = 1 + x;
        return u == 1 ? x : u - 1 == x || double.IsInfinity(x) ? Math.Log(u) : Math.Log(u) * x / (u - 1);
    }

    /// <summary>The same series as <see cref="Reference.Erf"/> in plain doubles: 1e-15, enough for floats and thirty times as fast.</summary>
    private static Reference ErfInDouble(double x)
    {
        if (x == 0 || double.IsNaN(x)) return x;
        if (Math.Abs(x) > 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-17 * Math.Abs(sum); n++) sum += term *= x * x * 2 / (2 * n + 1);
        return 2 / Math.Sqrt(Math.PI) * sum * Math.Exp(-x * x);
    }
}
