using System.Runtime.InteropServices;

namespace DlGen.Tests.Driver;

internal sealed unsafe partial class FakeDriver
{
    private const nint Pool = 0x900;

    private long Total => Chips[(int)Live[currentContext].Of].Memory;

    [UnmanagedCallersOnly]
    private static int DeviceGetDefaultMemPool(nint* pool, int device)
    {
        *pool = Pool;
        return now.Begin("cuDeviceGetDefaultMemPool");
    }

    [UnmanagedCallersOnly]
    private static int MemPoolSetAttribute(nint pool, int attribute, void* value)
    {
        int result = now.Begin("cuMemPoolSetAttribute");
        if (pool != Pool || attribute != 4) return InvalidValue;
        now.ReleaseThreshold = *(ulong*)value;
        return result;
    }

    [UnmanagedCallersOnly]
    private static int MemPoolGetAttribute(nint pool, int attribute, void* value)
    {
        *(ulong*)value = (ulong)(now.Used + (attribute == 5 ? now.Cached : 0));
        return pool == Pool && attribute is 5 or 7 ? now.Begin("cuMemPoolGetAttribute") : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int MemPoolTrimTo(nint pool, nuint bytes)
    {
        now.Cached = (long)bytes;
        return now.Begin("cuMemPoolTrimTo");
    }

    [UnmanagedCallersOnly]
    private static int MemAllocAsync(nint* address, nuint bytes, nint stream)
    {
        int result = now.Begin("cuMemAllocAsync");
        if (result != 0) return result;
        if (now.Live[stream] != ("stream", currentContext) || now.captures.ContainsKey(stream)) return InvalidValue;
        if (now.Used + (long)bytes > now.Total) return OutOfMemory;
        *address = (nint)NativeMemory.AlignedAlloc(bytes, 256);
        now.Live.Add(*address, ("memory", (long)bytes));
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int MemFreeAsync(nint address, nint stream)
    {
        int result = now.Begin("cuMemFreeAsync");
        if (result == 0) result = now.Remove(address, "memory");
        if (result == 0) NativeMemory.AlignedFree((void*)address);
        return result;
    }

    [UnmanagedCallersOnly]
    private static int MemHostAlloc(nint* address, nuint bytes, uint flags)
    {
        int result = now.Begin("cuMemHostAlloc");
        if (result != 0) return result;
        *address = (nint)NativeMemory.AlignedAlloc(bytes, 4096);
        now.Live.Add(*address, ("pinned", (long)bytes));
        return flags == 1 ? Success : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int MemFreeHost(nint address)
    {
        int result = now.Begin("cuMemFreeHost");
        if (result == 0) result = now.Remove(address, "pinned");
        if (result == 0) NativeMemory.AlignedFree((void*)address);
        return result;
    }

    [UnmanagedCallersOnly]
    private static int MemGetInfo(nuint* free, nuint* total)
    {
        int result = now.Begin("cuMemGetInfo_v2");
        if (result != 0) return result;
        *free = (nuint)(now.Total - now.Used - now.Cached);
        *total = (nuint)now.Total;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int MemcpyHtoDAsync(nint to, nint from, nuint bytes, nint stream) => now.Copy("cuMemcpyHtoDAsync_v2", (to, "memory"), (from, "pinned"), (long)bytes, stream);

    [UnmanagedCallersOnly]
    private static int MemcpyDtoHAsync(nint to, nint from, nuint bytes, nint stream) => now.Copy("cuMemcpyDtoHAsync_v2", (to, "pinned"), (from, "memory"), (long)bytes, stream);

    [UnmanagedCallersOnly]
    private static int MemcpyDtoDAsync(nint to, nint from, nuint bytes, nint stream) => now.Copy("cuMemcpyDtoDAsync_v2", (to, "memory"), (from, "memory"), (long)bytes, stream);

    [UnmanagedCallersOnly]
    private static int MemsetD8Async(nint to, byte value, nuint bytes, nint stream)
        => !now.Holds(to, "memory", (long)bytes) ? InvalidValue : now.Queue("cuMemsetD8Async", stream, () => new Span<byte>((void*)to, (int)bytes).Fill(value));

    private int Copy(string call, (nint At, string Kind) to, (nint At, string Kind) from, long bytes, nint stream)
        => !Holds(to.At, to.Kind, bytes) || !Holds(from.At, from.Kind, bytes) ? InvalidValue
            : Queue(call, stream, () => new Span<byte>((void*)from.At, (int)bytes).CopyTo(new((void*)to.At, (int)bytes)));

    /// <summary>Whether so many bytes from an address on are of one piece of memory of that kind.</summary>
    private bool Holds(nint at, string kind, long bytes) => Live.Any(live => live.Value.Kind == kind && at >= live.Key && at + bytes <= live.Key + live.Value.Of);
}
