using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

// The numbers of the runtime's Philox, bit by bit: the same cipher, and behind it the same operations in the same order, each rounded, none fused.
internal sealed partial class PtxMath
{
    private static class Cipher
    {
        public const int Rounds = 10;
        public const uint Multiplier0 = 0xD2511F53;
        public const uint Multiplier1 = 0xCD9E8D57;
        public const uint Weyl0 = 0x9E3779B9;
        public const uint Weyl1 = 0xBB67AE85;
    }

    private const double TwoToTheMinus21 = 1 / 2097152.0;
    private const double TwoToTheMinus24 = 5.9604644775390625e-08;
    private const double TwoToTheMinus32 = 2.3283064365386962890625e-10;
    private const double TwoToTheMinus53 = 1.1102230246251565404236316680908203125e-16;
    private const double TwoToThe21 = 2097152.0;

    /// <summary>2^29: half of a quarter turn, in units of 2^−32 turns.</summary>
    private const uint EighthTurn = 1u << 29;
    private const double RadiansPerUnit = 1.4629180792671596e-09;

    /// <summary>The key of a stream under a seed: SplitMix64 of both, one after the other.</summary>
    public string RandomKey(string seed, int stream) => Mix(writer.Emit(Integer64, "add.s64", Mix(seed), PtxWriter.Number((uint)stream)));

    /// <summary>Uniform in [0, 1), for each word of a block. For doubles, 21 bits more are those of a second block.</summary>
    public string[] RandomUniform(string block, string key, string step)
    {
        string[] words = RandomWords(block, key, step, isSecond: false);
        if (!float64) return [.. words.Select(word => Multiply(UpperBits(word, 24), Constant(TwoToTheMinus24)))];
        string[] low = RandomWords(block, key, step, isSecond: true);
        return [.. words.Zip(low, (word, rest) => Add(Multiply(Unsigned(word), Constant(TwoToTheMinus32)), Multiply(UpperBits(rest, 21), Constant(TwoToTheMinus53))))];
    }

    /// <summary>Standard normal, two from each two words of a block (Box and Muller 1958).</summary>
    public string[] RandomNormal(string block, string key, string step)
    {
        string[] words = RandomWords(block, key, step, isSecond: false), low = float64 ? RandomWords(block, key, step, isSecond: true) : words;
        var (cosine0, sine0) = BoxMuller(words[0], low[0], words[1], low[1]);
        var (cosine1, sine1) = BoxMuller(words[2], low[2], words[3], low[3]);
        return [cosine0, sine0, cosine1, sine1];
    }

    /// <summary>
    /// The cipher of the counter (step, block), four words of 32 bits: those of the elements 64 g + l, + 16, + 32 and + 48 for block 16 g + l. A second
    /// block for the same elements has bit 63 of its number set.
    /// </summary>
    private string[] RandomWords(string block, string key, string step, bool isSecond)
    {
        string c0 = LowWord(step), c1 = HighWord(step), c2 = LowWord(block), c3 = HighWord(block), k0 = LowWord(key), k1 = HighWord(key);
        if (isSecond) c3 = writer.Emit(Integer32, "xor.b32", c3, Word(1u << 31));
        for (int round = 0; round < Cipher.Rounds; round++)
        {
            string product0 = writer.Emit(Integer64, "mul.wide.u32", c0, Word(Cipher.Multiplier0)), product1 = writer.Emit(Integer64, "mul.wide.u32", c2, Word(Cipher.Multiplier1));
            (c0, c1, c2, c3) = (Xor(HighWord(product1), c1, k0), LowWord(product1), Xor(HighWord(product0), c3, k1), LowWord(product0));
            if (round == Cipher.Rounds - 1) break;
            k0 = writer.Emit(Integer32, "add.s32", k0, Word(Cipher.Weyl0));
            k1 = writer.Emit(Integer32, "add.s32", k1, Word(Cipher.Weyl1));
        }
        return [c0, c1, c2, c3];
    }

    /// <summary>√(−2 ln u) · cos φ and √(−2 ln u) · sin φ, u from the first word and φ from the second.</summary>
    private (string Cosine, string Sine) BoxMuller(string first, string firstLow, string second, string secondLow)
    {
        string radius = float64 ? Radius64(first, firstLow) : Radius32(first);
        string quarter = writer.Emit(Integer32, "shr.u32", writer.Emit(Integer32, "add.s32", second, Word(EighthTurn)), "30");
        string r = Emit($"cvt.rn.{type}.s32", writer.Emit(Integer32, "sub.s32", second, writer.Emit(Integer32, "shl.b32", quarter, "30")));
        if (float64) r = Add(r, Multiply(UpperBits(secondLow, 21), Constant(TwoToTheMinus21)));
        r = Multiply(r, Constant(RadiansPerUnit));

        string z = Multiply(r, r);
        string s = float64
            ? Unfused(z, Trigonometric64.S6, Trigonometric64.S5, Trigonometric64.S4, Trigonometric64.S3, Trigonometric64.S2, Trigonometric64.S1)
            : Unfused(z, Trigonometric32.S3, Trigonometric32.S2, Trigonometric32.S1);
        string c = float64
            ? Unfused(z, Trigonometric64.C6, Trigonometric64.C5, Trigonometric64.C4, Trigonometric64.C3, Trigonometric64.C2, Trigonometric64.C1)
            : Unfused(z, Trigonometric32.C3, Trigonometric32.C2, Trigonometric32.C1);
        s = Add(Multiply(s, Multiply(z, r)), r);
        c = Add(Multiply(c, Multiply(z, z)), Add(Multiply(Constant(-0.5), z), One));

        // A quarter turn swaps sine and cosine; the cosine is negative in quarters 1 and 2, the sine in 2 and 3.
        string isOdd = IsBitSet(quarter, 1), cosine = Multiply(radius, Select(isOdd, s, c)), sine = Multiply(radius, Select(isOdd, c, s));
        string isCosineNegative = IsBitSet(writer.Emit(Integer32, "add.s32", quarter, "1"), 2);
        return (Select(isCosineNegative, Negate(cosine), cosine), Select(IsBitSet(quarter, 2), Negate(sine), sine));
    }

