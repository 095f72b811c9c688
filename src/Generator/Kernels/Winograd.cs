using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// A contraction that is a convolution with 3 × 3 taps, told so that its 4 × 4 neighbouring results can be computed from 36 products per pair of channels instead of 144
/// (Winograd's F(4×4, 3×3)): with other rounding, about ten times that of the sum itself. A backend may leave it alone.
/// </summary>
/// <param name="Tiles">Tiles of 4 × 4 results, at edges of less, that are computed together.</param>
/// <param name="Image">The first tap's pixel: strides over the rows of the batch, the result's height and width, and the channels that are summed.</param>
/// <param name="RowStride">From a pixel to the one below.</param>
/// <param name="ColumnStride">From a pixel to the next.</param>
/// <param name="Filters">The transformed taps: strides over their 36 numbers, the channels and the outputs.</param>
/// <param name="Epilogue">The contraction's, with strides over the rows of the batch, height, width and outputs.</param>
/// <param name="Scratch">The buffer for <see cref="ScratchLength"/> elements.</param>
internal sealed record Winograd(
    int Height, int Width, int Channels, int Outputs, int Tiles, Access Image, int RowStride, int ColumnStride, Access Filters, KernelBody Epilogue, int Scratch)
{
    /// <summary>Taps along each axis.</summary>
    public const int Taps = 3;

    /// <summary>Results along each side of a tile.</summary>
    public const int Side = 4;

    /// <summary>Results along the side of a tile at the edge of an image that has fewer.</summary>
    public const int Edge = 2;

    /// <summary>More tiles at once gain nothing.</summary>
    public const int MostTiles = 32;

    /// <summary>Products per pair of channels and tile: six by six.</summary>
    public const int Frequencies = 36;

    /// <summary>Elements between the frequencies of all tiles, beyond their own: strides of powers of two would meet in the same sets of the cache.</summary>
    private const int Gap = 16;

    /// <summary>Elements from one frequency of the pixels to the next.</summary>
    public int ImageStride => StrideOf(Tiles, Channels);

    /// <summary>Elements from one frequency of the sums to the next.</summary>
    public int SumStride => StrideOf(Tiles, Outputs);

    /// <summary>Pixels of all tiles, then their sums, then the results of one tile.</summary>
    public int ScratchLength => (Frequencies * (ImageStride + SumStride)) + (Side * Side * Outputs);

    /// <summary>Tiles along an extent; the last one is shorter, or overlaps the one before, where they don't divide it.</summary>
    public static int TilesAlong(int extent) => (extent + Side - 1) / Side;

    /// <summary>Tiles in an image.</summary>
    public static int TilesIn(int height, int width) => TilesAlong(height) * TilesAlong(width);

    /// <summary>
    /// Whether the last tiles of an image have two results along an axis, with 4 products in place of 6, where tiles leave two: images go whole then, several at a time if they are
    /// small. Else they overlap.
    /// </summary>
    public static bool HasEdges(int height, int width)
        => height % Side is 0 or Edge && width % Side is 0 or Edge && (height % Side) + (width % Side) > 0 && TilesIn(height, width) <= MostTiles;

    /// <summary>Products per pair of channels of all tiles in an image.</summary>
    public static int ProductsIn(int height, int width)
    {
        int Along(int extent) => HasEdges(height, width) ? (extent / Side * 6) + (extent % Side == 0 ? 0 : 4) : TilesAlong(extent) * 6;
        return Along(height) * Along(width);
    }

    public static int StrideOf(int tiles, int channels) => (tiles * channels) + Gap;
}
