using DlGen.Graphs;

namespace DlGen.Kernels;

internal enum BodyOp : byte
{
    /// <summary>The element at access A.</summary>
    Load,

    /// <summary>The finished sum of a contraction or reduction at this output element.</summary>
    Accumulator,

    /// <summary>Sum, maximum or minimum (B, a ReduceKind) of instruction A along the inner axis of a Row kernel.</summary>
    Reduce,

    /// <summary>The scalar function Function of instructions A, B, C; for Constant its Value, for Index the kernel axis A.</summary>
    Scalar,
}

internal readonly record struct BodyInstruction(BodyOp Op, ScalarOp Function = default, int A = -1, int B = -1, int C = -1, double Value = 0)
{
    public int Arity => Op switch { BodyOp.Reduce => 1, BodyOp.Scalar => ScalarFunction.Of(Function).Arity, _ => 0 };

    public int Operand(int i) => i switch { 0 => A, 1 => B, _ => C };

    public bool IsExpensive => Op == BodyOp.Scalar && ScalarFunction.Of(Function).Expensive;

    public bool Equals(BodyInstruction other)
        => Op == other.Op && Function == other.Function && A == other.A && B == other.B && C == other.C
        && BitConverter.DoubleToInt64Bits(Value) == BitConverter.DoubleToInt64Bits(other.Value);

    public override int GetHashCode()
        => unchecked((((((((((int)Op * 31) + (int)Function) * 31) + A) * 31) + B) * 31) + C) * 31 + BitConverter.DoubleToInt64Bits(Value).GetHashCode());
}

/// <summary>Instruction <paramref name="Value"/> is written to access <paramref name="Access"/>.</summary>
internal readonly record struct BodyStore(int Access, int Value);

/// <summary>What is computed per element: loads, shared scalar instructions, several stores. The language of maps, rows and epilogues.</summary>
internal sealed record KernelBody(EquatableArray<Access> Accesses, EquatableArray<BodyInstruction> Code, EquatableArray<BodyStore> Stores)
{
    /// <summary>One store of the accumulator and nothing else: the tile can be stored straight from its registers.</summary>
    public bool IsIdentity => Code.Count == 1 && Code[0].Op == BodyOp.Accumulator && Stores.Count == 1;

    public bool IsExpensive => Code.Any(i => i.IsExpensive);
}
