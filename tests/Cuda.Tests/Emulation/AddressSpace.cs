using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>Memory as an instruction sees it: addresses, of which some are those of an allocation.</summary>
internal abstract class AddressSpace
{
    /// <summary>The allocation in which the address lies, if any, and its place there.</summary>
    protected abstract (Allocation? Allocation, ulong Offset) Locate(ulong address);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public Allocation Find(ulong address, int size, out int offset)
    {
        var (allocation, at) = Locate(address);
        if (allocation is null) throw new PtxException($"the address {address:x} lies in no buffer");
        if (address % (ulong)size != 0) throw new PtxException($"{allocation.Name} is accessed at byte {at}, which is no multiple of {size} bytes");
        if (at + (ulong)size > (ulong)allocation.Length) throw new PtxException($"{allocation.Name} is accessed at byte {at} and has {allocation.Length}");
        offset = (int)at;
        return allocation;
    }
}
