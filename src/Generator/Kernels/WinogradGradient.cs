namespace DlGen.Kernels;

/// <summary>
/// The gradient by the taps of such a convolution, a sum over all pixels of the batch, from 36 products per pair of channels and tile: pixels and gradients of a tile are
/// transformed, multiplied and summed, and the 36 sums of a pair of channels turned into its taps at the end.
/// </summary>
/// <param name="Tiles">Tiles of results whose products are summed at once.</param>
/// <param name="Image">The first tap's pixel: strides over the rows of a shard, the result's height and width, and the channels.</param>
/// <param name="RowStride">From a pixel to the one below.</param>
/// <param name="ColumnStride">From a pixel to the next.</param>
/// <param name="Gradient">By the result: strides over the rows of a shard, height, width and outputs.</param>
/// <param name="Matrix">What turns 36 sums into taps: strides over the sums, then height and width of the taps.</param>
/// <param name="Epilogue">The contraction's, with strides over height and width of the taps, channels and outputs.</param>
/// <param name="Scratch">The buffer for <see cref="ScratchLength"/> elements, one such for each thread.</param>
internal sealed record WinogradGradient(
    WinogradSize Size, int Height, int Width, int Channels, int Outputs, int Tiles, Access Image, int RowStride, int ColumnStride, Access Gradient, Access Matrix, KernelBody Epilogue, int Scratch)
{
    /// <summary>Channels or outputs of a block that lie along the vectors.</summary>
    private const int LargestVectors = 64;

    /// <summary>Of the others so many: few, so that there are blocks to be shared.</summary>
    private const int LargestBroadcast = 16;

    /// <summary>Bytes of sums that stay in the second-level cache while all pixels pass.</summary>
    private const int SumBytes = 640 * 1024;

    /// <summary>Whether the outputs lie side by side in the result; else the channels do.</summary>
    public bool VectorsOfOutputs => Result.Strides[3] == 1;

    /// <summary>Where the taps go.</summary>
    public Access Result => Epilogue.Accesses[Epilogue.Stores[0].Access];

    /// <summary>Of the side that lies along the vectors, those of a block.</summary>
    public int BlockVectors => BlockOf(Along, LargestVectors);

    /// <summary>Of the other side. Where all were one block, threads would have nothing to share.</summary>
    public int BlockBroadcast => Broadcast == LargestBroadcast && BlockVectors == Along ? LargestBroadcast / 2 : BlockOf(Broadcast, LargestBroadcast);

    /// <summary>Blocks of the other side, for each of the first.</summary>
    public int BlocksAcross => Broadcast / BlockBroadcast;

    public int Blocks => BlocksAcross * (Along / BlockVectors);

    /// <summary>Blocks side by side that one thread computes at once: what they share is transformed once.</summary>
    public int Together => Math.Max(1, Math.Min(BlocksAcross, SumBytes / (4 * SumLength)));

    /// <summary>Elements from a number of what lies along the vectors to that of the next tile.</summary>
    public int TileOfVectors => Winograd.Padded(BlockVectors);

    /// <summary>The same of the other side.</summary>
    public int TileOfBroadcast => Winograd.Padded(Together * BlockBroadcast);

    /// <summary>Elements from one frequency of what lies along the vectors to the next.</summary>
    public int VectorStride => Winograd.StrideOf(Tiles, TileOfVectors);

    /// <summary>Elements from one frequency of the other side to the next.</summary>
    public int BroadcastStride => Winograd.StrideOf(Tiles, TileOfBroadcast);

    /// <summary>The sums of a block.</summary>
    public int SumLength => Winograd.Frequencies * BlockBroadcast * TileOfVectors;

    /// <summary>Both sides of all tiles, the sums, and the gradients of a tile that is partly another's.</summary>
    public int ScratchLength => (Winograd.Frequencies * (VectorStride + BroadcastStride)) + (Together * SumLength) + (Size.Side * Size.Side * Math.Max(TileOfVectors, TileOfBroadcast));

    /// <summary>Channels or outputs, whichever lie along the vectors.</summary>
    private int Along => VectorsOfOutputs ? Outputs : Channels;

    private int Broadcast => VectorsOfOutputs ? Channels : Outputs;

    /// <summary>The largest multiple of 16 up to that which divides the channels; fewer than 16 are one block.</summary>
    private static int BlockOf(int channels, int largest)
    {
        if (channels < 16) return channels;
        int block = largest;
        while (channels % block != 0) block -= 16;
        return block;
    }
}
