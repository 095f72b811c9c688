namespace DlGen.Numerics;

// x = n · π/2 + r with |r| ≤ π/4; n's last two bits choose sine or cosine of r and the sign (fdlibm, Sun Microsystems 1993).
public static partial class VectorMath
{
    /// <summary>Arguments beyond are reduced by <see cref="Math"/>, lane by lane: the products with n would no longer be exact.</summary>
    private const double LargestReduced = 1e6;

    private static class Reduction
    {
        public const double ReciprocalHalfPi = 0.63661977236758134308;

        // π/2 in parts of 33 bits: products with n below 2^20 are exact.
        public const double HalfPi1 = 1.57079632673412561417e+00;
        public const double HalfPi2 = 6.07710050630396597660e-11;
        public const double HalfPi3 = 2.02226624871116645580e-21;
        public const double HalfPi4 = 8.47842766036889956997e-32;
    }

    private static class Trigonometric32
    {
        // Cephes (Moshier 1992): sin r = r + r · z · S(z), cos r = 1 − z/2 + z² · C(z), z = r².
        public const float S1 = -1.6666654611e-1f;
        public const float S2 = 8.3321608736e-3f;
        public const float S3 = -1.9515295891e-4f;
        public const float C1 = 4.166664568298827e-2f;
        public const float C2 = -1.388731625493765e-3f;
        public const float C3 = 2.443315711809948e-5f;
    }

    private static class Trigonometric64
    {
        public const double S1 = -1.66666666666666324348e-01;
        public const double S2 = 8.33333333332248946124e-03;
        public const double S3 = -1.98412698298579493134e-04;
        public const double S4 = 2.75573137070700676789e-06;
        public const double S5 = -2.50507602534068634195e-08;
        public const double S6 = 1.58969099521155010221e-10;
        public const double C1 = 4.16666666666666019037e-02;
        public const double C2 = -1.38888888888741095749e-03;
        public const double C3 = 2.48015872894767294178e-05;
        public const double C4 = -2.75573143513906633035e-07;
        public const double C5 = 2.08757232129817482790e-09;
        public const double C6 = -1.13596475577881948265e-11;
    }
}
