namespace DlGen.Ptx;

// exp x = 2^n · e^r with n = round(x / ln 2), |r| ≤ ½ ln 2, and e^r = 1 + r + r² · P(r).
internal sealed partial class PtxMath
{
    private static class Exp32
    {
        public const float ReciprocalLn2 = 1.44269504f;
        public const float Ln2High = 0.693359375f;
        public const float Ln2Low = -2.12194440e-4f;

        /// <summary>Below: 0 after rounding.</summary>
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

    /// <summary>e^x. Error at most 1.0 ULP, denormal results included.</summary>
    public string Exp(string x)
    {
        if (float64)
        {
            x = Clamp(x, Exp64.Lowest, Exp64.Highest);
            var (reduced, low, power) = ReduceByLn2InParts(x);
            return ScaleByPowerOfTwo(Add(ReducedExpm1(reduced, low), One), power);
        }
        x = Clamp(x, Exp32.Lowest, Exp32.Highest);
        var (r, n) = ReduceByLn2(x);
        // 1 + r · (1 + r · P) takes one operation less than 1 + (r + r² · P), and fused it is the more accurate.
        return ScaleByPowerOfTwo(MultiplyAdd(MultiplyAdd(ReducedExpm1Polynomial(r), r, One), r, One), n);
    }

    /// <summary>e^x − 1, accurate near zero too. Error at most 3.0 ULP for floats, 2.0 for doubles.</summary>
    public string Expm1(string x)
    {
        string expm1, n;
        if (float64)
        {
            (string r, string low, n) = ReduceByLn2InParts(Clamp(x, Exp64.LowestMinusOne, Exp64.Highest));
            expm1 = ReducedExpm1(r, low);
        }
        else
        {
            (string r, n) = ReduceByLn2(Clamp(x, Exp32.LowestMinusOne, Exp32.Highest));
            expm1 = MultiplyAdd(ReducedExpm1Polynomial(r), Multiply(r, r), r);
        }
        // Half of the result, doubled at the end: the next power of two is no number, but results below it have that n.
        string half = ScaleByPowerOfTwo(Constant(0.5), n);
        string result = MultiplyAdd(half, expm1, Subtract(half, Constant(0.5)));
        return CopySign(x, Add(result, result));
    }

    /// <summary>x − n · ln 2 with n = round(x / ln 2), and n.</summary>
    private (string Reduced, string Power) ReduceByLn2(string x)
    {
        string n = Round(Multiply(x, Constant(Exp32.ReciprocalLn2)));
        string r = MultiplyAdd(n, Constant(-Exp32.Ln2High), x);
        return (MultiplyAdd(n, Constant(-Exp32.Ln2Low), r), n);
    }

    /// <summary>x − n · ln 2 = r + low with n = round(x / ln 2); without the low part, exp would err by a quarter of an ULP more and expm1 by a half.</summary>
    private (string Reduced, string Low, string Power) ReduceByLn2InParts(string x)
    {
        string n = Round(Multiply(x, Constant(Exp64.ReciprocalLn2)));
        string exact = MultiplyAdd(n, Constant(-Exp64.Ln2High), x);
        string rest = Multiply(n, Constant(Exp64.Ln2Low));
        string r = Subtract(exact, rest);
        return (r, Subtract(Subtract(exact, r), rest), n);
    }

    /// <summary>(e^r − 1 − r) / r² for floats.</summary>
    private string ReducedExpm1Polynomial(string r) => Polynomial(r, Exp32.P5, Exp32.P4, Exp32.P3, Exp32.P2, Exp32.P1, Exp32.P0);

    /// <summary>e^(r + low) − 1 for doubles |r| ≤ ½ ln 2.</summary>
    private string ReducedExpm1(string r, string low)
    {
        string p = Polynomial(r, Exp64.P9, Exp64.P8, Exp64.P7, Exp64.P6, Exp64.P5, Exp64.P4, Exp64.P3, Exp64.P2, Exp64.P1, Exp64.P0);
        return Add(MultiplyAdd(p, Multiply(r, r), low), r);
    }
}
