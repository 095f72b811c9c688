using System.Numerics;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Quotients of numbers that are not negative, so below 2^31 or 2^63. The assembler divides by a constant as by anything else, which is 16 instructions for 32 bits and a call of a hundred for 64; a compiler that stands before it does
/// as is done here: a shift, or the upper half of a product and a shift (Granlund and Montgomery, "Division by invariant integers using multiplication", 1994).
/// </summary>
internal sealed partial class PtxWriter
{
    /// <summary>x / y; both of 64 bits, or x of 32 and y too, or a number that is written down.</summary>
    public string Quotient(string x, string y)
    {
        if (y == "1" || x == "0") return x;
        bool isNarrow = IsNarrow(x);
        int bits = isNarrow ? 32 : 64;
        var kind = isNarrow ? Integer32 : Integer64;
        if (!long.TryParse(y, out long divisor)) return Emit(kind, isNarrow ? "div.u32" : "div.s64", x, y);
        int shift = Logarithm(divisor);
        if (1L << shift == divisor) return Emit(kind, $"shr.u{bits}", x, Number(shift));

        // The sign's bit is free, so the factor, rounded up, has as many bits as a register.
        var factor = (BigInteger.One << (bits - 1 + shift)) / divisor + 1;
        return Emit(kind, $"shr.u{bits}", Emit(kind, $"mul.hi.u{bits}", x, factor.ToString(System.Globalization.CultureInfo.InvariantCulture)), Number(shift - 1));
    }

    /// <summary>x % y, of the same.</summary>
    public string Remainder(string x, string y)
    {
        if (y == "1" || x == "0") return "0";
        bool isNarrow = IsNarrow(x);
        var kind = isNarrow ? Integer32 : Integer64;
        if (!long.TryParse(y, out long divisor)) return Emit(kind, isNarrow ? "rem.u32" : "rem.s64", x, y);
        if ((divisor & (divisor - 1)) == 0) return Emit(kind, isNarrow ? "and.b32" : "and.b64", x, Number(divisor - 1));
        return Emit(kind, isNarrow ? "mad.lo.s32" : "mad.lo.s64", Quotient(x, y), Number(-divisor), x);
    }

    /// <summary>Rounded up.</summary>
    private static int Logarithm(long value)
    {
        int bits = 0;
        while (bits < 63 && 1L << bits < value) bits++;
        return bits;
    }
}
