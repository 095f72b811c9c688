namespace DlGen.Tests.Numerics;

/// <summary>Elementary functions to about 30 digits by their series; a result is <c>Value · 2^Exponent</c>, so that denormal results keep their digits.</summary>
internal readonly record struct Reference(DoubleDouble Value, int Exponent = 0)
{
    private static readonly double[] HalfPi = [1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33, 5.5622711043168264e-50];

    /// <summary>Below, the second term of any series here is beyond 30 digits.</summary>
    private const double Linear = 1e-30;

    public static implicit operator Reference(DoubleDouble value) => new(value);

    public static implicit operator Reference(double value) => new(value);

    public static Reference Exp(double x)
    {
        if (double.IsNaN(x) || double.IsInfinity(x) || Math.Abs(x) > 800) return Math.Exp(x);
        return Exp((DoubleDouble)x);
    }

    public static Reference Exp(DoubleDouble x)
    {
        DoubleDouble reduced = ReducedExpm1(x, out int n);
        return new(reduced + 1, n);
    }

    public static Reference Expm1(double x)
    {
        if (double.IsNaN(x) || x == 0 || x > 710 || x < -80) return x < -80 ? -1.0 : x > 710 ? double.PositiveInfinity : x;
        if (Math.Abs(x) < Linear) return x;
        DoubleDouble reduced = ReducedExpm1(x, out int n);
        return new(reduced + (1.0 - (DoubleDouble)Math.ScaleB(1, -n)), n);
    }

    public static Reference Log(double x)
    {
        if (!(x > 0) || double.IsInfinity(x)) return Math.Log(x);
        return Log((DoubleDouble)x);
    }

    public static Reference Log1p(double x)
    {
        if (x == 0 || double.IsNaN(x) || double.IsPositiveInfinity(x)) return x;
        if (x <= -1) return Math.Log(1 + x);
        if (Math.Abs(x) < Linear) return x;
        if (Math.Abs(x) < 0.3) return LogSeries(x / (2.0 + (DoubleDouble)x));
        return Log(DoubleDouble.Sum(1, x));
    }

    public static Reference Tanh(double x)
    {
        if (x == 0 || double.IsNaN(x)) return x;
        if (Math.Abs(x) < Linear) return x;
        if (Math.Abs(x) > 30) return Math.Sign(x);
        Reference expm1 = Expm1(2 * Math.Abs(x));
        DoubleDouble t = expm1.Value.Scale(expm1.Exponent);
        return x < 0 ? -(t / (t + 2)) : t / (t + 2);
    }

    public static Reference Sigmoid(double x)
    {
        if (double.IsNaN(x) || Math.Abs(x) > 800) return 1 / (1 + Math.Exp(-x));
        Reference exp = Exp(-Math.Abs(x));
        if (x >= 0) return 1 / (1 + exp.Value.Scale(exp.Exponent));
        return new(exp.Value / (1 + exp.Value.Scale(exp.Exponent)), exp.Exponent);
    }

    public static Reference Erf(double x)
    {
        if (x == 0 || double.IsNaN(x)) return x;
        if (Math.Abs(x) > 7) return Math.Sign(x);

        if (Math.Abs(x) < Linear) return new(DoubleDouble.TwoOverRootPi * Math.ScaleB(x, 200), -200);

        // 2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign.
        DoubleDouble square = DoubleDouble.Product(x, x), term = x, sum = x;
        for (int n = 1; Math.Abs(term.High) > 1e-33 * Math.Abs(sum.High); n++) sum += term = term * square * 2.0 / (2 * n + 1.0);
        Reference exp = Exp(-square);
        return DoubleDouble.TwoOverRootPi * sum * exp.Value.Scale(exp.Exponent);
    }

    public static Reference Sin(double x) => SinCos(x, 0);

    public static Reference Cos(double x) => SinCos(x, 1);

    public static Reference Pow(double x, double y)
    {
        double plain = Math.Pow(x, y);
        if (plain == 1 && (x == 1 || y == 0 || x == -1) || !double.IsFinite(x) || !double.IsFinite(y) || x == 0 || double.IsNaN(plain)) return plain;
        DoubleDouble log = Log(Math.Abs(x)).Value;
        if (Math.Abs(log.High * y) > 800) return plain;
        Reference power = Exp(log * y);
        return plain < 0 || double.IsNegative(plain) ? new(-power.Value, power.Exponent) : power;
    }

    private static DoubleDouble ReducedExpm1(DoubleDouble x, out int n)
    {
        n = (int)Math.Round(x.High / DoubleDouble.Ln2.High);
        DoubleDouble r = (x - DoubleDouble.Ln2 * n).Scale(-6), term = r, sum = r;
        for (int k = 2; k < 20; k++) sum += term = term * r / k;
        for (int k = 0; k < 6; k++) sum *= sum + 2;
        return sum;
    }

    private static DoubleDouble Log(DoubleDouble x)
    {
        int exponent = Math.ILogB(x.High);
        DoubleDouble mantissa = x.Scale(-exponent);
        if (mantissa.High > 1.4142135623730951) (mantissa, exponent) = (mantissa.Scale(-1), exponent + 1);
        return DoubleDouble.Ln2 * exponent + LogSeries((mantissa - 1) / (mantissa + 1));
    }

    /// <summary>2 · artanh s = log((1 + s) / (1 − s)).</summary>
    private static DoubleDouble LogSeries(DoubleDouble s)
    {
        DoubleDouble square = s * s, power = s, sum = s;
        for (int k = 3; k < 60 && power.High != 0; k += 2) sum += (power *= square) / k;
        return sum * 2;
    }

    private static Reference SinCos(double x, int quarter)
    {
        if (!double.IsFinite(x)) return double.NaN;
        if (Math.Abs(x) > 1e6) return quarter == 0 ? Math.Sin(x) : Math.Cos(x);
        if (x == 0 && quarter == 0) return x;
        if (Math.Abs(x) < Linear) return quarter == 0 ? x : 1.0;
        double n = Math.Round(x / HalfPi[0]);
        DoubleDouble r = x;
        foreach (double part in HalfPi) r -= DoubleDouble.Product(n, part);
        int quadrant = (int)((long)n + quarter & 3);
        DoubleDouble square = r * r, term = (quadrant & 1) == 0 ? r : 1, sum = term;
        for (int k = (quadrant & 1) == 0 ? 2 : 1; k < 30; k += 2) sum += term = -(term * square) / (k * (k + 1.0));
        return quadrant < 2 ? sum : -sum;
    }
}
