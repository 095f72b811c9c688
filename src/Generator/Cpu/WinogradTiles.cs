using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Tiles of one size: so many results down and across.</summary>
/// <param name="InImage">Tiles of that size in an image.</param>
/// <param name="Before">Tiles of an image that come before them.</param>
internal readonly record struct TileKind(int Down, int Across, int InImage, int Before)
{
    public bool IsWhole => Down == Winograd.Side && Across == Winograd.Side;

    /// <summary>What its transforms' names end with.</summary>
    public string Suffix => IsWhole ? "" : $"{Literal.Of(Down)}x{Literal.Of(Across)}";
}

/// <summary>
/// The tiles of 4 × 4 results that images of one size are cut into, image after image. Where they don't divide an image, its last ones begin earlier and overlap those before; or,
/// where they leave two results, have two. Tiles of a size then follow each other, in such an order that those which have a number of the 36 do so too: first those at the right
/// edge, the whole ones, those at the lower edge, the one in the corner.
/// </summary>
internal sealed class WinogradTiles
{
    private readonly SourceWriter writer;
    private readonly int height;
    private readonly int width;
    private readonly int together;
    private readonly int inImage;

    public WinogradTiles(SourceWriter writer, int height, int width, int together)
    {
        (this.writer, this.height, this.width, this.together) = (writer, height, width, together);
        inImage = Winograd.TilesIn(height, width);
        HasEdges = Winograd.HasEdges(height, width);
        Kinds = HasEdges ? [.. KindsOf(height, width).Where(k => k.InImage > 0)] : [new TileKind(Winograd.Side, Winograd.Side, inImage, 0)];
    }

    /// <summary>Whether there are tiles with two results along an axis.</summary>
    public bool HasEdges { get; }

    /// <summary>In the order of the tiles.</summary>
    public IReadOnlyList<TileKind> Kinds { get; }

    /// <summary>Whether some tiles compute results that others have, too.</summary>
    public bool Overlap => !HasEdges && (height % Winograd.Side != 0 || width % Winograd.Side != 0);

    private static IEnumerable<TileKind> KindsOf(int height, int width)
    {
        int down = height / Winograd.Side, across = width / Winograd.Side, below = height % Winograd.Side == 0 ? 0 : 1, right = width % Winograd.Side == 0 ? 0 : 1;
        yield return new TileKind(Winograd.Side, Winograd.Edge, down * right, 0);
        yield return new TileKind(Winograd.Side, Winograd.Side, down * across, down * right);
        yield return new TileKind(Winograd.Edge, Winograd.Side, below * across, down * (right + across));
        yield return new TileKind(Winograd.Edge, Winograd.Edge, below * right, (down * (right + across)) + (below * across));
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

    /// <summary>The loop over the tiles of a size at hand, and where each lies: the row of the batch, and its first pixel.</summary>
    public SourceWriter.BlockScope Each(TileKind kind)
    {
        string own = Literal.Of(kind.InImage), first = kind.Before == 0 ? "0" : $"images * {Literal.Of(kind.Before)}";
        var loop = writer.Block(HasEdges ? $"for (int tile = {first}; tile < images * {Literal.Of(kind.Before + kind.InImage)}; tile++)" : "for (int tile = 0; tile < count; tile++)");
        string number = !HasEdges ? "(first + tile)" : kind.Before == 0 ? "tile" : $"(tile - {first})";
        int across = kind.Across == Winograd.Edge ? 1 : HasEdges ? width / Winograd.Side : Winograd.TilesAlong(width);
        writer.Line($"nint row = {(kind.InImage == 1 ? number : $"{number} / {own}")}{(HasEdges ? " + image" : "")};");
        if (kind.InImage > 1 || !HasEdges) writer.Line($"int within = (int)({(HasEdges ? $"{number} % {own}" : $"first + tile - row * {own}")});");
        writer.Line($"nint y = {Position(kind, kind.Down, Down(across), height)}, x = {Position(kind, kind.Across, Across(across), width)};");
        return loop;
    }

    /// <summary>Where the tile lies that is computed so many tiles later: laterRow, laterY and laterX. Of images that are cut into tiles of one size.</summary>
    public void PrintLater()
    {
        string own = Literal.Of(inImage);
        int across = Winograd.TilesAlong(width);
        writer.Line($"nint later = first + tile + {Literal.Of(together)}, laterRow = later / {own}, laterWithin = later - laterRow * {own};");
        string Later(string text) => text.Replace("within", "laterWithin");
        writer.Line($"nint laterY = {Later(Position(Kinds[0], Winograd.Side, Down(across), height))}, laterX = {Later(Position(Kinds[0], Winograd.Side, Across(across), width))};");
    }

    /// <summary>How many results at the beginning of a tile, downwards and across, others have.</summary>
    public string Shared => $"{Down(Winograd.TilesAlong(width))} * {Literal.Of(Winograd.Side)} - y, {Across(Winograd.TilesAlong(width))} * {Literal.Of(Winograd.Side)} - x";

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
        string all = Tiles(_ => true), down = Tiles(k => k.Down == Winograd.Side), across = Tiles(k => k.Across == Winograd.Side);
        using var i = writer.Block("for (int i = 0; i < 6; i++)");
        using var j = writer.Block("for (int j = 0; j < 6; j++)");
        int right = Kinds.Where(k => k.Across == Winograd.Edge && k.Down == Winograd.Side).Sum(k => k.InImage);
        writer.Line($"int frequency = 6 * i + j, from = {(right == 0 ? "0" : $"j is 3 or 4 ? images * {Literal.Of(right)} : 0")}; // tiles with two results have no numbers 3 and 4");
        writer.Line($"int to = {(down == all ? "" : $"i is 3 or 4 ? {down} : ")}{(across == all ? "" : $"j is 3 or 4 ? {across} : ")}{all};");
        body("frequency", "from", "to - from");
    }

    private static string Down(int across) => across == 1 ? "within" : $"within / {Literal.Of(across)}";

    private static string Across(int across) => $"within % {Literal.Of(across)}";

    /// <param name="results">Of a tile along the axis.</param>
    /// <param name="tile">Which one of the whole tiles it is.</param>
    private string Position(TileKind kind, int results, string tile, int extent) => results == Winograd.Edge ? Literal.Of(extent - Winograd.Edge)
        : HasEdges && kind.InImage == 1 ? "0"
        : HasEdges || extent % Winograd.Side == 0 ? $"{tile} * {Literal.Of(Winograd.Side)}"
        : $"Math.Min({tile} * {Literal.Of(Winograd.Side)}, {Literal.Of(extent - Winograd.Side)})";
}
