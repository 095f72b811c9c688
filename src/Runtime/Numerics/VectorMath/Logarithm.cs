namespace DlGen.Numerics;

// log x = e · ln 2 + log(1 + f) with 1 + f in [√½, √2). Both parts of ln 2 are positive, so that e = ±∞ gives ±∞ and never ∞ − ∞.
public static partial class VectorMath
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
}
