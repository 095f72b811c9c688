namespace DlGen.Ptx;

internal sealed partial class PtxMath
{
    private static class Tanh32
    {
        /// <summary>Here the quotient exceeds 1 by 3e-7, more than its rounding errors: cut to 1 it is exactly 1 from here on.</summary>
        public const float Highest = 9.6f;

        // tanh x = x · (⅛ + P(x²) / Q(x²)): relative minimax on |x| ≤ 9.02 by the Remez algorithm in 40 digits, error 7.8e-8.
        public const float Remainder = 0.125f;
        public const float P0 = 0.874999992146f;
        public const float P1 = 0.07505501273f;
        public const float P2 = 0.000235805055483f;
        public const float P3 = -2.02502604287e-5f;
        public const float P4 = -7.96258661671e-8f;
        public const float Q1 = 0.4667292598f;
        public const float Q2 = 0.0256906551271f;
        public const float Q3 = 0.00032079066047f;
        public const float Q4 = 7.36046151371e-7f;
    }

    /// <summary>Below −44, e^x − 1 is −1 and the hyperbolic tangent of −x/2 is 1.</summary>
    private const double TanhLowest64 = -44.0;

    /// <summary>The hyperbolic tangent, accurate near zero too, never beyond ±1. Error at most 4.5 ULP for floats, 3.0 for doubles.</summary>
    public string Tanh(string x)
    {
        if (!float64)
        {
            string magnitude = Highest(Abs(x), Tanh32.Highest);
            string z = Multiply(magnitude, magnitude);
            string p = Polynomial(z, Tanh32.P4, Tanh32.P3, Tanh32.P2, Tanh32.P1, Tanh32.P0);
            string q = Polynomial(z, Tanh32.Q4, Tanh32.Q3, Tanh32.Q2, Tanh32.Q1, 1);
            string sum = MultiplyAdd(magnitude, Divide(p, q), Multiply(magnitude, Constant(Tanh32.Remainder)));
            return CopySign(x, Highest(sum, 1));
        }
        // tanh |x| = −t / (2 + t) with t = e^(−2|x|) − 1, which lies in [−1, 0]: no overflow, no cancellation.
        string doubled = Multiply(Abs(x), Constant(-2));
        string lowest = Constant(TanhLowest64);
        var (r, low, n) = ReduceByLn2InParts(Select(Less(doubled, lowest), lowest, doubled));
        string scale = ScaleByPowerOfTwo(One, n);
        string t = MultiplyAdd(scale, ReducedExpm1(r, low), Subtract(scale, One));
        return CopySign(x, Divide(Abs(t), Add(t, Constant(2))));
    }

    /// <summary>1 / (1 + e^−x). Error at most 2.5 ULP; for floats down to x = −87, and 0 below −88.8, where the exact value is denormal.</summary>
    public string Sigmoid(string x)
    {
        if (!float64) return Divide(One, Add(One, Exp(Negate(x))));
        // e^−|x| ≤ 1: for x < 0 the quotient e^x / (1 + e^x), which neither overflows nor doubles the error of the exponential.
        string exp = Exp(Negate(Abs(x)));
        return Divide(Select(Less(x, Constant(0)), exp, One), Add(One, exp));
    }

    /// <summary>At most the bound; NaN stays.</summary>
    private string Highest(string x, double bound) => Select(Less(Constant(bound), x), Constant(bound), x);
}
