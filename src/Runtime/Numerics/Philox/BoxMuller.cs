namespace DlGen.Numerics;

// The transform behind Normal. Its bits are part of the contract: products and sums in the written order, each rounded, never fused (the
// compiler never fuses * and + by itself; a GPU printer must say mul.rn and add.rn), IEEE division and square root, and no other operation.
//   ln u:  k = u · 2^24 or 2^53 is an integer; k = m · 2^e with m in [√½, √2); the polynomials of VectorMath.Log.
//   φ:     quarter = round(second · 2^−30); the rest, in [−2^29, 2^29), is converted to floating point and multiplied by π/2 · 2^−30.
public static partial class Philox
{
    private const float TwoToTheMinus24 = 5.9604644775390625e-08f;
    private const double TwoToTheMinus32 = 2.3283064365386962890625e-10;
    private const double TwoToTheMinus53 = 1.1102230246251565404236316680908203125e-16;
    private const double TwoToThe52 = 4503599627370496.0;

    /// <summary>2^29: half of a quarter turn, in units of 2^−32 turns.</summary>
    private const uint EighthTurn = 1u << 29;
    private const float RadiansPerUnit32 = 1.4629180792671596e-09f;
    private const double RadiansPerUnit64 = 1.4629180792671596e-09;

    private const int OneBits32 = 0x3f800000;
    private const int SquareRootOfHalfBits32 = 0x3f3504f3;
    private const long OneBits64 = 0x3ff0000000000000;
    private const long SquareRootOfHalfBits64 = 0x3fe6a09e667f3bcd;

    private static class Logarithm32
    {
        public const float Ln2High = 0.693145751953125f;
        public const float Ln2Low = 1.428606765330187e-06f;
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

    private static class Logarithm64
    {
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

    private static class Circle32
    {
        public const float S1 = -1.6666654611e-1f;
        public const float S2 = 8.3321608736e-3f;
        public const float S3 = -1.9515295891e-4f;
        public const float C1 = 4.166664568298827e-2f;
        public const float C2 = -1.388731625493765e-3f;
        public const float C3 = 2.443315711809948e-5f;
    }

    private static class Circle64
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
