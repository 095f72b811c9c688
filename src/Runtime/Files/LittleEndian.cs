using System.Runtime.CompilerServices;

namespace DlGen.Files;

/// <summary>The byte order of the format, whatever the machine's is.</summary>
internal static class LittleEndian
{
    /// <summary>Turns the elements around on a big-endian machine; nothing to do elsewhere.</summary>
    public static void FromOrTo<T>(Span<byte> elements)
        where T : unmanaged
    {
        if (BitConverter.IsLittleEndian)
            return;
        for (int i = 0; i < elements.Length; i += Unsafe.SizeOf<T>())
            elements.Slice(i, Unsafe.SizeOf<T>()).Reverse();
    }
}
