using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Numerics;

/// <summary>What the transforms of Winograd's convolutions need beside vectors.</summary>
public static class WinogradTile
{
    private const int Side = 4;

    /// <summary>The 4 × 4 gradients of a tile as one piece of memory, 0 for the first rows and columns, which another tile has, too.</summary>
    public static void CopyRest(ref readonly float gradients, nint rowStride, nint columnStride, int channels, int rows, int columns, ref float tile)
    {
        Span<float> target = MemoryMarshal.CreateSpan(ref tile, Side * Side * channels);
        target.Clear();
        for (int y = rows; y < Side; y++)
        {
            for (int x = columns; x < Side; x++)
            {
                ref float pixel = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), (y * rowStride) + (x * columnStride));
                MemoryMarshal.CreateReadOnlySpan(ref pixel, channels).CopyTo(target.Slice(((y * Side) + x) * channels, channels));
            }
        }
    }
}
