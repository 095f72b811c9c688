namespace DlGen.Ptx;

// log x = e · ln 2 + log(1 + f) with 1 + f in [√½, √2). Both parts of ln 2 are positive, so that e = ±∞ gives ±∞ and never ∞ − ∞.
internal sealed partial class PtxMath
{
    private static class Log32
    {
        /// <summary>15 significant bits: exact times an exponent.</summary>
        public const float Ln2High = 0.693145751953125f;
        public const float Ln2Low = 1.428606765330187e-06f;

        // Cephes (Moshier 1992), minimax of (log(1 + f) − f + f²/2) / f³.
        public const float P0 = 3.3333331174e-1f;
        public const float P1 = -2.4999993993e-1f;
        public const float P2 = 2.0000714765e-1f;
        public const float P3 = -1.6668057665e-1f;
        public const float P4 = 1.4249322787e-1f;
        public const float P5 = -1.2420140846e-1f;
        public const float P6 = 1.1676998740e-1f;
        public const float P7 = -1.1514610310e-1f;
        public const float P8 = 7.0376836292e-2f;
    }

    private static class Log64
    {
        // fdlibm e_log.c (Sun Microsystems 1993): log(1 + f) = f − (f²/2 − s · (f²/2 + R(s²))) with s = f / (2 + f).
        public const double Ln2High = 6.93147180369123816490e-01;
        public const double Ln2Low = 1.90821492927058770002e-10;
        public const double P1 = 6.666666666666735130e-01;
        public const double P2 = 3.999999999940941908e-01;
        public const double P3 = 2.857142874366239149e-01;
        public const double P4 = 2.222219843214978396e-01;
        public const double P5 = 1.818357216161805012e-01;
        public const double P6 = 1.531383769920937332e-01;
        public const double P7 = 1.479819860511658591e-01;
    }

    /// <summary>The natural logarithm; −∞ at zero, NaN below. Error at most 1.0 ULP.</summary>
    public string Log(string x)
    {
        var (mantissa, exponent) = Decompose(x);
        return ReducedLog(Subtract(mantissa, One), exponent);
    }

    /// <summary>log(1 + x), accurate near zero too; −∞ at −1, NaN below. Error at most 2.0 ULP.</summary>
    public string Log1p(string x)
    {
        // 1 + x rounds; what is lost comes back relative to it. At 0 and ∞, where that is no number, nothing is lost.
        string u = Add(One, x);
        string lost = Divide(Subtract(x, Subtract(u, One)), u);
        lost = Select(Less(Abs(lost), One), lost, Constant(0));
        var (mantissa, exponent) = Decompose(u);
        string log = ReducedLog(MultiplyAdd(mantissa, lost, Subtract(mantissa, One)), exponent);
        // Only -0 has another sign than its logarithm here.
        return Select(Equal(x, Constant(0)), x, log);
    }

    /// <summary>exponent · ln 2 + log(1 + f).</summary>
    private string ReducedLog(string f, string exponent)
    {
        if (float64) return ReducedLog64(f, exponent);
        string square = Multiply(f, f);
        string p = Polynomial(f, Log32.P8, Log32.P7, Log32.P6, Log32.P5, Log32.P4, Log32.P3, Log32.P2, Log32.P1, Log32.P0);
        p = MultiplyAdd(exponent, Constant(Log32.Ln2Low), Multiply(Multiply(p, f), square));
        p = MultiplyAdd(Constant(-0.5), square, p);
        return MultiplyAdd(exponent, Constant(Log32.Ln2High), Add(f, p));
    }

    private string ReducedLog64(string f, string exponent)
    {
        string s = Divide(f, Add(f, Constant(2)));
        string z = Multiply(s, s);
        string p = Polynomial(z, Log64.P7, Log64.P6, Log64.P5, Log64.P4, Log64.P3, Log64.P2, Log64.P1);
        string halfSquare = Multiply(Multiply(f, f), Constant(0.5));
        string low = MultiplyAdd(s, MultiplyAdd(p, z, halfSquare), Multiply(exponent, Constant(Log64.Ln2Low)));
        return MultiplyAdd(exponent, Constant(Log64.Ln2High), Subtract(f, Subtract(halfSquare, low)));
    }
}
