using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class ContractionBuilder
{
    /// <summary>Pixels and sums of so many tiles stay in the second-level cache beside the taps.</summary>
    private const int TileBytes = 320 * 1024;

    private const int FewestTiles = 8;

    /// <summary>Rows of a register tile at 512 bit.</summary>
    private const int RegisterTile = 8;

    /// <summary>The kernel with what Winograd's products need, where the contraction was given it.</summary>
    private ContractionKernel WithWinograd(ContractionKernel kernel)
    {
        if (!WinogradFilters.AreGiven(node)) return kernel;
        if (WinogradConvolution.Of(i => fused.Graph[i], node) is { } convolution) kernel = kernel with { Winograd = Winograd(convolution) };
        else if (WinogradConvolution.OfGradient(i => fused.Graph[i], node) is { } gradient) kernel = kernel with { WinogradGradient = WinogradGradient(gradient) };
        return kernel with { Buffers = buffers.Formals };
    }

    private Winograd Winograd(WinogradConvolution convolution)
    {
        if (TapsOf(node.Operands[2]) is { } taps && taps.Result[0] != convolution.Frequencies) throw new InvalidOperationException("the taps' numbers are those of another kind of tiles");
        var (image, down, across) = Image(convolution);
        var filters = Operand(node.Operands[2], new[] { WinogradConvolution.Frequency, convolution.Channel, convolution.Output },
            [WinogradConvolution.Frequency, convolution.Channel, convolution.Output], byElement: false);
        var epilogue = Epilogue([Rows, convolution.Down, convolution.Across, convolution.Output]);
        var (height, width) = convolution.Tiled;
        var winograd = new Winograd(convolution.Size, height, width, convolution.Channels, convolution.Outputs, 0, image, down, across, filters, epilogue, -1) { IsTransposed = convolution.IsTransposed };
        int tiles = Tiles(convolution, convolution.Channels, convolution.Outputs);
        winograd = winograd with { Tiles = winograd.LineFits ? Lines(convolution, tiles) : tiles };
        return winograd with { Scratch = Scratch(winograd.ScratchLength) };
    }

    private WinogradGradient WinogradGradient(WinogradConvolution convolution)
    {
        var (image, down, across) = Image(convolution);
        var upstream = Operand(node.Operands[1], contract.Right, [Rows, convolution.Down, convolution.Across, convolution.Output], byElement: false);
        var matrix = Operand(node.Operands[2], new[] { WinogradConvolution.Frequency, convolution.TapDown, convolution.TapAcross },
            [WinogradConvolution.Frequency, convolution.TapDown, convolution.TapAcross], byElement: true);
        var epilogue = Epilogue([convolution.TapDown, convolution.TapAcross, convolution.Channel, convolution.Output]);
        var winograd = new WinogradGradient(convolution.Size, convolution.Height, convolution.Width, convolution.Channels, convolution.Outputs, 0, image, down, across, upstream, matrix, epilogue, -1);
        winograd = winograd with { Tiles = Tiles(convolution, winograd.BlockVectors, winograd.Together * winograd.BlockBroadcast) };
        return winograd with { Scratch = Scratch(winograd.ScratchLength) };
    }

    /// <summary>The contraction that makes the taps' numbers; null where they are read from memory.</summary>
    private ContractOp? TapsOf(int index)
    {
        while (fused.Graph[index].Op.IsView) index = fused.Graph[index].Operands[0];
        return fused.Graph[index].Op as ContractOp;
    }

    /// <summary>The first tap's pixel of each result, and how far the next pixels are.</summary>
    private (Access Image, int Down, int Across) Image(WinogradConvolution convolution)
    {
        var taps = Operand(node.Operands[0], contract.Left, [Rows, convolution.Down, convolution.Across, convolution.TapDown, convolution.TapAcross, convolution.Channel], byElement: false);
        // Where taps run backwards, the first pixel is the last tap's; the first within a border is the first tap's.
        int last = convolution.IsTransposed ? 0 : convolution.Size.Taps - 1;
        int first = (convolution.IsReversedDown ? last * taps.Strides[3] : 0) + (convolution.IsReversedAcross ? last * taps.Strides[4] : 0);
        return (taps with { Buffer = Moved(taps.Buffer, first), Strides = new[] { taps.Strides[0], taps.Strides[1], taps.Strides[2], taps.Strides[5] } }, taps.Strides[1], taps.Strides[2]);
    }

    private int Scratch(int length) => buffers.Add(new BufferRef(BufferKind.RowScratch, length, 0), isInteger: false, isExact: false, isWritten: true);

    /// <summary>The same buffer, so many elements further.</summary>
    private int Moved(int buffer, int elements)
    {
        var formal = buffers.Formals[buffer];
        return elements == 0 ? buffer : buffers.Add(buffers.Actuals[buffer] with { Offset = buffers.Actuals[buffer].Offset + elements }, formal.IsInteger, formal.IsExact, formal.IsWritten, formal.IsBytes);
    }

    private static int Tiles(WinogradConvolution convolution, int channels, int outputs)
    {
        var (size, (height, width)) = (convolution.Size, convolution.Tiled);
        int fitting = TileBytes / (Kernels.Winograd.Frequencies * sizeof(float) * (Kernels.Winograd.Padded(channels) + Kernels.Winograd.Padded(outputs)));
        int tiles = Math.Max(FewestTiles, Math.Min(WinogradSize.MostTiles, fitting / 4 * 4));
        int inImage = size.TilesIn(height, width);
        return convolution.IsTransposed || size.HasEdges(height, width) ? Math.Max(1, tiles / inImage) * inImage : tiles;
    }

    /// <summary>About so many tiles, but whole lines of an image; a little more, if that fills the register tiles of the products.</summary>
    private static int Lines(WinogradConvolution convolution, int tiles)
    {
        int line = convolution.Size.TilesAlong(convolution.Tiled.Width), filled = line;
        while (filled % RegisterTile != 0) filled += line;
        if (filled <= tiles * 3 / 2) return Math.Max(1, tiles / filled) * filled;
        return line <= tiles ? tiles / line * line : tiles;
    }
}
