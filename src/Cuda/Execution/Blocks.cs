using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>Memory that grows when more is asked for. Its content is lost then, and so is its address: whoever captured it looks at <see cref="Moves"/>.</summary>
internal abstract class Block : IDisposable
{
    public nint Address { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>How often it has moved.</summary>
    public int Moves { get; private set; }

    public void Ensure(long bytes)
    {
        if (bytes <= Bytes)
            return;
        Dispose();
        Address = Allocate(bytes);
        Bytes = bytes;
        Moves++;
    }

    public void Dispose()
    {
        Free(Address);
        (Address, Bytes) = (0, 0);
    }

    protected abstract nint Allocate(long bytes);

    protected abstract void Free(nint address);
}

/// <summary>Memory of the device.</summary>
internal sealed class DeviceBlock(Device device) : Block
{
    protected override nint Allocate(long bytes) => device.Allocate(bytes);

    protected override void Free(nint address) => device.Free(address);
}

/// <summary>Memory of the host that the device copies from and to.</summary>
internal sealed unsafe class PinnedBlock(Device device) : Block
{
    /// <summary>Some of it, as values.</summary>
    public Span<TValue> Values<TValue>(long offset, int count)
        where TValue : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)count * sizeof(TValue), Bytes, nameof(count));
        return new Span<TValue>((byte*)Address + offset, count);
    }

    protected override nint Allocate(long bytes) => device.AllocatePinned(bytes);

    protected override void Free(nint address) => device.FreePinned(address);
}
