using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Compiled;

/// <summary>What generated code tells the processor about memory that it will need.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Cache
{
    /// <summary>Begins to bring a place's line near. The place need not exist: nothing is read. Where the processor takes no such hint, it does nothing.</summary>
    /// <param name="place">An element of the line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T place)
        where T : unmanaged
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }
}
