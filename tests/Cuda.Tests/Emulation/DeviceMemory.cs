using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Emulation;

/// <summary>
/// Global memory: buffers that end exactly where their last element ends, far from each other. It stays between launches, and so does what nobody wrote.
/// </summary>
internal sealed class DeviceMemory : AddressSpace
{
    private const ulong Base = 0x7000_0000_0000;
    private const int SpacingBits = 36;

    private readonly List<Allocation> buffers = [];

    /// <summary>See <see cref="Accessor.Epoch"/>. What comes from outside belongs to the epoch before the next launch.</summary>
    public int Epoch { get; private set; } = 1;

    public int NextEpoch() => ++Epoch;

    /// <summary>The address of a buffer of so many bytes, which have no value yet.</summary>
    public ulong Allocate(string name, int bytes)
    {
        buffers.Add(new Allocation(name, bytes));
        return Base + ((ulong)(buffers.Count - 1) << SpacingBits);
    }

    /// <summary>From outside of a launch.</summary>
    public void CopyIn<T>(ulong address, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var bytes = MemoryMarshal.AsBytes(values);
        if (bytes.Length > 0) FindBytes(address, bytes.Length, out int offset).CopyIn(offset, bytes, Epoch);
    }

    /// <summary>From outside of a launch. What nobody wrote is a fault.</summary>
    public T[] CopyOut<T>(ulong address, int count)
        where T : unmanaged
    {
        var values = new T[count];
        var bytes = MemoryMarshal.AsBytes(values.AsSpan());
        if (bytes.Length == 0) return values;
        var buffer = FindBytes(address, bytes.Length, out int offset);
        for (int i = 0; i < bytes.Length; i++)
            if (!buffer.IsWritten(offset + i)) throw new PtxException($"byte {offset + i} of {buffer.Name} is copied from the device, which nobody wrote");
        buffer.CopyOut(offset, bytes.Length).CopyTo(bytes);
        return values;
    }

    /// <summary>Whether somebody wrote the byte.</summary>
    public bool IsWritten(ulong address)
    {
        var buffer = FindBytes(address, 1, out int offset);
        return buffer.IsWritten(offset);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    protected override (Allocation? Allocation, ulong Offset) Locate(ulong address)
    {
        ulong number = (address - Base) >> SpacingBits;
        return address < Base || number >= (ulong)buffers.Count ? (null, 0) : (buffers[(int)number], address - Base - (number << SpacingBits));
    }

    /// <summary>Bytes that need not be aligned.</summary>
    public Allocation FindBytes(ulong address, int count, out int offset)
    {
        var buffer = Find(address, 1, out offset);
        if (offset + count > buffer.Length) throw new PtxException($"{buffer.Name} is accessed at byte {offset} for {count} bytes and has {buffer.Length}");
        return buffer;
    }
}
