namespace DlGen.Numerics;

public static partial class VectorMath
{
    private static class Tanh32
    {
        /// <summary>Here the quotient exceeds 1 by 3e-7, more than its rounding errors: cut to 1 it is exactly 1 from here on.</summary>
        public const float Highest = 9.6f;

        // tanh x = x · (⅛ + P(x²) / Q(x²)): relative minimax on |x| ≤ 9.02 by the Remez algorithm in 40 digits, error 7.8e-8.
        // The constant is what remains at the far end: it is exact, so the roundings of P and Q fade where tanh saturates.
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
}
