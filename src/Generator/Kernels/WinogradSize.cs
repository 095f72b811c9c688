namespace DlGen.Kernels;

/// <summary>
/// Winograd's products for convolutions with so many taps along each axis: tiles of 4 × 4 results with 3 × 3 taps, F(4×4, 3×3), or of 2 × 2 with 5 × 5 taps, F(2×2, 5×5). Both take
/// 36 products per pair of channels, of 6 × 6 pixels, with the same points: 0, ±1, ±2 and ∞.
/// </summary>
internal readonly record struct WinogradSize(int Taps)
{
    /// <summary>Results along the side of a tile at the edge of an image that has fewer than four.</summary>
    public const int Edge = 2;

    /// <summary>More tiles at once gain nothing.</summary>
    public const int MostTiles = 32;

    /// <summary>Products along each axis of a tile.</summary>
    private const int Points = 6;

    /// <summary>Results along each side of a tile.</summary>
    public int Side => Points + 1 - Taps;

    /// <summary>As it is written: F(4×4, 3×3).</summary>
    public string Name => $"F({Side}×{Side}, {Taps}×{Taps})";

    /// <summary>What the names of transforms of its results end with; those of F(4×4, 3×3) with nothing.</summary>
    public string Suffix => Taps == 5 ? "OfFive" : "";

    public static bool Has(int taps) => taps is 3 or 5;

    /// <summary>Tiles along an extent; the last one is shorter, or overlaps the one before, where they don't divide it.</summary>
    public int TilesAlong(int extent) => (extent + Side - 1) / Side;

    /// <summary>Tiles in an image.</summary>
    public int TilesIn(int height, int width) => TilesAlong(height) * TilesAlong(width);

    /// <summary>Whether no tile is shorter or overlaps another.</summary>
    public bool Divides(int height, int width) => height % Side == 0 && width % Side == 0;

    /// <summary>
    /// Whether the last tiles of an image have two results along an axis, with 4 products in place of 6, where tiles of four leave two: images go whole then, several at a time if they are
    /// small. Else they overlap.
    /// </summary>
    public bool HasEdges(int height, int width)
        => Side > Edge && height % Side is 0 or Edge && width % Side is 0 or Edge && !Divides(height, width) && TilesIn(height, width) <= MostTiles;

    /// <summary>Products per pair of channels of all tiles in an image.</summary>
    public int ProductsIn(int height, int width)
    {
        int Along(WinogradSize size, int extent) => size.HasEdges(height, width) ? (extent / size.Side * Points) + (extent % size.Side == 0 ? 0 : 4) : size.TilesAlong(extent) * Points;
        return Along(this, height) * Along(this, width);
    }
}
