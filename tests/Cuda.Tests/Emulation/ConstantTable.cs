namespace DlGen.Tests.Emulation;

/// <summary>The constant memory of a module: at most one table of words of 64 bits.</summary>
/// <param name="Name">Empty where there is none.</param>
internal sealed record ConstantTable(string Name, IReadOnlyList<ulong> Words)
{
    /// <summary>Its address as the text sees it.</summary>
    public const ulong Address = 0x100;

    public static ConstantTable None { get; } = new("", []);

    public ulong Load(ulong address)
    {
        if (address < Address || (address - Address) / 8 >= (ulong)Words.Count) throw new PtxException($"the table is accessed at byte {unchecked((long)(address - Address))} and has {8 * Words.Count}");
        if (address % 8 != 0) throw new PtxException("the table is accessed within a word");
        return Words[(int)((address - Address) / 8)];
    }
}
