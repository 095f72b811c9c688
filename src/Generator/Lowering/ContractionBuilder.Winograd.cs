using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Lowering;

internal sealed partial class ContractionBuilder
{
    /// <summary>Pixels and sums of so many tiles stay in the second-level cache beside the taps.</summary>
    private const int TileBytes = 320 * 1024;

    private const int FewestTiles = 8;

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
        var (image, down, across) = Image(convolution);
        var filters = Operand(node.Operands[2], new[] { WinogradConvolution.Frequency, convolution.Channel, convolution.Output },
            [WinogradConvolution.Frequency, convolution.Channel, convolution.Output], byElement: false);
        var epilogue = Epilogue([Rows, convolution.Down, convolution.Across, convolution.Output]);
        var winograd = new Winograd(convolution.Height, convolution.Width, convolution.Channels, convolution.Outputs, Tiles(convolution, convolution.Channels, convolution.Outputs), image, down, across, filters, epilogue, -1);
        return winograd with { Scratch = Scratch(winograd.ScratchLength) };
    }

    private WinogradGradient WinogradGradient(WinogradConvolution convolution)
    {
        var (image, down, across) = Image(convolution);
        var upstream = Operand(node.Operands[1], contract.Right, [Rows, convolution.Down, convolution.Across, convolution.Output], byElement: false);
        var matrix = Operand(node.Operands[2], new[] { WinogradConvolution.Frequency, convolution.TapDown, convolution.TapAcross },
            [WinogradConvolution.Frequency, convolution.TapDown, convolution.TapAcross], byElement: true);
        var epilogue = Epilogue([convolution.TapDown, convolution.TapAcross, convolution.Channel, convolution.Output]);
        var winograd = new WinogradGradient(convolution.Height, convolution.Width, convolution.Channels, convolution.Outputs, 0, image, down, across, upstream, matrix, epilogue, -1);
        winograd = winograd with { Tiles = Tiles(convolution, winograd.BlockVectors, winograd.Together * winograd.BlockBroadcast) };
        return winograd with { Scratch = Scratch(winograd.ScratchLength) };
    }

    /// <summary>The first tap's pixel of each result, and how far the next pixels are.</summary>
    private (Access Image, int Down, int Across) Image(WinogradConvolution convolution)
    {
        var taps = Operand(node.Operands[0], contract.Left, [Rows, convolution.Down, convolution.Across, convolution.TapDown, convolution.TapAcross, convolution.Channel], byElement: false);
        // Where taps run backwards, the first pixel is the last tap's.
        int first = (convolution.IsReversedDown ? 2 * taps.Strides[3] : 0) + (convolution.IsReversedAcross ? 2 * taps.Strides[4] : 0);
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
        int fitting = TileBytes / (Kernels.Winograd.Frequencies * 4 * (channels + outputs));
        int tiles = Math.Max(FewestTiles, Math.Min(Kernels.Winograd.MostTiles, fitting / 4 * 4));
        if (!Kernels.Winograd.HasEdges(convolution.Height, convolution.Width)) return tiles;
        int inImage = Kernels.Winograd.TilesIn(convolution.Height, convolution.Width);
        return Math.Max(1, tiles / inImage) * inImage;
    }
}
