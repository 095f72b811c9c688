using System.Numerics;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    private static void AddIntegers32(Action<string, string, Semantics> add)
    {
        void Signed(string operation, Func<int, int, int> value) => add(operation, "r=rr", Binary(value));
        void Unsigned(string operation, Func<uint, uint, uint> value) => add(operation, "r=rr", Binary(value));
        void Bits(string operation, Func<uint, uint, uint> value) => add(operation, "b=bb", Binary(value));
        void Both(string operation, Func<uint, uint, uint> value)
        {
            Unsigned(operation + ".u32", value);
            Unsigned(operation + ".s32", value);
        }

        add("mov.u32", "r=r", Move<uint>());
        add("mov.s32", "r=r", Move<uint>());
        add("mov.b32", "b=b", Move<uint>());
        add("selp.b32", "b=bbp", Select<uint>());
        add("selp.u32", "r=rrp", Select<uint>());
        add("selp.s32", "r=rrp", Select<uint>());
        unchecked
        {
            Both("add", (x, y) => x + y);
            Both("sub", (x, y) => x - y);
            Both("mul.lo", (x, y) => x * y);
            Unsigned("mul.hi.u32", (x, y) => (uint)(((ulong)x * y) >> 32));
            Signed("mul.hi.s32", (x, y) => (int)(((long)x * y) >> 32));
            add("mad.lo.u32", "r=rrr", Ternary<uint, uint, uint, uint>((x, y, z) => (x * y) + z));
            add("mad.lo.s32", "r=rrr", Ternary<uint, uint, uint, uint>((x, y, z) => (x * y) + z));
            Unsigned("div.u32", (x, y) => x / NotZero(y));
            Unsigned("rem.u32", (x, y) => x % NotZero(y));
            Signed("div.s32", (x, y) => y == -1 ? -x : x / NotZero(y));
            Signed("rem.s32", (x, y) => y == -1 ? 0 : x % NotZero(y));
            add("neg.s32", "r=r", Unary<int, int>(x => -x));
            add("abs.s32", "r=r", Unary<int, int>(x => x < 0 ? -x : x));
        }
        Unsigned("min.u32", Math.Min);
        Unsigned("max.u32", Math.Max);
        Signed("min.s32", Math.Min);
        Signed("max.s32", Math.Max);
        Bits("and.b32", (x, y) => x & y);
        Bits("or.b32", (x, y) => x | y);
        Bits("xor.b32", (x, y) => x ^ y);
        add("not.b32", "b=b", Unary<uint, uint>(x => ~x));
        // More than the register has counts as all of it.
        add("shl.b32", "b=br", Binary<uint, uint, uint>((x, y) => y > 31 ? 0 : x << (int)y));
        Unsigned("shr.u32", (x, y) => y > 31 ? 0 : x >> (int)y);
        add("shr.b32", "b=br", Binary<uint, uint, uint>((x, y) => y > 31 ? 0 : x >> (int)y));
        add("shr.s32", "r=rr", Binary<int, uint, int>((x, y) => x >> (int)Math.Min(y, 31)));
        // Takes 64 bits, of which the second operand is the upper half, and gives the upper half of them shifted to the left.
        add("shf.l.wrap.b32", "b=bbr", Ternary<uint, uint, uint, uint>((low, high, by) => (by & 31) == 0 ? high : (high << (int)(by & 31)) | (low >> (int)(32 - (by & 31)))));
        add("popc.b32", "r=b", Unary<uint, uint>(x => (uint)BitOperations.PopCount(x)));
        add("clz.b32", "r=b", Unary<uint, uint>(x => (uint)BitOperations.LeadingZeroCount(x)));
        add("bfe.u32", "r=rrr", Ternary<uint, uint, uint, uint>((x, start, length) => start > 31 ? 0 : (x >> (int)start) & (length > 31 ? ~0u : (1u << (int)length) - 1)));
        foreach (var (name, holds) in Orders)
        {
            add($"setp.{name}.u32", "p=rr", CompareIntegers<uint>(holds));
            add($"setp.{name}.s32", "p=rr", CompareIntegers<int>(holds));
        }
        add("setp.eq.b32", "p=bb", Compare<uint>((x, y) => x == y));
        add("setp.ne.b32", "p=bb", Compare<uint>((x, y) => x != y));
    }

    private static void AddIntegers64(Action<string, string, Semantics> add)
    {
        void Signed(string operation, Func<long, long, long> value) => add(operation, "l=ll", Binary(value));
        void Unsigned(string operation, Func<ulong, ulong, ulong> value) => add(operation, "l=ll", Binary(value));
        void Bits(string operation, Func<ulong, ulong, ulong> value) => add(operation, "q=qq", Binary(value));
        void Both(string operation, Func<ulong, ulong, ulong> value)
        {
            Unsigned(operation + ".u64", value);
            Unsigned(operation + ".s64", value);
        }

        add("mov.u64", "l=l", Move<ulong>());
        add("mov.s64", "l=l", Move<ulong>());
        add("mov.b64", "q=q", Move<ulong>());
        add("selp.b64", "q=qqp", Select<ulong>());
        add("selp.u64", "l=llp", Select<ulong>());
        add("selp.s64", "l=llp", Select<ulong>());
        unchecked
        {
            Both("add", (x, y) => x + y);
            Both("sub", (x, y) => x - y);
            Both("mul.lo", (x, y) => x * y);
            Unsigned("mul.hi.u64", (x, y) => Math.BigMul(x, y, out _));
            Signed("mul.hi.s64", (x, y) => Math.BigMul(x, y, out _));
            add("mad.lo.u64", "l=lll", Ternary<ulong, ulong, ulong, ulong>((x, y, z) => (x * y) + z));
            add("mad.lo.s64", "l=lll", Ternary<ulong, ulong, ulong, ulong>((x, y, z) => (x * y) + z));
            add("mul.wide.u32", "l=rr", Binary<uint, uint, ulong>((x, y) => (ulong)x * y));
            add("mul.wide.s32", "l=rr", Binary<int, int, long>((x, y) => (long)x * y));
            add("mad.wide.u32", "l=rrl", Ternary<uint, uint, ulong, ulong>((x, y, z) => ((ulong)x * y) + z));
            add("mad.wide.s32", "l=rrl", Ternary<int, int, long, long>((x, y, z) => ((long)x * y) + z));
            Unsigned("div.u64", (x, y) => x / NotZero(y));
            Unsigned("rem.u64", (x, y) => x % NotZero(y));
            Signed("div.s64", (x, y) => y == -1 ? -x : x / NotZero(y));
            Signed("rem.s64", (x, y) => y == -1 ? 0 : x % NotZero(y));
            add("neg.s64", "l=l", Unary<long, long>(x => -x));
            add("abs.s64", "l=l", Unary<long, long>(x => x < 0 ? -x : x));
        }
        Unsigned("min.u64", Math.Min);
        Unsigned("max.u64", Math.Max);
        Signed("min.s64", Math.Min);
        Signed("max.s64", Math.Max);
        Bits("and.b64", (x, y) => x & y);
        Bits("or.b64", (x, y) => x | y);
        Bits("xor.b64", (x, y) => x ^ y);
        add("not.b64", "q=q", Unary<ulong, ulong>(x => ~x));
        // The amount of a shift has 32 bits, whatever is shifted; more than the register has counts as all of it.
        add("shl.b64", "q=qr", Binary<ulong, uint, ulong>((x, y) => y > 63 ? 0 : x << (int)y));
        add("shr.u64", "l=lr", Binary<ulong, uint, ulong>((x, y) => y > 63 ? 0 : x >> (int)y));
        add("shr.b64", "q=qr", Binary<ulong, uint, ulong>((x, y) => y > 63 ? 0 : x >> (int)y));
        add("shr.s64", "l=lr", Binary<long, uint, long>((x, y) => x >> (int)Math.Min(y, 63)));
        foreach (var (name, holds) in Orders)
        {
            add($"setp.{name}.u64", "p=ll", CompareIntegers<ulong>(holds));
            add($"setp.{name}.s64", "p=ll", CompareIntegers<long>(holds));
        }
        add("setp.eq.b64", "p=qq", Compare<ulong>((x, y) => x == y));
        add("setp.ne.b64", "p=qq", Compare<ulong>((x, y) => x != y));
    }

    private static void AddPredicates(Action<string, string, Semantics> add)
    {
        void OfTwo(string operation, Func<uint, uint, uint> value)
            => add(operation, "p=pp", (warp, lanes, o) => warp.Write(o[0], lanes, value(warp.Read(o[1], lanes), warp.Read(o[2], lanes))));

        OfTwo("and.pred", (x, y) => x & y);
        OfTwo("or.pred", (x, y) => x | y);
        OfTwo("xor.pred", (x, y) => x ^ y);
        add("not.pred", "p=p", (warp, lanes, o) => warp.Write(o[0], lanes, ~warp.Read(o[1], lanes)));
        add("mov.pred", "p=p", (warp, lanes, o) => warp.Write(o[0], lanes, warp.Read(o[1], lanes)));
    }

    /// <summary>What a machine makes of a division by zero is not stated.</summary>
    private static T NotZero<T>(T divisor)
        where T : INumberBase<T>
        => T.IsZero(divisor) ? throw new PtxException("an integer is divided by zero") : divisor;
}
