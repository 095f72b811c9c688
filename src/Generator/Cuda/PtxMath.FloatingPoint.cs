using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// The elementary functions are those of the runtime's VectorMath, operation by operation, with its multiply-adds fused: the same polynomials, the same
/// errors in units in the last place. Nothing is approximated by the machine (no ex2.approx), and no function branches.
/// </summary>
internal sealed partial class PtxMath
{
    private const double SmallestNormal32 = 1.1754943508222875e-38;
    private const double SmallestNormal64 = 2.2250738585072014e-308;
    private const int OneBits32 = 0x3f800000;
    private const long OneBits64 = 0x3ff0000000000000;
    private const int SquareRootOfHalfBits32 = 0x3f3504f3;
    private const long SquareRootOfHalfBits64 = 0x3fe6a09e667f3bcd;

    private string One => Constant(1);

    private int MantissaBits => float64 ? 52 : 23;

    private RegisterKind IntegerKind => float64 ? Integer64 : Integer32;

    /// <summary>The integers as long as a number: s64 or s32.</summary>
    private string IntegerType => float64 ? "s64" : "s32";

    /// <summary>An operation on integers as long as a number.</summary>
    private string EmitInteger(string operation, params string[] operands) => writer.Emit(IntegerKind, operation, operands);

    private string Bits(string x) => EmitInteger(float64 ? "mov.b64" : "mov.b32", x);

    private string FromBits(string bits) => Emit(float64 ? "mov.b64" : "mov.b32", bits);

    /// <summary>x · 2^n for an integral number n, in two factors because one alone leaves the range of normal numbers.</summary>
    private string ScaleByPowerOfTwo(string x, string n)
    {
        string exponent = EmitInteger($"cvt.rni.{IntegerType}.{type}", n);
        string first = EmitInteger($"shr.{IntegerType}", exponent, "1");
        string second = EmitInteger($"sub.{IntegerType}", exponent, first);
        return Multiply(Multiply(x, PowerOfTwo(first)), PowerOfTwo(second));
    }

    private string PowerOfTwo(string exponent)
    {
        string biased = EmitInteger($"add.{IntegerType}", exponent, float64 ? "1023" : "127");
        return FromBits(EmitInteger(float64 ? "shl.b64" : "shl.b32", biased, PtxWriter.Number(MantissaBits)));
    }

    /// <summary>
    /// x = mantissa · 2^exponent with the mantissa in [√½, √2). The exponent is −∞ for a zero and +∞ for +∞, the mantissa NaN for NaN and what is below
    /// zero, so that a logarithm made of both needs no special cases.
    /// </summary>
    private (string Mantissa, string Exponent) Decompose(string x)
    {
        string denormal = Less(x, Constant(float64 ? SmallestNormal64 : SmallestNormal32));
        string normal = Select(denormal, Multiply(x, Constant(float64 ? 4503599627370496.0 : 8388608.0)), x);
        long rootBits = float64 ? SquareRootOfHalfBits64 : SquareRootOfHalfBits32, oneBits = float64 ? OneBits64 : OneBits32;
        string shifted = EmitInteger($"add.{IntegerType}", Bits(normal), PtxWriter.Number(oneBits - rootBits));
        string power = EmitInteger($"sub.{IntegerType}", EmitInteger($"shr.{IntegerType}", shifted, PtxWriter.Number(MantissaBits)), float64 ? "1023" : "127");
        string exponent = Subtract(Emit($"cvt.rn.{type}.{IntegerType}", power), Select(denormal, Constant(MantissaBits), Constant(0)));
        exponent = Select(Equal(x, Constant(0)), Constant(double.NegativeInfinity), exponent);
        exponent = Select(Equal(x, Constant(double.PositiveInfinity)), Constant(double.PositiveInfinity), exponent);

        string fraction = EmitInteger(float64 ? "and.b64" : "and.b32", shifted, PtxWriter.Number((1L << MantissaBits) - 1));
        string mantissa = FromBits(EmitInteger($"add.{IntegerType}", fraction, PtxWriter.Number(rootBits)));
        return (Select(LessOrEqual(Constant(0), x), mantissa, Constant(double.NaN)), exponent);
    }

    /// <summary>Arithmetic in doubles, for what a float's precision does not suffice for on the way.</summary>
    private PtxMath Wide => new(writer, float64: true);

    private string Widen(string x) => writer.Emit(Float64, "cvt.f64.f32", x);

    private string Narrow(string x) => writer.Emit(Float32, "cvt.rn.f32.f64", x);
}
