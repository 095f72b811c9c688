using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Numerics;

/// <summary>What the transforms of Winograd's convolutions need beside vectors.</summary>
public static class WinogradTile
{
    /// <summary>The gradients of a tile of <paramref name="side"/> × <paramref name="side"/> results as one piece of memory, 0 for the first rows and columns, which another tile has, too.</summary>
    public static void CopyRest(ref readonly float gradients, nint rowStride, nint columnStride, int side, int channels, int rows, int columns, ref float tile)
    {
        Span<float> target = MemoryMarshal.CreateSpan(ref tile, side * side * channels);
        target.Clear();
        for (int y = rows; y < side; y++)
        {
            for (int x = columns; x < side; x++)
            {
                ref float pixel = ref Unsafe.Add(ref Unsafe.AsRef(in gradients), (y * rowStride) + (x * columnStride));
                MemoryMarshal.CreateReadOnlySpan(ref pixel, channels).CopyTo(target.Slice(((y * side) + x) * channels, channels));
            }
        }
    }
}
