namespace DlGen.Tests.Emulation;

/// <summary>The kinds of register that PTX keeps apart.</summary>
internal enum Kind { Float32, Float64, Integer16, Integer32, Integer64, Predicate }

/// <summary>Carries out an instruction for some lanes of a warp; the operands are laid out as <see cref="OperandForm"/> says.</summary>
internal delegate void Semantics(Warp warp, uint lanes, int[] operands);

/// <summary>What an instruction does with the order of the instructions.</summary>
internal enum Flow { Next, Branch, Return, Barrier }

/// <param name="Guard">The predicate register without which the instruction does nothing; -1 for none.</param>
/// <param name="GuardedByFalse">Whether the predicate must not hold.</param>
/// <param name="Target">Where a branch goes.</param>
/// <param name="Run">Null for what only changes the flow.</param>
internal sealed record PtxInstruction(string Text, int Line, int Guard, bool GuardedByFalse, Flow Flow, int Target, Semantics? Run, int[] Operands);

/// <summary>A parameter of an entry, and the register that holds it: of 64 bits or of 32, as its type.</summary>
internal sealed record PtxParameter(string Name, string Type, int Register)
{
    public bool Is64 => Type.EndsWith("64", StringComparison.Ordinal);
}

/// <summary>A variable in shared memory. One whose length the launch gives stands behind the others and has -1.</summary>
internal sealed record SharedVariable(string Name, int Alignment, int Length);

/// <summary>
/// The registers that a warp has, by file: words hold what has 32 bits or fewer. Constants, special registers and parameters are registers behind those of
/// the text, which no instruction writes.
/// </summary>
internal sealed class RegisterFiles
{
    public int Words { get; set; }

    public int Longs { get; set; }

    public int Predicates { get; set; }

    /// <summary>How many of the words and of the longs the text declares.</summary>
    public (int Words, int Longs) Declared { get; set; }

    public List<(int Register, uint Bits)> ConstantWords { get; } = [];

    public List<(int Register, ulong Bits)> ConstantLongs { get; } = [];

    /// <summary>Words of the special registers, by name.</summary>
    public Dictionary<string, int> Special { get; } = [];
}

/// <summary>An entry as it was read.</summary>
/// <param name="Parameters">In the order of the launch.</param>
/// <param name="RequiredThreads">Of a block; 0 where the entry does not say.</param>
/// <param name="MostThreads">Of a block; 0 where the entry does not say.</param>
internal sealed record PtxProgram(
    string Name, IReadOnlyList<PtxInstruction> Code, RegisterFiles Files, IReadOnlyList<PtxParameter> Parameters, IReadOnlyList<SharedVariable> Shared, ConstantTable Table,
    int RequiredThreads, int MostThreads)
{
    /// <summary>Whether the warps of a block wait for each other.</summary>
    public bool HasBarriers { get; } = Code.Any(instruction => instruction.Flow == Flow.Barrier);
}
