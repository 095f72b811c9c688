using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Gradients by the taps of 3 × 3 and 5 × 5 convolutions as Winograd's products: some tiles at a time their pixels and gradients are transformed and multiplied, and the products summed
/// over all tiles of the batch, for a block of channels and outputs whose sums stay in the cache; then the sums are turned into taps. Threads take whole blocks, so every sum
/// is added in the same order.
/// </summary>
internal sealed class WinogradGradientTemplate
{
    /// <summary>Bytes of scratch beside which the next tiles have room in the second-level cache.</summary>
    private const int MostScratchBytes = 512 * 1024;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly WinogradGradient winograd;
    private readonly string name;
    private readonly VectorForm form;
    private readonly CpuSchedule schedule;
    private readonly WinogradTiles tiles;

    public WinogradGradientTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        this.writer = writer;
        this.kernel = kernel;
        winograd = kernel.WinogradGradient ?? throw new ArgumentException("the contraction is no gradient by the taps of a convolution for Winograd's products", nameof(kernel));
        this.name = name;
        this.form = form;
        this.schedule = schedule;
        tiles = new WinogradTiles(writer, winograd.Size, winograd.Height, winograd.Width, winograd.Tiles);
    }

    public static bool Fits(ContractionKernel kernel, bool float64)
        => kernel.WinogradGradient is { } winograd && !float64
        && winograd.Image.Strides[3] == 1 && winograd.Gradient.Strides[3] == 1
        && (Winograd.Padded(winograd.Channels) == winograd.Channels || !kernel.Buffers[winograd.Image.Buffer].IsExact)
        && (Winograd.Padded(winograd.Outputs) == winograd.Outputs || !kernel.Buffers[winograd.Gradient.Buffer].IsExact)
        && winograd.Epilogue.Accesses.All(a => a.IsAffine)
        && winograd.Epilogue.Code.All(c => c is not { Op: BodyOp.Scalar, Function: ScalarOp.Index })
        && (winograd.VectorsOfOutputs || winograd.Result.Strides[2] == 1);

    public void Print()
    {
        PrintDriver();
        writer.Line();
        var (products, inTaps) = (Products(), InTaps());
        new ContractionTemplate(writer, products, name + "_products", form.For(products), schedule).Print();
        writer.Line();
        new ContractionTemplate(writer, inTaps, name + "_taps", form.For(inTaps), schedule).Print();
    }

    /// <summary>For each frequency, or for one where not all tiles have each, and pair of channels the products of these tiles, added to what stands there.</summary>
    private ContractionKernel Products()
    {
        int broadcast = winograd.BlockBroadcast, vectors = winograd.TileOfVectors;
        return new ContractionKernel(
            new[] { default, default, new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) },
            new[] { Extent.Of(tiles.HasEdges ? 1 : Winograd.Frequencies) }, Extent.Of(broadcast), Extent.Of(vectors), new[] { Extent.Rows }, Sharded: false,
            new Access(0, new[] { winograd.BroadcastStride, 1, 0, winograd.TileOfBroadcast }), new Access(1, new[] { winograd.VectorStride, 0, 1, vectors }),
            new KernelBody(new[] { new Access(2, new[] { broadcast * vectors, vectors, 1 }) },
                new[] { new BodyInstruction(BodyOp.Accumulator), new BodyInstruction(BodyOp.Load, A: 0), new BodyInstruction(BodyOp.Scalar, ScalarOp.Add, 0, 1) }, new[] { new BodyStore(0, 2) }));
    }

    /// <summary>The sums turned into taps, and the epilogue, with a buffer for each of its accesses.</summary>
    private ContractionKernel InTaps()
    {
        int broadcast = winograd.BlockBroadcast, vectors = winograd.BlockVectors;
        var matrix = winograd.Matrix.Strides;
        // From height and width of the taps, channels and outputs to one side, height, width, the other side.
        int[] order = winograd.VectorsOfOutputs ? [2, 0, 1, 3] : [3, 0, 1, 2];
        var accesses = winograd.Epilogue.Accesses.Select((access, i) => access with { Buffer = i + 2, Strides = order.Select(axis => access.Strides[axis]).ToEquatableArray() });
        return new ContractionKernel(
            new KernelBuffer[] { default, default }.Concat(winograd.Epilogue.Accesses.Select(a => kernel.Buffers[a.Buffer])).ToEquatableArray(),
            new[] { Extent.Of(broadcast), Extent.Of(winograd.Size.Taps) }, Extent.Of(winograd.Size.Taps), Extent.Of(vectors), new[] { Extent.Of(Winograd.Frequencies) }, Sharded: false,
            new Access(0, new[] { 0, matrix[1], matrix[2], 0, matrix[0] }), new Access(1, new[] { winograd.TileOfVectors, 0, 0, 1, broadcast * winograd.TileOfVectors }),
            winograd.Epilogue with { Accesses = accesses.ToEquatableArray() });
    }

    private void PrintDriver()
    {
        writer.Line($"// By Winograd's {winograd.Size.Name}: {tiles.Description(winograd.Tiles)}, 36 products for each pair of channels, whose sums over the batch become taps at the end.");
        string scratch = "b" + Literal.Of(winograd.Scratch), sumLength = Literal.Of(winograd.SumLength);
        int broadcast = Winograd.Frequencies * winograd.VectorStride, sums = broadcast + (Winograd.Frequencies * winograd.BroadcastStride), rest = sums + (winograd.Together * winograd.SumLength);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        writer.Line($"ref {form.Element} vectors = ref {scratch}, broadcast = ref {Addressing.Element(scratch, Literal.Of(broadcast))}, sums = ref {Addressing.Element(scratch, Literal.Of(sums))};");
        string Start(string part) => $"global::DlGen.Compiled.Share.Start({Literal.Of(winograd.Blocks)}, {part}, parts)";
        using var groups = writer.Block($"for (int block = {Start("part")}, end = {Start("part + 1")}, blocks; block < end; block += blocks)");
        string across = Literal.Of(winograd.BlocksAcross);
        writer.Line($"blocks = Math.Min(Math.Min(end - block, {across} - block % {across}), {Literal.Of(winograd.Together)});");
        string side = winograd.VectorsOfOutputs ? "output" : "channel", other = winograd.VectorsOfOutputs ? "channel" : "output";
        writer.Line($"nint {side} = block / {across} * {Literal.Of(winograd.BlockVectors)}, {other} = block % {across} * {Literal.Of(winograd.BlockBroadcast)};");
        writer.Line($"MemoryMarshal.CreateSpan(ref sums, blocks * {sumLength}).Clear();");
        string each = "for (int b = 0; b < blocks; b++)", ofBlock = Addressing.Element("sums", "b * " + sumLength), first = "b * " + Literal.Of(winograd.BlockBroadcast);
        using (tiles.Blocks())
        {
            foreach (var kind in tiles.Kinds)
            {
                using (tiles.Each(kind)) PrintTransforms(kind, rest);
            }
            tiles.Frequencies((frequency, from, count) =>
            {
                string Of(string start, int stride, string tile, string further) => Addressing.Element(start, frequency.Length == 0 ? further
                    : $"{frequency} * {Literal.Of(stride)}{(tile.Length == 0 ? "" : $" + {from} * {tile}")}{(further.Length == 0 ? "" : " + " + further)}");
                writer.Line($"{each} {name}_products(ref {Of("broadcast", winograd.BroadcastStride, Literal.Of(winograd.TileOfBroadcast), first)}, "
                    + $"ref {Of("vectors", winograd.VectorStride, Literal.Of(winograd.TileOfVectors), "")}, ref {Of("sums", winograd.BlockBroadcast * winograd.TileOfVectors, "", "b * " + sumLength)}, {count});");
            });
        }
        string[] pair = winograd.VectorsOfOutputs ? [$"(channel + {first})", "output"] : ["channel", $"(output + {first})"];
        string accesses = string.Concat(winograd.Epilogue.Accesses.Select(a => $", ref {Place(a, [null, null, .. pair], sharded: false)}"));
        writer.Line($"{each} {name}_taps(ref {Place(winograd.Matrix, [null, null, null], sharded: false)}, ref {ofBlock}{accesses}, 1);");
    }

    private void PrintTransforms(TileKind kind, int rest)
    {
        string scratch = "b" + Literal.Of(winograd.Scratch);
        string ofVectors = Literal.Of(winograd.TileOfVectors), ofBroadcast = winograd.Together == 1 ? Literal.Of(winograd.TileOfBroadcast) : "blocks * " + Literal.Of(winograd.BlockBroadcast);
        string toVectors = $"ref {Addressing.Element("vectors", "tile * " + ofVectors)}, {Literal.Of(winograd.VectorStride)}";
        string toBroadcast = $"ref {Addressing.Element("broadcast", "tile * " + Literal.Of(winograd.TileOfBroadcast))}, {Literal.Of(winograd.BroadcastStride)}";
        var (channels, pixels, outputs, gradients) = winograd.VectorsOfOutputs ? (ofBroadcast, toBroadcast, ofVectors, toVectors) : (ofVectors, toVectors, ofBroadcast, toBroadcast);
        string vectors = WinogradTiles.Transforms(form, winograd.BlockVectors), broadcast = WinogradTiles.Transforms(form, winograd.BlockBroadcast);
        var (ofImage, ofGradient) = winograd.VectorsOfOutputs ? (broadcast, vectors) : (vectors, broadcast);
        writer.Line("nint s = row / shardRows;");
        writer.Line("row -= s * shardRows;");
        writer.Line($"{ofImage}.TransformImage{kind.Shape}(ref {Place(winograd.Image, ["row", "y", "x", "channel"], sharded: true)}, {Literal.Of(winograd.RowStride)}, {Literal.Of(winograd.ColumnStride)}, {channels}, {pixels});");
        PrintFetches(channels, outputs);
        string height = Literal.Of(winograd.Gradient.Strides[1]), width = Literal.Of(winograd.Gradient.Strides[2]);
        writer.Line($"ref {form.Element} gradient = ref {Place(winograd.Gradient, ["row", "y", "x", "output"], sharded: true)};");
        string whole = $"{ofGradient}.TransformGradient{winograd.Size.Suffix}{kind.Shape}(ref gradient, {height}, {width}, {outputs}, {gradients});";
        if (!tiles.Overlap)
        {
            writer.Line(whole);
            return;
        }
        writer.Line($"var (down, across) = ({tiles.Shared});");
        writer.Line($"if (down + across == 0) {whole}");
        using var partly = writer.Block("else");
        string own = Addressing.Element(scratch, Literal.Of(rest));
        writer.Line($"WinogradTile.CopyRest(ref gradient, {height}, {width}, {Literal.Of(winograd.Size.Side)}, {outputs}, (int)down, (int)across, ref {own});");
        writer.Line($"{ofGradient}.TransformGradient{winograd.Size.Suffix}{kind.Shape}(ref {own}, {Literal.Of(winograd.Size.Side)} * {outputs}, {outputs}, {outputs}, {gradients});");
    }

    /// <summary>The pixels and gradients that are transformed after the products of these tiles come closer meanwhile, if the cache has room for them beside the sums.</summary>
    private void PrintFetches(string channels, string outputs)
    {
        if (tiles.HasEdges || winograd.ScratchLength * sizeof(float) > MostScratchBytes) return;
        tiles.PrintLater();
        writer.Line("nint laterShard = laterRow / shardRows;");
        writer.Line("laterRow -= laterShard * shardRows;");
        void Fetch(Access access, string channel, string columns)
        {
            string place = Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, ["laterRow", "(laterY + line)", "laterX", channel], sharded: true, shard: "laterShard"));
            writer.Line($"global::DlGen.Compiled.Cache.PrefetchRows(ref {place}, {Literal.Of(winograd.Size.Side)}, {Literal.Of(access.Strides[2])}, {columns});");
        }
        using var lines = writer.Block($"for (nint line = 0; line < {Literal.Of(winograd.Size.Side)}; line++)");
        Fetch(winograd.Image, "channel", channels);
        Fetch(winograd.Gradient, "output", outputs);
    }

    private static string Place(Access access, string?[] indices, bool sharded) => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, indices, sharded));
}
