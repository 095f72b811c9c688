using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Convolutions with 3 × 3 or 5 × 5 taps by Winograd's products: some tiles at a time their pixels are transformed into 36 numbers per channel, multiplied with the taps' 36 by a
/// contraction each, and what comes out is turned into the tiles' results, or added to those of an image (<see cref="Winograd.IsTransposed"/>). Tiles are taken from one image after the
/// other: see <see cref="WinogradTiles"/>. The epilogue follows over a tile, a line of tiles or an image.
/// </summary>
internal sealed class WinogradTemplate
{
    private readonly SourceWriter writer;
    private readonly ContractionKernel kernel;
    private readonly Winograd winograd;
    private readonly string name;
    private readonly VectorForm form;
    private readonly CpuSchedule schedule;
    private readonly WinogradTiles tiles;

    public WinogradTemplate(SourceWriter writer, ContractionKernel kernel, string name, VectorForm form, CpuSchedule schedule)
    {
        this.writer = writer;
        this.kernel = kernel;
        winograd = kernel.Winograd ?? throw new ArgumentException("the contraction is no convolution for Winograd's products", nameof(kernel));
        this.name = name;
        this.form = form;
        this.schedule = schedule;
        tiles = new WinogradTiles(writer, winograd.Size, winograd.Height, winograd.Width, winograd.Tiles);
    }

    public static bool Fits(ContractionKernel kernel, bool float64)
        => kernel.Winograd is { } winograd && !float64
        && winograd.Image.Strides[3] == 1
        && (Winograd.Padded(winograd.Channels) == winograd.Channels || !kernel.Buffers[winograd.Image.Buffer].IsExact)
        && winograd.Epilogue.Accesses.All(a => a.IsAffine)
        && winograd.Epilogue.Code.All(c => c is not { Op: BodyOp.Scalar, Function: ScalarOp.Index })
        && (IsStoredAlone(winograd) || MapTemplate.Fits(EpilogueMap(kernel, winograd.Finished), float64));

    public void Print()
    {
        PrintDriver();
        writer.Line();
        var products = Products();
        new ContractionTemplate(writer, products, name + "_products", form.For(products), schedule).Print();
        if (IsStoredAlone(winograd)) return;
        foreach (var kind in tiles.Kinds)
        {
            writer.Line();
            new MapTemplate(writer, EpilogueMap(kernel, tiles.HasEdges ? (kind.Down, kind.Across) : winograd.Finished), Epilogue(kind), form).Print();
        }
    }

    /// <summary>Results that nothing is done with go straight to their place.</summary>
    private static bool IsStoredAlone(Winograd winograd)
        => !winograd.IsTransposed && winograd.TileOfSums == winograd.Outputs && winograd.Epilogue.IsIdentity && winograd.Epilogue.Accesses[winograd.Epilogue.Stores[0].Access].Strides[3] == 1;

    /// <summary>For each frequency, or for one where not all tiles have each, the tiles' pixels times the taps; rows of the call are images or tiles. What lies behind the last output is computed, too, and not read.</summary>
    private ContractionKernel Products() => new(
        new[] { default, default, new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) },
        new[] { Extent.Of(tiles.HasEdges ? 1 : Winograd.Frequencies), winograd.IsTransposed ? Extent.Rows : Extent.Of(1) },
        winograd.IsTransposed ? Extent.Of(winograd.InImage) : Extent.Rows, Extent.Of(winograd.TileOfSums), new[] { Extent.Of(winograd.Channels) }, Sharded: false,
        new Access(0, new[] { winograd.ImageStride, winograd.InImage * winograd.TileOfImage, winograd.TileOfImage, 0, 1 }),
        new Access(1, new[] { winograd.Filters.Strides[0], 0, 0, winograd.Filters.Strides[2], winograd.Filters.Strides[1] }),
        new KernelBody(new[] { new Access(2, new[] { winograd.SumStride, winograd.InImage * winograd.TileOfSums, winograd.TileOfSums, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) }));

    /// <summary>The epilogue over so many results, with a buffer for each of its accesses and the results behind them.</summary>
    private static MapKernel EpilogueMap(ContractionKernel kernel, (int Down, int Across) results)
    {
        var winograd = kernel.Winograd!;
        var epilogue = winograd.Epilogue;
        int last = epilogue.Accesses.Count;
        var accesses = epilogue.Accesses.Select((access, i) => access with { Buffer = i, Strides = access.Strides.Skip(1).ToEquatableArray() })
            .Append(new Access(last, new[] { winograd.Finished.Across * winograd.TileOfSums, winograd.TileOfSums, 1 }));
        var body = epilogue with
        {
            Accesses = accesses.ToEquatableArray(),
            Code = epilogue.Code.Select(c => c.Op == BodyOp.Accumulator ? new BodyInstruction(BodyOp.Load, A: last) : c).ToEquatableArray(),
        };
        return new MapKernel(epilogue.Accesses.Select(a => kernel.Buffers[a.Buffer]).Append(default).ToEquatableArray(),
            new[] { Extent.Of(results.Down), Extent.Of(results.Across), Extent.Of(winograd.Outputs) }, body);
    }

