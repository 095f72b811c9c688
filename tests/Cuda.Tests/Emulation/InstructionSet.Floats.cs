using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    private delegate Vector256<float> OfVectors(Vector256<float> x, Vector256<float> y);

    private static void AddFloat32(Action<string, string, Semantics> add)
    {
        void Function(string operation, Func<float, float> value) => add(operation, "f=f", Unary(value));
        void Binary32(string operation, Func<float, float, float> value) => add(operation, "f=ff", Binary(value));
        void Vectors(string operation, OfVectors vectors, Func<float, float, float> value) => add(operation, "f=ff", WholeWarp(vectors, Binary(value)));

        add("mov.f32", "f=f", Move<uint>());
        Function("neg.f32", x => -x);
        Function("abs.f32", MathF.Abs);
        Function("sqrt.rn.f32", MathF.Sqrt);
        Function("rcp.rn.f32", x => 1 / x);
        Function("cvt.rni.f32.f32", x => MathF.Round(x, MidpointRounding.ToEven));
        Function("cvt.rmi.f32.f32", MathF.Floor);
        Vectors("add.rn.f32", (x, y) => x + y, (x, y) => x + y);
        Vectors("sub.rn.f32", (x, y) => x - y, (x, y) => x - y);
        Vectors("mul.rn.f32", (x, y) => x * y, (x, y) => x * y);
        Binary32("div.rn.f32", (x, y) => x / y);
        Binary32("max.f32", float.MaxNumber);
        Binary32("min.f32", float.MinNumber);
        // The sign is the first operand's.
        Binary32("copysign.f32", (sign, magnitude) => MathF.CopySign(magnitude, sign));
        add("fma.rn.f32", "f=fff", MultiplyAdd(Ternary<float, float, float, float>(MathF.FusedMultiplyAdd)));
        add("selp.f32", "f=ffp", Select<uint>());
        AddComparisons<float>("f32", "p=ff", add);

        // What the machine approximates is exact here but for the last digits: results are compared within its bounds.
        Function("ex2.approx.f32", x => (float)Math.Pow(2, x));
        Function("lg2.approx.f32", x => (float)Math.Log2(x));
        Function("rcp.approx.f32", x => 1 / x);
        Function("sqrt.approx.f32", MathF.Sqrt);
        Function("rsqrt.approx.f32", x => (float)(1 / Math.Sqrt(x)));
        Function("sin.approx.f32", MathF.Sin);
        Function("cos.approx.f32", MathF.Cos);
        Binary32("div.approx.f32", (x, y) => x / y);
        // Eleven bits are good, no more are given.
        Function("tanh.approx.f32", x => BitConverter.UInt32BitsToSingle((BitConverter.SingleToUInt32Bits(MathF.Tanh(x)) + 0x800) & 0xFFFFF000));
    }

    private static void AddFloat64(Action<string, string, Semantics> add)
    {
        void Function(string operation, Func<double, double> value) => add(operation, "d=d", Unary(value));
        void Binary64(string operation, Func<double, double, double> value) => add(operation, "d=dd", Binary(value));

        add("mov.f64", "d=d", Move<ulong>());
        Function("neg.f64", x => -x);
        Function("abs.f64", Math.Abs);
        Function("sqrt.rn.f64", Math.Sqrt);
        Function("rcp.rn.f64", x => 1 / x);
        Function("cvt.rni.f64.f64", x => Math.Round(x, MidpointRounding.ToEven));
        Function("cvt.rmi.f64.f64", Math.Floor);
        Binary64("add.rn.f64", (x, y) => x + y);
        Binary64("sub.rn.f64", (x, y) => x - y);
        Binary64("mul.rn.f64", (x, y) => x * y);
        Binary64("div.rn.f64", (x, y) => x / y);
        Binary64("max.f64", double.MaxNumber);
        Binary64("min.f64", double.MinNumber);
        Binary64("copysign.f64", (sign, magnitude) => Math.CopySign(magnitude, sign));
        add("fma.rn.f64", "d=ddd", Ternary<double, double, double, double>(Math.FusedMultiplyAdd));
        add("selp.f64", "d=ddp", Select<ulong>());
        AddComparisons<double>("f64", "p=dd", add);
    }

    /// <summary>Comparisons that fail where an operand is no number, and those that hold there.</summary>
    private static void AddComparisons<T>(string type, string operands, Action<string, string, Semantics> add)
        where T : unmanaged, IFloatingPointIeee754<T>
    {
        void Add(string relation, Func<T, T, bool> holds)
        {
            add($"setp.{relation}.{type}", operands, Compare(holds));
            if (relation != "ne") add($"setp.{relation}u.{type}", operands, Compare<T>((x, y) => T.IsNaN(x) || T.IsNaN(y) || holds(x, y)));
        }

        Add("eq", (x, y) => x == y);
        Add("lt", (x, y) => x < y);
        Add("le", (x, y) => x <= y);
        Add("gt", (x, y) => x > y);
        Add("ge", (x, y) => x >= y);
        add($"setp.ne.{type}", operands, Compare<T>((x, y) => x != y && !T.IsNaN(x) && !T.IsNaN(y)));
        add($"setp.neu.{type}", operands, Compare<T>((x, y) => x != y));
        add($"setp.num.{type}", operands, Compare<T>((x, y) => !T.IsNaN(x) && !T.IsNaN(y)));
        add($"setp.nan.{type}", operands, Compare<T>((x, y) => T.IsNaN(x) || T.IsNaN(y)));
    }

    /// <summary>The same by vectors where all lanes take part: matrix products are made of little else.</summary>
    private static Semantics WholeWarp(OfVectors vectors, Semantics otherwise) => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
    {
        if (lanes != ~0u)
        {
            otherwise(warp, lanes, o);
            return;
        }
        ref float x = ref First(warp.Read<float>(o[1], lanes)), y = ref First(warp.Read<float>(o[2], lanes)), result = ref First(warp.Write<float>(o[0], lanes));
        for (nuint lane = 0; lane < Warp.Size; lane += 8) vectors(Vector256.LoadUnsafe(ref x, lane), Vector256.LoadUnsafe(ref y, lane)).StoreUnsafe(ref result, lane);
    };

    private static Semantics MultiplyAdd(Semantics otherwise) => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
    {
        if (lanes != ~0u)
        {
            otherwise(warp, lanes, o);
            return;
        }
        ref float x = ref First(warp.Read<float>(o[1], lanes)), y = ref First(warp.Read<float>(o[2], lanes));
        ref float z = ref First(warp.Read<float>(o[3], lanes)), result = ref First(warp.Write<float>(o[0], lanes));
        for (nuint lane = 0; lane < Warp.Size; lane += 8)
            Vector256.FusedMultiplyAdd(Vector256.LoadUnsafe(ref x, lane), Vector256.LoadUnsafe(ref y, lane), Vector256.LoadUnsafe(ref z, lane)).StoreUnsafe(ref result, lane);
    };

    private static ref float First(ReadOnlySpan<float> lanes) => ref Unsafe.AsRef(in MemoryMarshal.GetReference(lanes));
}
