namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    private static void AddIntegers(Action<string, string, Semantics> add)
    {
        void Binary32(string operation, Func<int, int, int> value) => add(operation, "r=rr", (t, o) => t.R(o[0], value(t.R(o[1]), t.R(o[2]))));
        void Binary64(string operation, Func<long, long, long> value) => add(operation, "l=ll", (t, o) => t.L(o[0], value(t.L(o[1]), t.L(o[2]))));
        // The amount of a shift has 32 bits, whatever is shifted; more than the register has counts as all of it.
        void Shift64(string operation, Func<long, int, long> value) => add(operation, "l=lr", (t, o) => t.L(o[0], value(t.L(o[1]), (int)Math.Min((uint)t.R(o[2]), 64))));
        void Binary(string operation, Func<bool, bool, bool> value) => add(operation, "p=pp", (t, o) => t.P(o[0], value(t.P(o[1]), t.P(o[2]))));

        unchecked
        {
            add("mov.u32", "r=r", (t, o) => t.R(o[0], t.R(o[1])));
            add("mov.u64", "l=l", (t, o) => t.L(o[0], t.L(o[1])));
            add("mov.b64", "l=l", (t, o) => t.L(o[0], t.L(o[1])));
            Binary32("add.s32", (x, y) => x + y);
            Binary32("sub.s32", (x, y) => x - y);
            Binary32("and.b32", (x, y) => x & y);
            Binary32("xor.b32", (x, y) => x ^ y);
            Binary32("shr.u32", (x, y) => (uint)y > 31 ? 0 : (int)((uint)x >> y));
            Binary32("shr.s32", (x, y) => x >> (int)Math.Min((uint)y, 31));
            Binary32("shl.b32", (x, y) => (uint)y > 31 ? 0 : x << y);
            add("neg.s32", "r=r", (t, o) => t.R(o[0], -t.R(o[1])));
            add("selp.b32", "r=rrp", (t, o) => t.R(o[0], t.P(o[3]) ? t.R(o[1]) : t.R(o[2])));
            add("selp.b64", "l=llp", (t, o) => t.L(o[0], t.P(o[3]) ? t.L(o[1]) : t.L(o[2])));
            Binary64("add.s64", (x, y) => x + y);
            Binary64("sub.s64", (x, y) => x - y);
            Binary64("min.s64", Math.Min);
            Binary64("max.s64", Math.Max);
            Binary64("mul.hi.u64", (x, y) => (long)Math.BigMul((ulong)x, (ulong)y, out _));
            Binary64("mul.lo.s64", (x, y) => x * y);
            Binary64("div.s64", (x, y) => x / y);
            Binary64("rem.s64", (x, y) => x % y);
            Binary64("and.b64", (x, y) => x & y);
            Binary64("or.b64", (x, y) => x | y);
            Binary64("xor.b64", (x, y) => x ^ y);
            Shift64("shr.s64", (x, y) => x >> Math.Min(y, 63));
            Shift64("shr.u64", (x, y) => y > 63 ? 0 : (long)((ulong)x >> y));
            Shift64("shl.b64", (x, y) => y > 63 ? 0 : x << y);
            add("mad.lo.s64", "l=lll", (t, o) => t.L(o[0], (t.L(o[1]) * t.L(o[2])) + t.L(o[3])));
            add("mul.wide.u32", "l=rr", (t, o) => t.L(o[0], (long)((ulong)(uint)t.R(o[1]) * (uint)t.R(o[2]))));
        }
        add("setp.ge.s64", "p=ll", (t, o) => t.P(o[0], t.L(o[1]) >= t.L(o[2])));
        add("setp.ne.s64", "p=ll", (t, o) => t.P(o[0], t.L(o[1]) != t.L(o[2])));
        add("setp.lt.u64", "p=ll", (t, o) => t.P(o[0], t.Bits(o[1]) < t.Bits(o[2])));
        add("setp.ne.s32", "p=rr", (t, o) => t.P(o[0], t.R(o[1]) != t.R(o[2])));
        Binary("and.pred", (x, y) => x && y);
        Binary("or.pred", (x, y) => x || y);
        Binary("xor.pred", (x, y) => x != y);
        add("not.pred", "p=p", (t, o) => t.P(o[0], !t.P(o[1])));
    }

    private static void AddConversions(Action<string, string, Semantics> add)
    {
        add("mov.b32", "f=r", (t, o) => t.Write(o[0], t.Bits(o[1])));
        add("mov.b32", "r=f", (t, o) => t.Write(o[0], t.Bits(o[1])));
        add("mov.b64", "d=l", (t, o) => t.Write(o[0], t.Bits(o[1])));
        add("mov.b64", "l=d", (t, o) => t.Write(o[0], t.Bits(o[1])));
        add("cvt.s64.s32", "l=r", (t, o) => t.L(o[0], t.R(o[1])));
        add("cvt.u64.u32", "l=r", (t, o) => t.L(o[0], (uint)t.R(o[1])));
        add("cvt.u32.u64", "r=l", (t, o) => t.R(o[0], unchecked((int)t.L(o[1]))));
        add("cvt.rn.f64.u64", "d=l", (t, o) => t.D(o[0], t.Bits(o[1])));
        add("cvt.f64.f32", "d=f", (t, o) => t.D(o[0], t.F(o[1])));
        add("cvt.rn.f32.f64", "f=d", (t, o) => t.F(o[0], (float)t.D(o[1])));
        add("cvt.rn.f32.s32", "f=r", (t, o) => t.F(o[0], t.R(o[1])));
        add("cvt.rn.f64.s32", "d=r", (t, o) => t.D(o[0], t.R(o[1])));
        add("cvt.rn.f64.u32", "d=r", (t, o) => t.D(o[0], unchecked((uint)t.R(o[1]))));
        add("cvt.rn.f32.s64", "f=l", (t, o) => t.F(o[0], t.L(o[1])));
        add("cvt.rn.f64.s64", "d=l", (t, o) => t.D(o[0], t.L(o[1])));
        // Out of range is cut. NaN is 0, but the lowest integer where the source or the result has 64 bits.
        add("cvt.rni.s32.f32", "r=f", (t, o) => t.R(o[0], Cut(MathF.Round(t.F(o[1]), MidpointRounding.ToEven), 0)));
        add("cvt.rzi.s32.f32", "r=f", (t, o) => t.R(o[0], Cut(MathF.Truncate(t.F(o[1])), 0)));
        add("cvt.rni.s32.f64", "r=d", (t, o) => t.R(o[0], Cut(Math.Round(t.D(o[1]), MidpointRounding.ToEven), int.MinValue)));
        add("cvt.rzi.s32.f64", "r=d", (t, o) => t.R(o[0], Cut(Math.Truncate(t.D(o[1])), int.MinValue)));
        add("cvt.rni.s64.f64", "l=d", (t, o) => t.L(o[0], Cut64(Math.Round(t.D(o[1]), MidpointRounding.ToEven))));
    }

    private static void AddMemory(Action<string, string, Semantics> add)
    {
        // All memory of these kernels is global: the address stays.
        add("cvta.to.global.u64", "l=l", (t, o) => t.L(o[0], t.L(o[1])));
        add("ld.const.u64", "l=[", (t, o) => t.Write(o[0], t.Table.Load(t.Bits(o[1]))));
        add("ld.global.f32", "f=[", (t, o) => t.Write(o[0], t.Memory.Load(t.Bits(o[1]), 4, t.Number)));
        add("ld.global.f64", "d=[", (t, o) => t.Write(o[0], t.Memory.Load(t.Bits(o[1]), 8, t.Number)));
        add("ld.global.u64", "l=[", (t, o) => t.Write(o[0], t.Memory.Load(t.Bits(o[1]), 8, t.Number)));
        add("ld.global.u8", "r=[", (t, o) => t.Write(o[0], t.Memory.Load(t.Bits(o[1]), 1, t.Number)));
        add("ld.global.s32", "r=[", (t, o) => t.Write(o[0], t.Memory.Load(t.Bits(o[1]), 4, t.Number)));
        add("st.global.f32", "[f", (t, o) => t.Memory.Store(t.Bits(o[0]), 4, t.Bits(o[1]), t.Number));
        add("st.global.f64", "[d", (t, o) => t.Memory.Store(t.Bits(o[0]), 8, t.Bits(o[1]), t.Number));
        add("st.global.s32", "[r", (t, o) => t.Memory.Store(t.Bits(o[0]), 4, t.Bits(o[1]), t.Number));
    }

    private static int Cut(double value, int ofNaN) => double.IsNaN(value) ? ofNaN : (int)Math.Clamp(value, int.MinValue, int.MaxValue);

    private static long Cut64(double value) => double.IsNaN(value) || value < long.MinValue ? long.MinValue : value >= long.MaxValue ? long.MaxValue : (long)value;
}