    private void PrintDriver()
    {
        string scratch = "b" + Literal.Of(winograd.Scratch);
        string filters = "b" + Literal.Of(winograd.Filters.Buffer);
        writer.Line($"// By Winograd's {winograd.Size.Name}: {tiles.Description(winograd.Tiles)}, 36 products for each pair of channels; {filters} holds the taps' 36 numbers.");
        if (winograd.IsTransposed) writer.Line("// Tiles are those of the image within its border, and add to the results that their taps reach.");
        int sums = Winograd.Frequencies * winograd.ImageStride, results = sums + (Winograd.Frequencies * winograd.SumStride);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        writer.Line($"ref {form.Element} pixels = ref {scratch}, sums = ref {Addressing.Element(scratch, Literal.Of(sums))}{(IsStoredAlone(winograd) ? "" : $", results = ref {Addressing.Element(scratch, Literal.Of(results))}")};");
        using var blocks = tiles.Blocks();
        foreach (var kind in tiles.Kinds)
        {
            using var each = tiles.Each(kind);
            string transform = winograd.IsTransposed ? "TransformGradient" + winograd.Size.Suffix : "TransformImage" + kind.Shape;
            writer.Line($"{WinogradTiles.Transforms(form, winograd.Channels)}.{transform}(ref {Place(winograd.Image)}, {Literal.Of(winograd.RowStride)}, {Literal.Of(winograd.ColumnStride)}, {Literal.Of(winograd.TileOfImage)}, "
                + $"ref {Addressing.Element("pixels", "tile * " + Literal.Of(winograd.TileOfImage))}, {Literal.Of(winograd.ImageStride)});");
        }
        tiles.Frequencies((frequency, from, count) => writer.Line(frequency.Length == 0
            ? $"{name}_products(ref pixels, ref {filters}, ref sums, {(winograd.IsTransposed ? $"{count} / {Literal.Of(winograd.InImage)}" : count)});"
            : $"{name}_products(ref {Of("pixels", winograd.ImageStride, winograd.TileOfImage)}, ref {Addressing.Element(filters, $"{frequency} * {Literal.Of(winograd.Filters.Strides[0])}")}, ref {Of("sums", winograd.SumStride, winograd.TileOfSums)}, {count});"));
        foreach (var kind in tiles.Kinds)
        {
            using var each = tiles.Each(kind, IsStoredAlone(winograd) ? 1 : winograd.TilesFinished);
            PrintResults(kind);
        }

        static string Of(string start, int stride, int tile) => Addressing.Element(start, $"frequency * {Literal.Of(stride)} + from * {Literal.Of(tile)}");
    }

    private string Epilogue(TileKind kind) => name + "_epilogue" + kind.Shape;

    private void PrintResults(TileKind kind)
    {
        string channels = Literal.Of(winograd.TileOfSums), transforms = WinogradTiles.Transforms(form, winograd.Outputs), transform = transforms + ".TransformResult" + winograd.Size.Suffix + kind.Shape;
        string From(string tile) => $"ref {Addressing.Element("sums", $"{tile} * {channels}")}, {Literal.Of(winograd.SumStride)}, {channels}";
        if (IsStoredAlone(winograd))
        {
            var access = winograd.Epilogue.Accesses[winograd.Epilogue.Stores[0].Access];
            writer.Line($"{transform}({From("tile")}, ref {Place(access)}, {Literal.Of(access.Strides[1])}, {Literal.Of(access.Strides[2])});");
            return;
        }
        string line = Literal.Of(winograd.Finished.Across * winograd.TileOfSums), each = $"for (nint t = 0; t < {Literal.Of(winograd.TilesFinished)}; t++)";
        var (down, across) = tiles.WithinImage("t");
        string place = winograd.TilesFinished == winograd.InImage ? $"{down} * {line} + {across} * {channels}" : $"{tiles.AlongLine("t")} * {channels}";
        if (winograd.IsTransposed)
        {
            writer.Line($"MemoryMarshal.CreateSpan(ref results, {Literal.Of(winograd.Finished.Down * winograd.Finished.Across * winograd.TileOfSums)}).Clear();");
            writer.Line($"{each} {transforms}.AddToImage({From("(tile + t)")}, ref {Addressing.Element("results", place)}, {line}, {channels});");
        }
        else if (winograd.TilesFinished == 1) writer.Line($"{transform}({From("tile")}, ref results, {line}, {channels});");
        else writer.Line($"{each} {transform}({From("(tile + t)")}, ref {Addressing.Element("results", place)}, {line}, {channels});");
        var (y, x) = tiles.First(winograd.TilesFinished);
        writer.Line($"{Epilogue(kind)}({string.Join(", ", winograd.Epilogue.Accesses.Select(a => "ref " + Place(a, y, x)))}, ref results, 1);");
    }

    private static string Place(Access access, string? y = "y", string? x = "x") => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, ["row", y, x, null]));
}
