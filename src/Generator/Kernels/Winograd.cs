using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// A contraction that is a convolution with 3 × 3 or 5 × 5 taps, told so that the neighbouring results of a tile can be computed from 36 products per pair of channels
/// (<see cref="WinogradSize"/>): with other rounding, about ten times that of the sum itself. A backend may leave it alone.
/// </summary>
/// <param name="Tiles">Tiles of results that are computed together.</param>
/// <param name="Image">The first tap's pixel: strides over the rows of the batch, the result's height and width, and the channels that are summed.</param>
/// <param name="RowStride">From a pixel to the one below.</param>
/// <param name="ColumnStride">From a pixel to the next.</param>
/// <param name="Filters">The transformed taps: strides over their 36 numbers, the channels and the outputs.</param>
/// <param name="Epilogue">The contraction's, with strides over the rows of the batch, height, width and outputs.</param>
/// <param name="Scratch">The buffer for <see cref="ScratchLength"/> elements.</param>
internal sealed record Winograd(
    WinogradSize Size, int Height, int Width, int Channels, int Outputs, int Tiles, Access Image, int RowStride, int ColumnStride, Access Filters, KernelBody Epilogue, int Scratch)
{
    /// <summary>Products per pair of channels and tile: six by six.</summary>
    public const int Frequencies = 36;

    /// <summary>Elements of a cache line.</summary>
    private const int Line = 16;

    /// <summary>So many bytes of results stay in the first-level cache until the epilogue takes them.</summary>
    private const int FinishedBytes = 16 * 1024;

    /// <summary>
    /// Whether it is the gradient by the image of a convolution without a border (or a transposed convolution): <see cref="Image"/> is then the gradient by that one's results, from its first pixel on,
    /// <see cref="Height"/> and <see cref="Width"/> are theirs, and their tiles add to the results, which are larger by the taps but one.
    /// </summary>
    public bool IsTransposed { get; init; }

    /// <summary>Results down an image, and across.</summary>
    public (int Down, int Across) Results => IsTransposed ? (Height + Size.Taps - 1, Width + Size.Taps - 1) : (Height, Width);

    /// <summary>Results that the epilogue takes at once: of a tile, of a line of tiles, or of an image.</summary>
    public (int Down, int Across) Finished => HasFinishedImages ? Results : HasFinishedLines ? (Size.Side, Width) : (Size.Side, Size.Side);

    /// <summary>The tiles whose results these are.</summary>
    public int TilesFinished => HasFinishedImages ? InImage : HasFinishedLines ? Size.TilesAlong(Width) : 1;

    /// <summary>Whether the epilogue may take the results of a line of tiles at once.</summary>
    public bool LineFits => !IsTransposed && !Size.HasEdges(Height, Width) && Size.Side * Width * TileOfSums * sizeof(float) <= FinishedBytes;

    /// <summary>Tiles in an image.</summary>
    public int InImage => Size.TilesIn(Height, Width);

    /// <summary>Elements from a channel's number of one tile to that of the next.</summary>
    public int TileOfImage => Padded(Channels);

    /// <summary>The same of the sums.</summary>
    public int TileOfSums => Padded(Outputs);

    /// <summary>Elements from one frequency of the pixels to the next.</summary>
    public int ImageStride => StrideOf(Tiles, TileOfImage);

    /// <summary>Elements from one frequency of the sums to the next.</summary>
    public int SumStride => StrideOf(Tiles, TileOfSums);

    /// <summary>Pixels of all tiles, then their sums, then the results that the epilogue takes at once.</summary>
    public int ScratchLength => (Frequencies * (ImageStride + SumStride)) + (Finished.Down * Finished.Across * TileOfSums);

    /// <summary>Whether tiles are all of one size, and those that are computed together whole images.</summary>
    private bool AreImagesWhole => Tiles % InImage == 0 && !Size.HasEdges(Height, Width);

    private bool HasFinishedImages => IsTransposed || (AreImagesWhole && Height * Width * TileOfSums * sizeof(float) <= FinishedBytes);

    private bool HasFinishedLines => LineFits && Tiles % Size.TilesAlong(Width) == 0;

    /// <summary>Elements from one frequency of all tiles to the next: an odd number of cache lines, because multiples of powers of two would meet in the same sets of the cache.</summary>
    public static int StrideOf(int tiles, int channels) => (((tiles * channels) + Line - 1) / Line | 1) * Line;

    /// <summary>Channels, and the lanes behind them that fill their last vector.</summary>
    public static int Padded(int channels) => channels > 8 ? (channels + 15) / 16 * 16 : channels > 4 ? 8 : 4;
}
