using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Compiled;

/// <summary>Zeroed memory that starts on a 64-byte line and is followed by slack, so that a vector load at the last element may read past the end.
/// It lies in the pinned heap: it never moves, and needs neither a handle nor a finalizer. Large memory is laid out in huge pages where the system has them.</summary>
internal sealed class AlignedBuffer<T>
    where T : unmanaged
{
    /// <summary>Elements behind the end that a load may touch.</summary>
    public const int Slack = 64;

    private const int Alignment = 64;

    private readonly T[] memory;
    private readonly int start;

    public unsafe AlignedBuffer(int length)
    {
        int perLine = Alignment / sizeof(T);
        if (length > Array.MaxLength - perLine - Slack)
            throw new OutOfMemoryException($"A buffer of {length} elements is past the largest array; use smaller batches.");
        memory = GC.AllocateArray<T>(length + perLine + Slack, pinned: true);
        nuint address = (nuint)Unsafe.AsPointer(ref MemoryMarshal.GetArrayDataReference(memory));
        start = (int)((Alignment - address % Alignment) % Alignment) / sizeof(T);
        HugePages.Advise(address, (nuint)memory.Length * (nuint)sizeof(T));
        Length = length;
    }

    public int Length { get; }

    public Span<T> Span => MemoryMarshal.CreateSpan(ref Unsafe.Add(ref MemoryMarshal.GetArrayDataReference(memory), start), Length);
}
