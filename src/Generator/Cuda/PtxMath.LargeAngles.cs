using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

// Payne and Hanek 1983: of x = m · 2^e the product with 2/π is wanted modulo 4 only, so of the digits of 2/π only a window counts, which e chooses.
internal sealed partial class PtxMath
{
    private const string TwoOverPi = "twoOverPi";

    /// <summary>64 zeros, then 1216 binary digits of 2/π: the window of the largest double ends within them.</summary>
    private const string TwoOverPiDeclaration = $$"""
        .const .align 8 .u64 {{TwoOverPi}}[20] = {
            0x0000000000000000, 0xA2F9836E4E441529, 0xFC2757D1F534DDC0, 0xDB6295993C439041, 0xFE5163ABDEBBC561,
            0xB7246E3A424DD2E0, 0x06492EEA09D1921C, 0xFE1DEB1CB129A73E, 0xE88235F52EBB4484, 0xE99C7026B45F7E41,
            0x3991D639835339F4, 0x9C845F8BBDF9283B, 0x1FF897FFDE05980F, 0xEF2F118B5A0A6D1F, 0x6D367ECF27CB09B7,
            0x4F463F669E5FEA2D, 0x7527BAC7EBE5F17B, 0x3D0739F78A5292EA, 0x6BFB5FB11F8D5D08, 0x56033046FC7B6BAB
        };
        """;

    private const double HalfPiHigh = 1.5707963267948966;
    private const double HalfPiLow = 6.123233995736766e-17;

    /// <summary>
    /// x − n · π/2 and n modulo 4, for doubles above 1. The window has 192 digits, from the weight 2 down to 2^-190: what is cut off of the product is below
    /// 2^-137, and no double lies nearer to a multiple of π/2 than 2^-62.
    /// </summary>
    private (string Reduced, string Quadrant) ReduceLarge(string x)
    {
        string bits = Bits(Abs(x));
        string mantissa = EmitInteger("or.b64", EmitInteger("and.b64", bits, PtxWriter.Number((1L << 52) - 1)), PtxWriter.Number(1L << 52));
        string[] window = Window(EmitInteger("shr.s64", bits, "52"));

        // mantissa · window modulo 4, in units of 2^-62 and 2^-126.
        string low = EmitInteger("mul.hi.u64", mantissa, window[2]);
        string middle = EmitInteger("add.s64", low, EmitInteger("mul.lo.s64", mantissa, window[1]));
        string carry = EmitInteger("selp.b64", "1", "0", writer.Emit(Predicate, "setp.lt.u64", middle, low));
        string upper = EmitInteger("add.s64", EmitInteger("mul.hi.u64", mantissa, window[1]), EmitInteger("mul.lo.s64", mantissa, window[0]));
        upper = EmitInteger("add.s64", upper, carry);
        string n = EmitInteger("shr.u64", EmitInteger("add.s64", upper, PtxWriter.Number(1L << 61)), "62");
        string fraction = EmitInteger("sub.s64", upper, EmitInteger("shl.b64", n, "62"));

        string r = HalfPiTimes(fraction, middle);
        string isNegative = Less(x, Constant(0));
        string quadrant = writer.Emit(Integer32, "cvt.u32.u64", n);
        string opposite = writer.Emit(Integer32, "neg.s32", quadrant);
        return (Select(isNegative, Negate(r), r), writer.Emit(Integer32, "selp.b32", opposite, quadrant, isNegative));
    }

    /// <summary>Three words of the digits of 2/π; the first begins where a digit times 2^(exponent − 1075) weighs 2.</summary>
    private string[] Window(string biasedExponent)
    {
        writer.Declare(TwoOverPiDeclaration);
        // Digits behind the point begin at 64. Smaller numbers than this is for, and infinities, are kept within the digits.
        string digit = EmitInteger("sub.s64", biasedExponent, "1013");
        digit = EmitInteger("min.s64", EmitInteger("max.s64", digit, "0"), "1033");
        string shift = writer.Emit(Integer32, "cvt.u32.u64", EmitInteger("and.b64", digit, "63"));
        string back = writer.Emit(Integer32, "sub.s32", "64", shift);
        string address = EmitInteger("mad.lo.s64", EmitInteger("shr.u64", digit, "6"), "8", EmitInteger("mov.u64", TwoOverPi));
        string[] words = [.. Enumerable.Range(0, 4).Select(i => EmitInteger("ld.const.u64", $"[{EmitInteger("add.s64", address, PtxWriter.Number(8 * i))}]"))];
        // A shift by all 64 digits leaves none.
        return [.. Enumerable.Range(0, 3).Select(i => EmitInteger("or.b64", EmitInteger("shl.b64", words[i], shift), EmitInteger("shr.u64", words[i + 1], back)))];
    }

    /// <summary>π/2 · (upper · 2^-62 + lower · 2^-126), upper with a sign, lower without, rounded little more than once.</summary>
    private string HalfPiTimes(string upper, string lower)
    {
        const double Unit = 2.168404344971009e-19, LowerUnit = 5.421010862427522e-20;
        string high = Emit("cvt.rn.f64.s64", upper);
        string rest = EmitInteger("sub.s64", upper, EmitInteger("cvt.rni.s64.f64", high));
        string low = MultiplyAdd(Emit("cvt.rn.f64.u64", lower), Constant(LowerUnit), Emit("cvt.rn.f64.s64", rest));
        high = Multiply(high, Constant(Unit));
        low = Multiply(low, Constant(Unit));
        string product = Multiply(high, Constant(HalfPiHigh));
        string error = MultiplyAdd(high, Constant(HalfPiHigh), Negate(product));
        return Add(product, MultiplyAdd(high, Constant(HalfPiLow), MultiplyAdd(low, Constant(HalfPiHigh), error)));
    }
}
