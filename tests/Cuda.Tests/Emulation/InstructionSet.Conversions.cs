namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    private static void AddConversions(Action<string, string, Semantics> add)
    {
        add("cvt.s64.s32", "l=r", Unary<int, long>(x => x));
        add("cvt.u64.u32", "l=r", Unary<uint, ulong>(x => x));
        foreach (string narrow in new[] { "cvt.u32.u64", "cvt.s32.s64", "cvt.u32.s64", "cvt.s32.u64" }) add(narrow, "r=l", Unary<ulong, uint>(x => unchecked((uint)x)));
        add("cvt.f64.f32", "d=f", Unary<float, double>(x => x));
        add("cvt.rn.f32.f64", "f=d", Unary<double, float>(x => (float)x));
        add("cvt.rn.f32.s32", "f=r", Unary<int, float>(x => x));
        add("cvt.rn.f32.u32", "f=r", Unary<uint, float>(x => x));
        add("cvt.rn.f64.s32", "d=r", Unary<int, double>(x => x));
        add("cvt.rn.f64.u32", "d=r", Unary<uint, double>(x => x));
        add("cvt.rn.f32.s64", "f=l", Unary<long, float>(x => x));
        add("cvt.rn.f32.u64", "f=l", Unary<ulong, float>(x => x));
        add("cvt.rn.f64.s64", "d=l", Unary<long, double>(x => x));
        add("cvt.rn.f64.u64", "d=l", Unary<ulong, double>(x => x));

        // Out of range is cut. NaN is 0, but the lowest integer where the source or the result has 64 bits.
        add("cvt.rni.s32.f32", "r=f", Unary<float, int>(x => Cut(MathF.Round(x, MidpointRounding.ToEven), 0)));
        add("cvt.rzi.s32.f32", "r=f", Unary<float, int>(x => Cut(MathF.Truncate(x), 0)));
        add("cvt.rni.s32.f64", "r=d", Unary<double, int>(x => Cut(Math.Round(x, MidpointRounding.ToEven), int.MinValue)));
        add("cvt.rzi.s32.f64", "r=d", Unary<double, int>(x => Cut(Math.Truncate(x), int.MinValue)));
        add("cvt.rni.s64.f64", "l=d", Unary<double, long>(x => Cut64(Math.Round(x, MidpointRounding.ToEven))));

        // Halves of a register: the first of two is the lower one.
        add("mov.b64", "q={bb}", Binary<uint, uint, ulong>((low, high) => low | ((ulong)high << 32)));
        add("mov.b64", "{bb}=q", (warp, lanes, o) =>
        {
            var whole = warp.Read<ulong>(o[2], lanes);
            var low = warp.Write<uint>(o[0], lanes);
            var high = warp.Write<uint>(o[1], lanes);
            foreach (int lane in Warp.Each(lanes)) (low[lane], high[lane]) = (unchecked((uint)whole[lane]), (uint)(whole[lane] >> 32));
        });
        add("mov.b32", "b={hh}", Binary<uint, uint, uint>((low, high) => low | (high << 16)));
        add("mov.b32", "{hh}=b", (warp, lanes, o) =>
        {
            var whole = warp.Read<uint>(o[2], lanes);
            var low = warp.Write<uint>(o[0], lanes);
            var high = warp.Write<uint>(o[1], lanes);
            foreach (int lane in Warp.Each(lanes)) (low[lane], high[lane]) = (whole[lane] & 0xFFFF, whole[lane] >> 16);
        });
        add("mov.b16", "h=h", Move<uint>());
        add("mov.u16", "h=h", Move<uint>());
        add("cvt.u32.u16", "r=h", Move<uint>());
        add("cvt.u16.u32", "h=r", Unary<uint, uint>(x => x & 0xFFFF));
        // The first operand becomes the upper half.
        add("cvt.rn.bf16x2.f32", "r=ff", Binary<float, float, uint>((high, low) => ((uint)ToBFloat16(high) << 16) | ToBFloat16(low)));
        add("cvt.rn.bf16.f32", "h=f", Unary<float, uint>(x => ToBFloat16(x)));
        // To 10 bits behind the leading one, halves away from zero.
        add("cvt.rna.tf32.f32", "r=f", Unary<uint, uint>(x => (x & 0x7F800000) == 0x7F800000 ? x : (x + 0x1000) & 0xFFFFE000));
    }

    /// <summary>To nearest, halves to even; what is no number becomes the canonical one.</summary>
    public static ushort ToBFloat16(float value)
    {
        uint bits = BitConverter.SingleToUInt32Bits(value);
        return float.IsNaN(value) ? (ushort)0x7FFF : (ushort)((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
    }

    private static int Cut(double value, int ofNaN) => double.IsNaN(value) ? ofNaN : (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static long Cut64(double value) => double.IsNaN(value) || value < long.MinValue ? long.MinValue : value >= long.MaxValue ? long.MaxValue : (long)value;
}
