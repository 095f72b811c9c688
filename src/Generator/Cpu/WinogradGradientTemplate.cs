using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Gradients by the taps of 3 × 3 convolutions as Winograd's products: some tiles at a time their pixels and gradients are transformed and multiplied, and the products summed
/// over all tiles of the batch, for a block of channels and outputs whose sums stay in the cache; then the sums are turned into taps. Threads take whole blocks, so every sum
/// is added in the same order.
/// </summary>
internal sealed class WinogradGradientTemplate
{
    private const int Taps = 3;

    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly WinogradGradient winograd;
    private readonly string name;
    private readonly VectorForm form;
    private readonly CpuSchedule schedule;

    public WinogradGradientTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        this.writer = writer;
        this.kernel = kernel;
        winograd = kernel.WinogradGradient ?? throw new ArgumentException("the contraction is no gradient by the taps of a convolution for Winograd's products", nameof(kernel));
        this.name = name;
        this.form = form;
        this.schedule = schedule;
    }

    public static bool Fits(ContractionKernel kernel, bool float64)
        => kernel.WinogradGradient is { } winograd && !float64
        && winograd.Image.Strides[3] == 1 && winograd.Gradient.Strides[3] == 1
        && winograd.Epilogue.Accesses.All(a => a.IsAffine)
        && winograd.Epilogue.Code.All(c => c is not { Op: BodyOp.Scalar, Function: ScalarOp.Index })
        && (winograd.VectorsOfOutputs || winograd.Result.Strides[2] == 1);

    public void Print()
    {
        PrintDriver();
        writer.Line();
        new ContractionTemplate(writer, Products(), name + "_products", form, schedule).Print();
        writer.Line();
        new ContractionTemplate(writer, InTaps(), name + "_taps", form, schedule).Print();
    }

    /// <summary>The channels, outputs or the other way round: the second lie along the vectors.</summary>
    private (int Broadcast, int Vectors) Sides => winograd.VectorsOfOutputs ? (winograd.BlockChannels, winograd.BlockOutputs) : (winograd.BlockOutputs, winograd.BlockChannels);

    /// <summary>For each frequency and pair of channels the products of these tiles, added to what stands there.</summary>
    private ContractionKernel Products()
    {
        var (broadcast, vectors) = Sides;
        var (left, right) = winograd.VectorsOfOutputs ? (winograd.ImageStride, winograd.GradientStride) : (winograd.GradientStride, winograd.ImageStride);
        return new ContractionKernel(
            new[] { default, default, new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) },
            new[] { Extent.Of(Winograd.Frequencies) }, Extent.Of(broadcast), Extent.Of(vectors), new[] { Extent.Rows }, Sharded: false,
            new Access(0, new[] { left, 1, 0, broadcast }), new Access(1, new[] { right, 0, 1, vectors }),
            new KernelBody(new[] { new Access(2, new[] { winograd.SumStride, vectors, 1 }) },
                new[] { new BodyInstruction(BodyOp.Accumulator), new BodyInstruction(BodyOp.Load, A: 0), new BodyInstruction(BodyOp.Scalar, ScalarOp.Add, 0, 1) }, new[] { new BodyStore(0, 2) }));
    }

    /// <summary>The sums turned into taps, and the epilogue, with a buffer for each of its accesses.</summary>
    private ContractionKernel InTaps()
    {
        var (broadcast, vectors) = Sides;
        var matrix = winograd.Matrix.Strides;
        // From height and width of the taps, channels and outputs to one side, height, width, the other side.
        int[] order = winograd.VectorsOfOutputs ? [2, 0, 1, 3] : [3, 0, 1, 2];
        var accesses = winograd.Epilogue.Accesses.Select((access, i) => access with { Buffer = i + 2, Strides = order.Select(axis => access.Strides[axis]).ToEquatableArray() });
        return new ContractionKernel(
            new KernelBuffer[] { default, default }.Concat(winograd.Epilogue.Accesses.Select(a => kernel.Buffers[a.Buffer])).ToEquatableArray(),
            new[] { Extent.Of(broadcast), Extent.Of(Taps) }, Extent.Of(Taps), Extent.Of(vectors), new[] { Extent.Of(Winograd.Frequencies) }, Sharded: false,
            new Access(0, new[] { 0, matrix[1], matrix[2], 0, matrix[0] }), new Access(1, new[] { vectors, 0, 0, 1, winograd.SumStride }),
            winograd.Epilogue with { Accesses = accesses.ToEquatableArray() });
    }

    private void PrintDriver()
    {
        string scratch = "b" + Literal.Of(winograd.Scratch);
        int gradients = Winograd.Frequencies * winograd.ImageStride, sums = gradients + (Winograd.Frequencies * winograd.GradientStride), rest = sums + (Winograd.Frequencies * winograd.SumStride);
        var tiles = new WinogradTiles(writer, winograd.Height, winograd.Width, winograd.Tiles);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        writer.Line($"ref {form.Element} pixels = ref {scratch}, gradients = ref {Addressing.Element(scratch, Literal.Of(gradients))}, sums = ref {Addressing.Element(scratch, Literal.Of(sums))};");
        var share = new KernelShare(winograd.Blocks, 1, CanDivide: true);
        if (share.IsWhole) writer.Line(KernelShare.FirstAlone);
        using var blocksOfChannels = share.IsWhole ? (SourceWriter.BlockScope?)null : writer.Block(share.Loop("block"));
        int across = winograd.Outputs / winograd.BlockOutputs;
        string channel = Origin(winograd.Channels / winograd.BlockChannels, across == 1 ? "block" : $"block / {Literal.Of(across)}", winograd.BlockChannels);
        string output = Origin(across, winograd.Channels == winograd.BlockChannels ? "block" : $"block % {Literal.Of(across)}", winograd.BlockOutputs);
        writer.Line($"MemoryMarshal.CreateSpan(ref sums, {Literal.Of(Winograd.Frequencies * winograd.SumStride)}).Clear();");
        using (tiles.Blocks())
        {
            using (tiles.Each()) PrintTransforms(tiles, channel, output, rest);
            writer.Line(winograd.VectorsOfOutputs ? $"{name}_products(ref pixels, ref gradients, ref sums, count);" : $"{name}_products(ref gradients, ref pixels, ref sums, count);");
        }
        string accesses = string.Concat(winograd.Epilogue.Accesses.Select(a => $", ref {Place(a, [null, null, channel, output], "")}"));
        writer.Line($"{name}_taps(ref {Place(winograd.Matrix, [null, null, null], "")}, ref sums{accesses}, 1);");
    }

    private void PrintTransforms(WinogradTiles tiles, string channel, string output, int rest)
    {
        string transforms = "WinogradVector" + Literal.Of(form.Bits);
        writer.Line("nint s = row / shardRows;");
        writer.Line("row -= s * shardRows;");
        writer.Line($"{transforms}.TransformImage(ref {Place(winograd.Image, ["row", "y", "x", channel], "s")}, {Literal.Of(winograd.RowStride)}, {Literal.Of(winograd.ColumnStride)}, {Literal.Of(winograd.BlockChannels)}, "
            + $"ref {Addressing.Element("pixels", "tile * " + Literal.Of(winograd.BlockChannels))}, {Literal.Of(winograd.ImageStride)});");
        string outputs = Literal.Of(winograd.BlockOutputs), height = Literal.Of(winograd.Gradient.Strides[1]), width = Literal.Of(winograd.Gradient.Strides[2]);
        writer.Line($"ref {form.Element} gradient = ref {Place(winograd.Gradient, ["row", "y", "x", output], "s")};");
        string to = $"ref {Addressing.Element("gradients", "tile * " + outputs)}, {Literal.Of(winograd.GradientStride)}";
        string whole = $"{transforms}.TransformGradient(ref gradient, {height}, {width}, {outputs}, {to});";
        if (!tiles.Overlap)
        {
            writer.Line(whole);
            return;
        }
        writer.Line($"var (down, across) = ({tiles.Shared});");
        writer.Line($"if (down + across == 0) {whole}");
        using var partly = writer.Block("else");
        string scratch = "b" + Literal.Of(winograd.Scratch), own = Addressing.Element(scratch, Literal.Of(rest));
        writer.Line($"WinogradTile.CopyRest(ref gradient, {height}, {width}, {outputs}, (int)down, (int)across, ref {own});");
        writer.Line($"{transforms}.TransformGradient(ref {own}, {Literal.Of(Winograd.Side * winograd.BlockOutputs)}, {outputs}, {outputs}, {to});");
    }

    /// <summary>The first channel of a block; empty where there is one block.</summary>
    private static string Origin(int blocks, string block, int channels) => blocks == 1 ? "" : $"({block}) * {Literal.Of(channels)}";

    private static string Place(Access access, string?[] indices, string shard)
        => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, [.. indices.Select(i => string.IsNullOrEmpty(i) ? null : i)], sharded: shard.Length > 0));
}
