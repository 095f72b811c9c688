using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Tiles of one size: so many results down and across.</summary>
/// <param name="InImage">Tiles of that size in an image.</param>
/// <param name="Before">Tiles of an image that come before them.</param>
/// <param name="Shape">What the names of its transforms end with, where it is smaller than the others.</param>
internal readonly record struct TileKind(int Down, int Across, int InImage, int Before, string Shape);

/// <summary>
/// The tiles of 4 × 4 or 2 × 2 results that images of one size are cut into, image after image. Where they don't divide an image, its last ones begin earlier and overlap those before; or,
/// where they leave two results, have two. Tiles of a size then follow each other, in such an order that those which have a number of the 36 do so too: first those at the right
/// edge, the whole ones, those at the lower edge, the one in the corner.
/// </summary>
internal sealed class WinogradTiles
{
    private readonly SourceWriter writer;
    private readonly WinogradSize size;
    private readonly int height;
    private readonly int width;
    private readonly int together;
    private readonly int inImage;

    public WinogradTiles(SourceWriter writer, WinogradSize size, int height, int width, int together)
    {
        (this.writer, this.size, this.height, this.width, this.together) = (writer, size, height, width, together);
        inImage = size.TilesIn(height, width);
        HasEdges = size.HasEdges(height, width);
        Kinds = HasEdges ? [.. KindsOf(size, height, width).Where(k => k.InImage > 0)] : [new TileKind(size.Side, size.Side, inImage, 0, "")];
    }

    /// <summary>The runtime's transforms of so many channels: in vectors that they fill.</summary>
    public static string Transforms(VectorForm form, int channels) => "WinogradVector" + Literal.Of(Math.Min(form.Bits, 32 * Winograd.Padded(channels)));

    /// <summary>The tiles in words.</summary>
    /// <param name="atOnce">How many are computed together.</param>
    public string Description(int atOnce) => $"{Literal.Of(atOnce)} tiles of {Literal.Of(size.Side)} × {Literal.Of(size.Side)} results at a time, {Literal.Of(inImage)} in an image";

    /// <summary>Whether there are tiles with two results along an axis.</summary>
    public bool HasEdges { get; }

    /// <summary>In the order of the tiles.</summary>
    public IReadOnlyList<TileKind> Kinds { get; }

    /// <summary>Whether some tiles compute results that others have, too.</summary>
    public bool Overlap => !HasEdges && !size.Divides(height, width);

    private static IEnumerable<TileKind> KindsOf(WinogradSize size, int height, int width)
    {
        int side = size.Side, down = height / side, across = width / side, below = height % side == 0 ? 0 : 1, right = width % side == 0 ? 0 : 1;
        TileKind Kind(int rows, int columns, int inImage, int before) => new(rows, columns, inImage, before, rows == side && columns == side ? "" : $"{Literal.Of(rows)}x{Literal.Of(columns)}");
        yield return Kind(side, WinogradSize.Edge, down * right, 0);
        yield return Kind(side, side, down * across, down * right);
        yield return Kind(WinogradSize.Edge, side, below * across, down * (right + across));
        yield return Kind(WinogradSize.Edge, WinogradSize.Edge, below * right, (down * (right + across)) + (below * across));
    }

    /// <summary>The loop over all tiles of the batch, so many together: count of them from first on.</summary>
    public SourceWriter.BlockScope Blocks()
    {
        if (HasEdges)
        {
            string images = Literal.Of(together / inImage);
            var block = writer.Block($"for (int image = 0; image < rows; image += {images})");
            writer.Line($"int images = Math.Min({images}, rows - image);");
            return block;
        }
        writer.Line($"nint tiles = (nint)rows * {Literal.Of(inImage)};");
        var all = writer.Block($"for (nint first = 0; first < tiles; first += {Literal.Of(together)})");
        writer.Line($"int count = (int)Math.Min({Literal.Of(together)}, tiles - first);");
        return all;
    }

    /// <summary>The loop over the tiles of a size at hand, and where each lies: the row of the batch, and its first pixel, as far as it is not an image's first.</summary>
    /// <param name="step">How many tiles the loop takes at once: one, a line of them, or those of an image.</param>
    public SourceWriter.BlockScope Each(TileKind kind, int step = 1)
    {
        string own = Literal.Of(kind.InImage), first = kind.Before == 0 ? "0" : $"images * {Literal.Of(kind.Before)}";
        var loop = writer.Block(HasEdges ? $"for (int tile = {first}; tile < images * {Literal.Of(kind.Before + kind.InImage)}; tile++)" : $"for (int tile = 0; tile < count; {(step == 1 ? "tile++" : "tile += " + Literal.Of(step))})");
        string number = !HasEdges ? "(first + tile)" : kind.Before == 0 ? "tile" : $"(tile - {first})";
        int across = HasEdges ? kind.Across == WinogradSize.Edge ? 1 : width / size.Side : size.TilesAlong(width);
        writer.Line($"nint row = {(kind.InImage == 1 ? number : $"{number} / {own}")}{(HasEdges ? " + image" : "")};");
        var (down, side) = First(step);
        if (down is null) return loop;
        if (kind.InImage > 1 || !HasEdges) writer.Line($"int within = (int)({(HasEdges ? $"{number} % {own}" : $"first + tile - row * {own}")});");
        writer.Line($"nint y = {Position(kind, kind.Down, Down(across), height)}{(side is null ? "" : $", x = {Position(kind, kind.Across, Across(across), width)}")};");
        return loop;
    }