    /// <summary>√(−2 ln u) of u = (upper 24 bits + 1) · 2^−24.</summary>
    private string Radius32(string word)
    {
        string integer = Add(UpperBits(word, 24), One);
        var (f, exponent) = RandomMantissa(integer, 24);
        string square = Multiply(f, f);
        string p = Unfused(f, Log32.P8, Log32.P7, Log32.P6, Log32.P5, Log32.P4, Log32.P3, Log32.P2, Log32.P1, Log32.P0);
        p = Add(Multiply(exponent, Constant(Log32.Ln2Low)), Multiply(Multiply(p, f), square));
        p = Add(Multiply(Constant(-0.5), square), p);
        return SquareRoot(Multiply(Add(Multiply(exponent, Constant(Log32.Ln2High)), Add(f, p)), Constant(-2)));
    }

    /// <summary>The same with 53 bits, those of the word and 21 of another.</summary>
    private string Radius64(string word, string low)
    {
        string integer = Add(Add(Multiply(Unsigned(word), Constant(TwoToThe21)), UpperBits(low, 21)), One);
        var (f, exponent) = RandomMantissa(integer, 53);
        string quotient = Divide(f, Add(f, Constant(2)));
        string z = Multiply(quotient, quotient);
        string p = Unfused(z, Log64.P7, Log64.P6, Log64.P5, Log64.P4, Log64.P3, Log64.P2, Log64.P1);
        string halfSquare = Multiply(Multiply(f, f), Constant(0.5));
        string rest = Add(Multiply(quotient, Add(Multiply(p, z), halfSquare)), Multiply(exponent, Constant(Log64.Ln2Low)));
        return SquareRoot(Multiply(Add(Multiply(exponent, Constant(Log64.Ln2High)), Subtract(f, Subtract(halfSquare, rest))), Constant(-2)));
    }

    /// <summary>integer = (1 + f) · 2^e with 1 + f in [√½, √2): f, and the exponent less the integer's bits.</summary>
    private (string F, string Exponent) RandomMantissa(string integer, int bits)
    {
        long rootBits = float64 ? SquareRootOfHalfBits64 : SquareRootOfHalfBits32, oneBits = float64 ? OneBits64 : OneBits32;
        string shifted = EmitInteger($"add.{IntegerType}", Bits(integer), PtxWriter.Number(oneBits - rootBits));
        string power = EmitInteger($"sub.{IntegerType}", EmitInteger($"shr.{IntegerType}", shifted, PtxWriter.Number(MantissaBits)), PtxWriter.Number((float64 ? 1023 : 127) + bits));
        string fraction = EmitInteger(float64 ? "and.b64" : "and.b32", shifted, PtxWriter.Number((1L << MantissaBits) - 1));
        string mantissa = FromBits(EmitInteger($"add.{IntegerType}", fraction, PtxWriter.Number(rootBits)));
        return (Subtract(mantissa, One), Emit($"cvt.rn.{type}.{IntegerType}", power));
    }

    /// <summary>A polynomial by Horner's rule that rounds products and sums.</summary>
    private string Unfused(string x, params double[] coefficients)
    {
        string sum = Constant(coefficients[0]);
        foreach (double coefficient in coefficients.Skip(1)) sum = Add(Multiply(sum, x), Constant(coefficient));
        return sum;
    }

    /// <summary>A word's upper bits as a number: they are fewer than a sign would need.</summary>
    private string UpperBits(string word, int count) => Emit($"cvt.rn.{type}.s32", writer.Emit(Integer32, "shr.u32", word, PtxWriter.Number(32 - count)));

    private string Unsigned(string word) => Emit($"cvt.rn.{type}.u32", word);

    private string LowWord(string bits) => writer.Emit(Integer32, "cvt.u32.u64", bits);

    private string HighWord(string bits) => LowWord(writer.Emit(Integer64, "shr.u64", bits, "32"));

    private string Xor(string x, string y, string z) => writer.Emit(Integer32, "xor.b32", writer.Emit(Integer32, "xor.b32", x, y), z);

    /// <summary>Bits of a word, as the number with a sign that has them.</summary>
    private static string Word(uint bits) => PtxWriter.Number(unchecked((int)bits));

    /// <summary>One step of SplitMix64 (Steele, Lea, Flood 2014).</summary>
    private string Mix(string value)
    {
        value = Long("add.s64", value, 0x9E3779B97F4A7C15);
        value = Long("mul.lo.s64", XorShifted(value, 30), 0xBF58476D1CE4E5B9);
        value = Long("mul.lo.s64", XorShifted(value, 27), 0x94D049BB133111EB);
        return XorShifted(value, 31);
    }

    private string Long(string operation, string value, ulong constant) => writer.Emit(Integer64, operation, value, PtxWriter.Number(unchecked((long)constant)));

    private string XorShifted(string value, int bits) => writer.Emit(Integer64, "xor.b64", value, writer.Emit(Integer64, "shr.u64", value, PtxWriter.Number(bits)));
}
