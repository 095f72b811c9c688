using DlGen.Emission;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// The tiles of 4 × 4 results that images of one size are cut into, image after image. Where they don't divide an image, its last ones begin earlier and overlap those before.
/// </summary>
internal sealed class WinogradTiles(SourceWriter writer, int height, int width, int together)
{
    private readonly int across = Winograd.TilesAlong(width);
    private readonly int inImage = Winograd.TilesAlong(height) * Winograd.TilesAlong(width);

    /// <summary>Whether some tiles compute results that others have, too.</summary>
    public bool Overlap => height % Winograd.Side != 0 || width % Winograd.Side != 0;

    /// <summary>The loop over all tiles of the batch, so many together: count of them from first on.</summary>
    public SourceWriter.BlockScope Blocks()
    {
        writer.Line($"nint tiles = (nint)rows * {Literal.Of(inImage)};");
        var block = writer.Block($"for (nint first = 0; first < tiles; first += {Literal.Of(together)})");
        writer.Line($"int count = (int)Math.Min({Literal.Of(together)}, tiles - first);");
        return block;
    }

    /// <summary>The loop over the tiles at hand, and where each lies: the row of the batch, and its first pixel.</summary>
    public SourceWriter.BlockScope Each()
    {
        var loop = writer.Block("for (int tile = 0; tile < count; tile++)");
        writer.Line($"nint row = (first + tile) / {Literal.Of(inImage)};");
        writer.Line($"int within = (int)(first + tile - row * {Literal.Of(inImage)});");
        writer.Line($"nint y = {Position(Down, height)}, x = {Position(Across, width)};");
        return loop;
    }

    /// <summary>How many results at the beginning of a tile, downwards and across, others have.</summary>
    public string Shared => $"{Down} * {Literal.Of(Winograd.Side)} - y, {Across} * {Literal.Of(Winograd.Side)} - x";

    private string Down => $"within / {Literal.Of(across)}";

    private string Across => $"within % {Literal.Of(across)}";

    private static string Position(string tile, int extent) => extent % Winograd.Side == 0
        ? $"{tile} * {Literal.Of(Winograd.Side)}"
        : $"Math.Min({tile} * {Literal.Of(Winograd.Side)}, {Literal.Of(extent - Winograd.Side)})";
}
