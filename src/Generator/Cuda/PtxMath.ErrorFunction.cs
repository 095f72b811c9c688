namespace DlGen.Ptx;

internal sealed partial class PtxMath
{
    private static class Erf32
    {
        /// <summary>Here the quotient exceeds 1 by more than its rounding errors: cut to 1 it is exactly 1 from here on.</summary>
        public const float Highest = 4.4f;

        // erf x = x · (¼ + P(x²) / Q(x²)): relative minimax on |x| ≤ 3.925 by the Remez algorithm in 40 digits, error 3.7e-9.
        public const float Remainder = 0.25f;
        public const float P0 = 0.87837916763f;
        public const float P1 = 0.060941177493f;
        public const float P2 = 0.0258092236694f;
        public const float P3 = -1.3888767915e-5f;
        public const float P4 = 5.1884418967e-5f;
        public const float P5 = -1.10485444812e-5f;
        public const float P6 = -1.30397138972e-8f;
        public const float Q1 = 0.497584221148f;
        public const float Q2 = 0.113988865844f;
        public const float Q3 = 0.0154618598869f;
        public const float Q4 = 0.00130653111908f;
        public const float Q5 = 6.28017683065e-5f;
    }

    private static class Erf64
    {
        /// <summary>From here on erf rounds to 1.</summary>
        public const double Highest = 6.0;

        // |x| < 1: erf x = x + x · P(x²), Chebyshev interpolation in 50 digits, error 1.3e-19.
        public const double P0 = 0.128379167095512574;
        public const double P1 = -0.376126389031837481;
        public const double P2 = 0.112837916709548787;
        public const double P3 = -0.0268661706450767932;
        public const double P4 = 0.00522397762481801447;
        public const double P5 = -0.000854832698083378991;
        public const double P6 = 0.000120553311116427109;
        public const double P7 = -0.0000149255952668311816;
        public const double P8 = 1.6461000484121368e-6;
        public const double P9 = -1.6350312701054695e-7;
        public const double P10 = 1.46597752740474358e-8;
        public const double P11 = -1.13728488567916737e-9;
        public const double P12 = 5.9571761477489114e-11;

        // |x| ≥ 1: erf x = 1 − e^(−x²) · R((x − 3) / (x + 3)), Chebyshev interpolation on [1, 6] in 50 digits, error 5.3e-18.
        public const double Middle = 3.0;
        public const double R0 = 0.179001151181389945;
        public const double R1 = -0.326233560043037212;
        public const double R2 = 0.245603801712334874;
        public const double R3 = -0.150115936500778985;
        public const double R4 = 0.0716658371974730704;
        public const double R5 = -0.0243924993189150047;
        public const double R6 = 0.00426913635696122525;
        public const double R7 = 0.000707746466694142508;
        public const double R8 = -0.000597062496492454443;
        public const double R9 = 0.000045254345589910084;
        public const double R10 = 0.0000640627922604603916;
        public const double R11 = -0.0000128457800307759068;
        public const double R12 = -8.00978093907607933e-6;
        public const double R13 = 2.0135111426447428e-6;
        public const double R14 = 1.27558189496244792e-6;
        public const double R15 = 3.38135514204290377e-9;
    }

    /// <summary>The error function 2/√π · ∫₀ˣ e^(−t²) dt, accurate near zero too, never beyond ±1. Error at most 4.0 ULP for floats, 2.0 for doubles.</summary>
    public string Erf(string x)
    {
        string magnitude = Highest(Abs(x), float64 ? Erf64.Highest : Erf32.Highest);
        string square = Multiply(magnitude, magnitude);
        if (float64) return CopySign(x, Select(Less(magnitude, One), ErfBelowOne(magnitude, square), ErfAboveOne(magnitude, square)));

        string p = Polynomial(square, Erf32.P6, Erf32.P5, Erf32.P4, Erf32.P3, Erf32.P2, Erf32.P1, Erf32.P0);
        string q = Polynomial(square, Erf32.Q5, Erf32.Q4, Erf32.Q3, Erf32.Q2, Erf32.Q1, 1);
        string sum = MultiplyAdd(magnitude, Divide(p, q), Multiply(magnitude, Constant(Erf32.Remainder)));
        return CopySign(x, Highest(sum, 1));
    }

    private string ErfBelowOne(string x, string square)
    {
        string p = Polynomial(square, Erf64.P12, Erf64.P11, Erf64.P10, Erf64.P9, Erf64.P8, Erf64.P7, Erf64.P6, Erf64.P5, Erf64.P4, Erf64.P3, Erf64.P2, Erf64.P1, Erf64.P0);
        return MultiplyAdd(x, p, x);
    }

    private string ErfAboveOne(string x, string square)
    {
        string w = Divide(Subtract(x, Constant(Erf64.Middle)), Add(x, Constant(Erf64.Middle)));
        string p = Polynomial(w, Erf64.R15, Erf64.R14, Erf64.R13, Erf64.R12, Erf64.R11, Erf64.R10, Erf64.R9, Erf64.R8, Erf64.R7, Erf64.R6, Erf64.R5, Erf64.R4, Erf64.R3, Erf64.R2, Erf64.R1, Erf64.R0);
        return Subtract(One, Multiply(p, Exp(Negate(square))));
    }
}
