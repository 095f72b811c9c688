namespace DlGen.Tests.Emulation;

/// <summary>The kinds of register, by the letter of their prefix.</summary>
internal enum Kind { Float32, Float64, Integer32, Integer64, Predicate }

/// <summary>What an operand of an instruction may be, beside its kind.</summary>
internal enum Role { Source, Destination, Address }

/// <summary>Carries out an instruction; the operands are slots of the thread.</summary>
internal delegate void Semantics(PtxThread thread, int[] operands);

/// <param name="Guard">The slot of the predicate without which the instruction does nothing; -1 for none.</param>
/// <param name="Target">Where a branch goes; -1 for other instructions.</param>
/// <param name="Run">Null for a branch and for the return.</param>
internal sealed record PtxInstruction(string Text, int Line, int Guard, int Target, Semantics? Run, int[] Operands);

/// <summary>A constant or special register, which has a slot as registers have.</summary>
internal readonly record struct PtxConstant(int Slot, ulong Bits);

/// <summary>An entry as it was read.</summary>
/// <param name="Slots">Of registers, constants, special registers and parameters together.</param>
/// <param name="Special">Slots of the special registers, by name.</param>
/// <param name="Parameters">In the order of the launch: name, type and slot.</param>
internal sealed record PtxProgram(
    string Name, IReadOnlyList<PtxInstruction> Code, int Slots, IReadOnlyList<PtxConstant> Constants, IReadOnlyDictionary<string, int> Special,
    IReadOnlyList<(string Name, string Type, int Slot)> Parameters, ConstantTable Table);
