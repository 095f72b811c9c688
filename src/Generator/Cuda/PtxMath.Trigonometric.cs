using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

// x = n · π/2 + r with |r| ≤ π/4; n's last two bits choose sine or cosine of r and the sign (fdlibm, Sun Microsystems 1993).
internal sealed partial class PtxMath
{
    /// <summary>Beyond, the products with n are no longer exact: there <see cref="ReduceLarge"/> counts.</summary>
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

    /// <summary>The sine of x radians; NaN at infinities. Error at most 1.6 ULP for floats, 1.8 for doubles.</summary>
    public string Sin(string x)
    {
        var (r, quadrant) = ReduceByHalfPi(x);
        return Select(Equal(x, Constant(0)), x, OfFinite(x, SineOfQuadrant(r, quadrant)));
    }

    /// <summary>The cosine of x radians; NaN at infinities. Error at most 1.6 ULP for floats, 1.8 for doubles.</summary>
    public string Cos(string x)
    {
        var (r, quadrant) = ReduceByHalfPi(x);
        return OfFinite(x, SineOfQuadrant(r, writer.Emit(Integer32, "add.s32", quadrant, "1")));
    }

    private string OfFinite(string x, string result) => Select(Less(Abs(x), Constant(double.PositiveInfinity)), result, Constant(double.NaN));

    /// <summary>x − n · π/2, for floats computed in doubles and rounded once, and n, of which the last two bits count.</summary>
    private (string Reduced, string Quadrant) ReduceByHalfPi(string x)
    {
        var wide = float64 ? this : Wide;
        string argument = float64 ? x : Widen(x);
        double[] parts = float64 ? [Reduction.HalfPi1, Reduction.HalfPi2, Reduction.HalfPi3, Reduction.HalfPi4] : [Reduction.HalfPi1, Reduction.HalfPi2];
        var (r, quadrant) = wide.ReduceSmall(argument, parts);
        var (rOfLarge, quadrantOfLarge) = wide.ReduceLarge(argument);
        string isLarge = wide.Less(wide.Constant(LargestReduced), wide.Abs(argument));
        r = wide.Select(isLarge, rOfLarge, r);
        return (float64 ? r : Narrow(r), writer.Emit(Integer32, "selp.b32", quadrantOfLarge, quadrant, isLarge));
    }

    /// <summary>For doubles up to <see cref="LargestReduced"/>.</summary>
    private (string Reduced, string Quadrant) ReduceSmall(string x, double[] parts)
    {
        string n = Round(Multiply(x, Constant(Reduction.ReciprocalHalfPi)));
        string r = x;
        foreach (double part in parts) r = MultiplyAdd(n, Constant(-part), r);
        return (r, writer.Emit(Integer32, "cvt.rni.s32.f64", n));
    }

    /// <summary>sin(r + quadrant · π/2).</summary>
    private string SineOfQuadrant(string r, string quadrant)
    {
        string z = Multiply(r, r);
        string s = float64
            ? Polynomial(z, Trigonometric64.S6, Trigonometric64.S5, Trigonometric64.S4, Trigonometric64.S3, Trigonometric64.S2, Trigonometric64.S1)
            : Polynomial(z, Trigonometric32.S3, Trigonometric32.S2, Trigonometric32.S1);
        string c = float64
            ? Polynomial(z, Trigonometric64.C6, Trigonometric64.C5, Trigonometric64.C4, Trigonometric64.C3, Trigonometric64.C2, Trigonometric64.C1)
            : Polynomial(z, Trigonometric32.C3, Trigonometric32.C2, Trigonometric32.C1);
        string sine = MultiplyAdd(s, Multiply(z, r), r);
        string cosine = MultiplyAdd(c, Multiply(z, z), MultiplyAdd(Constant(-0.5), z, One));
        string either = Select(IsBitSet(quadrant, 1), cosine, sine);
        return Select(IsBitSet(quadrant, 2), Negate(either), either);
    }

    private string IsBitSet(string bits, int bit)
        => writer.Emit(Predicate, "setp.ne.s32", writer.Emit(Integer32, "and.b32", bits, PtxWriter.Number(bit)), "0");
}
