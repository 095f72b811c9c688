using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxMath
{
    private static class PowerConstants
    {
        /// <summary>Any base but ±1, 0 and ±∞ overflows or underflows with this exponent: an infinite one is cut to it, so that 0 · ∞ never occurs.</summary>
        public const float LargestExponent32 = 1.2676506002282294e30f;

        /// <summary>2^66, likewise: |log2| of a double next to 1 is above 2^-53.</summary>
        public const double LargestExponent64 = 73786976294838206464.0;

        /// <summary>Beyond: 0 or infinity as a power of two.</summary>
        public const double LargestLog2 = 1100.0;

        /// <summary>The upper half of a double: products of two such are exact.</summary>
        public const long UpperHalf = unchecked((long)0xffffffff00000000);

        // fdlibm e_pow.c (Sun Microsystems 1993): log2 x = n + log2 of 1 or 1.5 + 2/(3 ln 2) · (s · (3 + s² + …)), s = (m − breakpoint) / (m + breakpoint).
        public const double SquareRootOfThreeQuarters = 0.86602540378443865;
        public const double SquareRootOfThreeHalves = 1.22474487139158905;
        public const double Log2OfBreakpointHigh = 5.84962487220764160156e-01;
        public const double Log2OfBreakpointLow = 1.35003920212974897128e-08;
        public const double Factor = 9.61796693925975554329e-01;
        public const double FactorHigh = 9.61796700954437255859e-01;
        public const double FactorLow = -7.02846165095275826516e-09;
        public const double L1 = 5.99999999999994648725e-01;
        public const double L2 = 4.28571428578550184252e-01;
        public const double L3 = 3.33333329818377432918e-01;
        public const double L4 = 2.72728123808534006489e-01;
        public const double L5 = 2.30660745775561754067e-01;
        public const double L6 = 2.06975017800338417784e-01;
        public const double Ln2 = 0.69314718055994530942;
    }

    /// <summary>x to the power y. Error at most 0.6 ULP for floats (through doubles), 1.5 for doubles. A negative base needs an integral exponent, else NaN; x⁰ = 1^y = 1, NaN included.</summary>
    public string Power(string x, string y)
    {
        string magnitude = Abs(x);
        if (float64) return SignedPower(x, y, Power64(magnitude, Clamp(y, -PowerConstants.LargestExponent64, PowerConstants.LargestExponent64)));
        string exponent = Clamp(y, -PowerConstants.LargestExponent32, PowerConstants.LargestExponent32);
        return SignedPower(x, y, Narrow(Wide.Exp(Wide.Multiply(Widen(exponent), Wide.Log(Widen(magnitude))))));
    }

    private string Power64(string magnitude, string exponent)
    {
        var (logHigh, logLow) = Log2(magnitude);

        // y · log2 x = high + low; high is exact.
        string exponentHigh = UpperHalf(exponent);
        string high = Multiply(exponentHigh, logHigh);
        string low = Add(Multiply(Subtract(exponent, exponentHigh), logHigh), Multiply(exponent, logLow));
        string n = Round(Clamp(Add(high, low), -PowerConstants.LargestLog2, PowerConstants.LargestLog2));
        string r = Clamp(Add(Subtract(high, n), low), -1, 1);
        string power = ScaleByPowerOfTwo(Add(ReducedExpm1(Multiply(r, Constant(PowerConstants.Ln2)), Constant(0)), One), n);

        // The logarithms of 0 and ∞ are no sums of two parts. The product only carries NaN.
        string isZero = Equal(magnitude, Constant(0)), isInfinite = Equal(magnitude, Constant(double.PositiveInfinity));
        string grows = writer.Emit(Predicate, "xor.pred", isZero, Less(Constant(0), exponent));
        string limit = Add(Select(grows, Constant(double.PositiveInfinity), Constant(0)), Multiply(exponent, Constant(0)));
        return Select(Or(isZero, isInfinite), limit, power);
    }

    /// <summary>The sign of a negative base, what is undefined, and what is 1 whatever the other argument.</summary>
    private string SignedPower(string x, string y, string magnitude)
    {
        string half = Multiply(y, Constant(0.5));
        string integral = Equal(Floor(y), y);
        string odd = And(integral, Not(Equal(Floor(half), half)));
        string result = Select(odd, CopySign(x, magnitude), magnitude);
        string negativeFinite = And(Less(x, Constant(0)), Less(Constant(double.NegativeInfinity), x));
        result = Select(And(negativeFinite, Not(integral)), Constant(double.NaN), result);
        return Select(Or(Equal(x, One), Equal(y, Constant(0))), One, result);
    }

    /// <summary>log2 x as a sum of two doubles, to about 2^−70 of it; the first has 21 significant bits.</summary>
    private (string High, string Low) Log2(string x)
    {
        var (m, n) = Decompose(x);
        string small = Less(m, Constant(PowerConstants.SquareRootOfThreeQuarters));
        m = Select(small, Add(m, m), m);
        n = Select(small, Subtract(n, One), n);
        string isUpper = Less(Constant(PowerConstants.SquareRootOfThreeHalves), m);
        string breakpoint = Select(isUpper, Constant(1.5), One);

        // s = (m − breakpoint) / (m + breakpoint) = sHigh + sLow.
        string difference = Subtract(m, breakpoint), sum = Add(m, breakpoint);
        string s = Divide(difference, sum);
        string sHigh = UpperHalf(s), sumHigh = UpperHalf(sum);
        string rest = Subtract(difference, Multiply(sHigh, sumHigh));
        string sLow = Divide(Subtract(rest, Multiply(sHigh, Subtract(m, Subtract(sumHigh, breakpoint)))), sum);

        // 3 + s² + … = tHigh + tLow.
        string z = Multiply(s, s);
        string p = Polynomial(z, PowerConstants.L6, PowerConstants.L5, PowerConstants.L4, PowerConstants.L3, PowerConstants.L2, PowerConstants.L1);
        p = MultiplyAdd(sLow, Add(sHigh, s), Multiply(p, Multiply(z, z)));
        z = Multiply(sHigh, sHigh);
        string tHigh = UpperHalf(Add(Add(z, p), Constant(3)));
        string tLow = Subtract(p, Subtract(Subtract(tHigh, Constant(3)), z));

        string productHigh = Multiply(sHigh, tHigh);
        string productLow = Add(Multiply(sLow, tHigh), Multiply(tLow, s));
        string seriesHigh = UpperHalf(Add(productHigh, productLow));
        string seriesLow = Subtract(productLow, Subtract(seriesHigh, productHigh));
        string breakpointHigh = Select(isUpper, Constant(PowerConstants.Log2OfBreakpointHigh), Constant(0));
        string breakpointLow = Select(isUpper, Constant(PowerConstants.Log2OfBreakpointLow), Constant(0));
        string scaledHigh = Multiply(seriesHigh, Constant(PowerConstants.FactorHigh));
        string scaledLow = Add(Add(Multiply(seriesHigh, Constant(PowerConstants.FactorLow)), Multiply(seriesLow, Constant(PowerConstants.Factor))), breakpointLow);
        string high = UpperHalf(Add(Add(Add(scaledHigh, scaledLow), breakpointHigh), n));
        return (high, Subtract(scaledLow, Subtract(Subtract(Subtract(high, n), breakpointHigh), scaledHigh)));
    }

    private string UpperHalf(string x) => FromBits(EmitInteger("and.b64", Bits(x), PtxWriter.Number(PowerConstants.UpperHalf)));
}
