using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>Memory that grows when more is asked for. Its content is lost then, and so is its address: whoever captured it looks at <see cref="Moves"/>.</summary>
internal sealed class DeviceBlock(Device device) : IDisposable
{
    public nint Address { get; private set; }

    public long Bytes { get; private set; }

    /// <summary>How often it has moved.</summary>
    public int Moves { get; private set; }

    public void Ensure(long bytes)
    {
        if (bytes <= Bytes)
            return;
        device.Free(Address);
        (Address, Bytes) = (0, 0);
        Address = device.Allocate(bytes);
        Bytes = bytes;
        Moves++;
    }

    public void Dispose()
    {
        device.Free(Address);
        (Address, Bytes) = (0, 0);
    }
}

/// <summary>Memory of the host that the device copies from and to, which grows when more is asked for.</summary>
internal sealed unsafe class PinnedBlock(Device device) : IDisposable
{
    public nint Address { get; private set; }

    public long Bytes { get; private set; }

    public void Ensure(long bytes)
    {
        if (bytes <= Bytes)
            return;
        device.FreePinned(Address);
        (Address, Bytes) = (0, 0);
        Address = device.AllocatePinned(bytes);
        Bytes = bytes;
    }

    /// <summary>Some of it, as values.</summary>
    public Span<TValue> Values<TValue>(long offset, int count)
        where TValue : unmanaged
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(offset + (long)count * sizeof(TValue), Bytes, nameof(count));
        return new Span<TValue>((byte*)Address + offset, count);
    }

    public void Dispose()
    {
        device.FreePinned(Address);
        (Address, Bytes) = (0, 0);
    }
}
