namespace DlGen.Numerics;

// exp x = 2^n · e^r with n = round(x / ln 2), |r| ≤ ½ ln 2, and e^r = 1 + r + r² · P(r).
// ln 2 is split so that n · High is exact without fused multiply-add.
public static partial class VectorMath
{
    private static class Exp32
    {
        public const float ReciprocalLn2 = 1.44269504f;
        public const float Ln2High = 0.693359375f;
        public const float Ln2Low = -2.12194440e-4f;

        /// <summary>Below: 0 after rounding. NaN passes because the constant is the first operand of a native maximum.</summary>
        public const float Lowest = -105f;

        /// <summary>Above ln(float.MaxValue) = 88.72…, so that the last scaling overflows by itself.</summary>
        public const float Highest = 89f;

        /// <summary>Below: e^x − 1 rounds to −1.</summary>
        public const float LowestMinusOne = -18f;

        // Cephes (Moshier 1992), minimax of (e^r − 1 − r) / r².
        public const float P0 = 5.0000001201e-1f;
        public const float P1 = 1.6666665459e-1f;
        public const float P2 = 4.1665795894e-2f;
        public const float P3 = 8.3334519073e-3f;
        public const float P4 = 1.3981999507e-3f;
        public const float P5 = 1.9875691500e-4f;
    }

    private static class Exp64
    {
        public const double ReciprocalLn2 = 1.4426950408889634074;
        public const double Ln2High = 6.93147180369123816490e-01;
        public const double Ln2Low = 1.90821492927058770002e-10;
        public const double Lowest = -746.0;
        public const double Highest = 710.0;
        public const double LowestMinusOne = -38.0;

        // Chebyshev interpolation of (e^r − 1 − r) / r² on |r| ≤ 0.3468 in 50 digits; error 1.3e-17 of e^r.
        public const double P0 = 0.500000000000000103;
        public const double P1 = 0.166666666666666675;
        public const double P2 = 0.0416666666666239392;
        public const double P3 = 0.00833333333333004732;
        public const double P4 = 0.00138888889173079164;
        public const double P5 = 0.000198412698631260578;
        public const double P6 = 0.0000248015211496656766;
        public const double P7 = 2.75572683474991374e-6;
        public const double P8 = 2.76201579902511628e-7;
        public const double P9 = 2.51004389762371802e-8;
    }
}
