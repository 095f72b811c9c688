using DlGen.Graphs;

namespace DlGen.Tests.Oracles;

/// <summary>
/// A scalar function's value and its slope by each operand, from calculus and PyTorch's documented choices at kinks; the compiler's own tables
/// (<c>ScalarFunction</c>) are not consulted.
/// </summary>
internal static class DualFunctions
{
    public readonly record struct Result(double Value, double SlopeA = 0, double SlopeB = 0, double SlopeC = 0);

    public static Result Apply(ScalarOp op, double a, double b, double c) => op switch
    {
        ScalarOp.Negate => new(-a, -1),
        ScalarOp.Abs => new(Math.Abs(a), double.IsNaN(a) ? a : Math.Sign(a)),
        ScalarOp.Sqrt => new(Math.Sqrt(a), 0.5 / Math.Sqrt(a)),
        ScalarOp.Exp => new(Math.Exp(a), Math.Exp(a)),
        ScalarOp.Expm1 => new(Expm1(a), Math.Exp(a)),
        ScalarOp.Log => new(Math.Log(a), 1 / a),
        ScalarOp.Log1p => new(Log1p(a), 1 / (1 + a)),
        ScalarOp.Sin => new(Math.Sin(a), Math.Cos(a)),
        ScalarOp.Cos => new(Math.Cos(a), -Math.Sin(a)),
        ScalarOp.Tanh => new(Math.Tanh(a), 1 / (Math.Cosh(a) * Math.Cosh(a))),
        ScalarOp.Sigmoid => new(1 / (1 + Math.Exp(-a)), 1 / (2 + Math.Exp(a) + Math.Exp(-a))),
        ScalarOp.Erf => new(Erf(a), 2 / Math.Sqrt(Math.PI) * Math.Exp(-a * a)),
        // Slope 0 at 0; NaN passes.
        ScalarOp.Relu => a <= 0 ? new(0, 0) : new(a, 1),
        ScalarOp.Not => new(a == 0 ? 1 : 0),

        ScalarOp.Add => new(a + b, 1, 1),
        ScalarOp.Subtract => new(a - b, 1, -1),
        ScalarOp.Multiply => new(a * b, b, a),
        ScalarOp.Divide => new(a / b, 1 / b, -a / (b * b)),
        // Where both are equal, PyTorch gives each half.
        ScalarOp.Maximum => new(Math.Max(a, b), a > b ? 1 : a == b ? 0.5 : 0, b > a ? 1 : a == b ? 0.5 : 0),
        ScalarOp.Minimum => new(Math.Min(a, b), a < b ? 1 : a == b ? 0.5 : 0, b < a ? 1 : a == b ? 0.5 : 0),
        ScalarOp.Power => new(Math.Pow(a, b), b == 0 ? 0 : b * Math.Pow(a, b - 1), a > 0 ? Math.Pow(a, b) * Math.Log(a) : 0),
        ScalarOp.Less => new(a < b ? 1 : 0),
        ScalarOp.LessOrEqual => new(a <= b ? 1 : 0),
        ScalarOp.Equal => new(a == b ? 1 : 0),
        ScalarOp.And => new(a != 0 && b != 0 ? 1 : 0),
        ScalarOp.Or => new(a != 0 || b != 0 ? 1 : 0),
        ScalarOp.Select => a != 0 ? new(b, 0, 1, 0) : new(c, 0, 0, 1),
        _ => throw new OracleException($"the oracle does not know {op}"),
    };

    /// <summary>Operands of the function; leaves have none.</summary>
    public static int Arity(ScalarOp op) => op switch
    {
        ScalarOp.Operand or ScalarOp.Constant or ScalarOp.Index => 0,
        >= ScalarOp.Negate and <= ScalarOp.Not => 1,
        >= ScalarOp.Add and <= ScalarOp.Or => 2,
        ScalarOp.Select => 3,
        _ => throw new OracleException($"the oracle does not know {op}"),
    };

    /// <summary>erf(x) = 2/√π · exp(-x²) · Σ 2ⁿ x²ⁿ⁺¹ / (2n+1)!!: all terms of one sign, so it loses nothing; |x| ≥ 6 rounds to ±1.</summary>
    public static double Erf(double x)
    {
        if (double.IsNaN(x)) return x;
        if (Math.Abs(x) >= 6) return Math.Sign(x);
        double term = x, sum = x;
        for (int n = 1; Math.Abs(term) > 1e-18 * Math.Abs(sum); n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }
        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }

    /// <summary>Kahan's: the rounding error of 1 + x cancels in the quotient.</summary>
    public static double Log1p(double x)
    {
        double u = 1 + x;
        return u == 1 || double.IsInfinity(u) ? (u == 1 ? x : u) : Math.Log(u) * x / (u - 1);
    }

    /// <summary>Kahan's counterpart for exp(x) - 1.</summary>
    public static double Expm1(double x)
    {
        double u = Math.Exp(x);
        if (u == 1) return x;
        return u - 1 == -1 || double.IsInfinity(u) ? u - 1 : (u - 1) * x / Math.Log(u);
    }
}
