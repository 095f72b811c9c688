using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>
/// The shared memory of a block: its variables, with room between them, so that to run over the end of one is a fault. Nothing in it has a value when a
/// block begins.
/// </summary>
internal sealed class SharedMemory : AddressSpace
{
    /// <summary>Most that variables of a known length may have together.</summary>
    private const int MostStaticBytes = 48 * 1024;

    /// <summary>Most that a block may have on any machine.</summary>
    private const int MostBytes = 227 * 1024;

    private readonly (ulong Address, Allocation Allocation)[] variables;

    public SharedMemory(PtxProgram program, int launchBytes)
    {
        int fixedBytes = program.Shared.Sum(v => Math.Max(0, v.Length));
        if (fixedBytes > MostStaticBytes) throw new PtxException($"{program.Name} declares {fixedBytes} bytes of shared memory; above {MostStaticBytes} they must be given at the launch");
        if (fixedBytes + launchBytes > MostBytes) throw new PtxException($"{program.Name} has {fixedBytes + launchBytes} bytes of shared memory; no machine has more than {MostBytes} for a block");
        variables = [.. program.Shared.Select((v, i) => (Address(program.Shared, i), new Allocation(v.Name, v.Length < 0 ? launchBytes : v.Length)))];
    }

    /// <summary>Where a variable lies: behind the others, at a multiple of its alignment and of no more.</summary>
    public static ulong Address(IReadOnlyList<SharedVariable> variables, int index)
    {
        ulong end = 1024;
        for (int i = 0; i <= index; i++)
        {
            ulong alignment = (ulong)variables[i].Alignment;
            ulong address = (end + alignment - 1) / alignment * alignment;
            if (address % (2 * alignment) == 0) address += alignment;
            if (i == index) return address;
            end = address + (ulong)Math.Max(variables[i].Length, 0) + 256;
        }
        throw new ArgumentOutOfRangeException(nameof(index));
    }

    /// <summary>A block begins.</summary>
    public void Clear()
    {
        foreach (var (_, allocation) in variables) allocation.Forget();
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override (Allocation? Allocation, ulong Offset) Locate(ulong address)
    {
        for (int i = variables.Length - 1; i >= 0; i--)
            if (address >= variables[i].Address) return (variables[i].Allocation, address - variables[i].Address);
        return (null, 0);
    }
}