    /// <summary>What the first pixel of so many tiles is called, down and across; null where it is an image's first.</summary>
    public (string? Down, string? Across) First(int step) => (step > 1 && step == inImage ? null : "y", step > 1 ? null : "x");

    /// <summary>Where tile <paramref name="tile"/> of a line begins.</summary>
    public string AlongLine(string tile) => Position(Kinds[0], size.Side, tile, width);

    /// <summary>Where tile <paramref name="tile"/> of an image without its own sizes at edges begins, down and across.</summary>
    public (string Down, string Across) WithinImage(string tile)
    {
        string across = Literal.Of(size.TilesAlong(width));
        return (Position(Kinds[0], size.Side, $"{tile} / {across}", height), Position(Kinds[0], size.Side, $"{tile} % {across}", width));
    }

    /// <summary>Where the tile lies that is computed so many tiles later: laterRow, laterY and laterX. Of images that are cut into tiles of one size.</summary>
    public void PrintLater()
    {
        string own = Literal.Of(inImage);
        int across = size.TilesAlong(width);
        writer.Line($"nint later = first + tile + {Literal.Of(together)}, laterRow = later / {own}, laterWithin = later - laterRow * {own};");
        string Later(string text) => text.Replace("within", "laterWithin");
        writer.Line($"nint laterY = {Later(Position(Kinds[0], size.Side, Down(across), height))}, laterX = {Later(Position(Kinds[0], size.Side, Across(across), width))};");
    }

    /// <summary>How many results at the beginning of a tile, downwards and across, others have.</summary>
    public string Shared => $"{Down(size.TilesAlong(width))} * {Literal.Of(size.Side)} - y, {Across(size.TilesAlong(width))} * {Literal.Of(size.Side)} - x";

    /// <summary>
    /// The loops over the 36 numbers, where not all tiles have each: <paramref name="body"/> is printed for the tiles from..to that have it. Without tiles at edges it is printed once,
    /// for all numbers of all tiles at hand.
    /// </summary>
    /// <param name="body">Given the number, the first tile and how many there are, in C#.</param>
    public void Frequencies(Action<string, string, string> body)
    {
        if (!HasEdges)
        {
            body("", "", "count");
            return;
        }
        string Tiles(Func<TileKind, bool> has) => "images * " + Literal.Of(Kinds.Where(has).Select(k => k.Before + k.InImage).Max());
        string all = Tiles(_ => true), down = Tiles(k => k.Down == size.Side), across = Tiles(k => k.Across == size.Side);
        using var i = writer.Block("for (int i = 0; i < 6; i++)");
        using var j = writer.Block("for (int j = 0; j < 6; j++)");
        int right = Kinds.Where(k => k.Across == WinogradSize.Edge && k.Down == size.Side).Sum(k => k.InImage);
        writer.Line($"int frequency = 6 * i + j, from = {(right == 0 ? "0" : $"j is 3 or 4 ? images * {Literal.Of(right)} : 0")}; // tiles with two results have no numbers 3 and 4");
        writer.Line($"int to = {(down == all ? "" : $"i is 3 or 4 ? {down} : ")}{(across == all ? "" : $"j is 3 or 4 ? {across} : ")}{all};");
        body("frequency", "from", "to - from");
    }

    private static string Down(int across) => across == 1 ? "within" : $"within / {Literal.Of(across)}";

    private static string Across(int across) => $"within % {Literal.Of(across)}";

    /// <param name="results">Of a tile along the axis.</param>
    /// <param name="tile">Which one of the whole tiles it is.</param>
    private string Position(TileKind kind, int results, string tile, int extent) => results < size.Side ? Literal.Of(extent - WinogradSize.Edge)
        : HasEdges && kind.InImage == 1 ? "0"
        : HasEdges || extent % size.Side == 0 ? $"{tile} * {Literal.Of(size.Side)}"
        : $"Math.Min({tile} * {Literal.Of(size.Side)}, {Literal.Of(extent - size.Side)})";
}
