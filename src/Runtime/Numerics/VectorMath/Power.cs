namespace DlGen.Numerics;

public static partial class VectorMath
{
    private static class Power
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
}
