namespace DlGen.Devices;

/// <summary>Memory comes from the device's default pool, which every user of it in the process shares: what is freed is taken again without asking the system, in the order of the stream.</summary>
internal sealed unsafe partial class CudaDevice
{
    // CUmemPool_attribute
    private const int ReleaseThreshold = 4;
    private const int ReservedBytes = 5;
    private const int UsedBytes = 7;

    /// <summary>Pinned for all contexts of the process.</summary>
    private const uint Portable = 1;

    public override nint Allocate(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        using var current = Enter();
        MustNotCapture();
        nint address;
        int result = driver.cuMemAllocAsync(&address, (nuint)bytes, stream);
        if (result == CudaError.OutOfMemory) throw OutOfMemory(bytes, "cuMemAllocAsync");
        Check(result, "cuMemAllocAsync");
        return Hold(Holding.Memory, address);
    }

    public override void Free(nint address)
    {
        if (address == 0 || lost || disposed) return;
        try
        {
            using var current = Enter();
            MustNotCapture();
            Check(driver.cuMemFreeAsync(address, stream));
            held.Remove((Holding.Memory, address));
        }
        catch (CudaException error) when (error.IsContextLost)
        {
            // It went with the context.
        }
    }

    public override nint AllocatePinned(long bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 1);
        using var current = Enter();
        MustNotCapture();
        nint address;
        int result = driver.cuMemHostAlloc(&address, (nuint)bytes, Portable);
        if (result == CudaError.OutOfMemory) throw OutOfHostMemory(bytes);
        Check(result, "cuMemHostAlloc");
        return Hold(Holding.Pinned, address);
    }

    public override void FreePinned(nint address) => GiveBack(driver.cuMemFreeHost, Holding.Pinned, address, "cuMemFreeHost");

    public override void CopyToDevice(nint to, nint from, long bytes)
    {
        if (bytes == 0) return;
        using var current = Enter();
        Check(driver.cuMemcpyHtoDAsync(to, from, (nuint)bytes, stream));
    }

    public override void CopyToHost(nint to, nint from, long bytes)
    {
        if (bytes == 0) return;
        using var current = Enter();
        Check(driver.cuMemcpyDtoHAsync(to, from, (nuint)bytes, stream));
    }

    public override void CopyOnDevice(nint to, nint from, long bytes)
    {
        if (bytes == 0) return;
        using var current = Enter();
        Check(driver.cuMemcpyDtoDAsync(to, from, (nuint)bytes, stream));
    }

    public override void Clear(nint address, long bytes)
    {
        if (bytes == 0) return;
        using var current = Enter();
        Check(driver.cuMemsetD8Async(address, 0, (nuint)bytes, stream));
    }

    /// <summary>By default a pool gives what is freed back to the system at each synchronisation; this one keeps it until the device is disposed of.</summary>
    private void TakePool()
    {
        nint found;
        Check(driver.cuDeviceGetDefaultMemPool(&found, device));
        ulong everything = ulong.MaxValue;
        Check(driver.cuMemPoolSetAttribute(found, ReleaseThreshold, &everything));
        pool = found;
    }

    /// <summary>What the device has left: what nobody has, and what the pool has and nobody uses. Without a context the driver does not say.</summary>
    private (long? Free, long Total) MemoryLeft()
    {
        nuint free = 0, total = 0;
        ulong reserved = 0, used = 0;
        if (driver.cuMemGetInfo(&free, &total) != 0) return (null, Memory);
        if (pool != 0 && driver.cuMemPoolGetAttribute(pool, ReservedBytes, &reserved) == 0 && driver.cuMemPoolGetAttribute(pool, UsedBytes, &used) == 0)
            return ((long)(free + reserved - used), (long)total);
        return ((long)free, (long)total);
    }
}
