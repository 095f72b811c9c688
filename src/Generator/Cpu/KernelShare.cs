namespace DlGen.Cpu;

/// <summary>
/// A loop over units of a kernel's result, of which a thread of several takes its share. Units are whole tiles or vectors, so that every element is computed
/// by the same instructions in the same order, whoever computes it. What units leave over belongs to the first share.
/// </summary>
/// <param name="Units">How many units there are.</param>
/// <param name="Step">The elements of a unit.</param>
/// <param name="CanDivide">Whether the kernel's method takes a share.</param>
internal readonly record struct KernelShare(int Units, int Step, bool CanDivide)
{
    /// <summary>For what units leave over.</summary>
    public const string First = "if (part == 0)";

    /// <summary>For a kernel that can't be divided: the first share is all.</summary>
    public const string FirstAlone = "if (part > 0) return;";

    /// <summary>Too few units to divide.</summary>
    public bool IsWhole => CanDivide && Units < 2;

    public bool IsDivided => CanDivide && Units >= 2;

    public string Loop(string index) => IsDivided
        ? $"for (nint {index} = {Bound("part")}, end = {Bound("part + 1")}; {index} < end; {index} += {Literal.Of(Step)})"
        : $"for (nint {index} = 0; {index} < {Literal.Of(Units * Step)}; {index} += {Literal.Of(Step)})";

    private string Bound(string part) => $"(nint)global::DlGen.Compiled.Share.Start({Literal.Of(Units)}, {part}, parts) * {Literal.Of(Step)}";
}
