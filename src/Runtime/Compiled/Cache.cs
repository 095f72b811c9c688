using System.ComponentModel;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace DlGen.Compiled;

/// <summary>What generated code tells the processor about memory that it will need.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public static class Cache
{
    private const int LineBytes = 64;

    /// <summary>Begins to bring a place's line near. The place need not exist: nothing is read. Where the processor takes no such hint, it does nothing.</summary>
    /// <param name="place">An element of the line.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T place)
        where T : unmanaged
    {
        if (Sse.IsSupported) Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in place)));
    }

    /// <summary>Begins to bring rows of a matrix into the second-level cache, where they do not drive out what is worked on. As with <see cref="Prefetch"/>, they need not exist.</summary>
    /// <param name="first">The first element.</param>
    /// <param name="rows">How many rows.</param>
    /// <param name="stride">Elements from one row to the next.</param>
    /// <param name="columns">Elements of each row.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static unsafe void PrefetchRows<T>(ref readonly T first, nint rows, nint stride, nint columns)
        where T : unmanaged
    {
        if (!Sse.IsSupported) return;
        // The rows lie in memory that does not move, or are hinted at in vain.
        byte* row = (byte*)Unsafe.AsPointer(ref Unsafe.AsRef(in first));
        for (; rows > 0; rows--, row += stride * sizeof(T))
        {
            for (byte* line = (byte*)((nint)row & -LineBytes), end = row + (columns * sizeof(T)); line < end; line += LineBytes) Sse.Prefetch1(line);
        }
    }
}
