using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>
/// Convolutions with 3 × 3 taps by Winograd's F(4×4, 3×3): some tiles at a time their pixels are transformed into 36 numbers per channel, multiplied with the taps' 36 by a
/// contraction each, and what comes out is turned into 4 × 4 results. Tiles are taken from one image after the other: see <see cref="WinogradTiles"/>.
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
        tiles = new WinogradTiles(writer, winograd.Height, winograd.Width, winograd.Tiles);
    }

    public static bool Fits(ContractionKernel kernel, bool float64)
        => kernel.Winograd is { } winograd && !float64
        && winograd.Image.Strides[3] == 1
        && winograd.Epilogue.Accesses.All(a => a.IsAffine)
        && winograd.Epilogue.Code.All(c => c is not { Op: BodyOp.Scalar, Function: ScalarOp.Index })
        && (IsStoredAlone(winograd) || MapTemplate.Fits(EpilogueMap(kernel, Winograd.Side, Winograd.Side), float64));

    public void Print()
    {
        PrintDriver();
        writer.Line();
        new ContractionTemplate(writer, Products(), name + "_products", form, schedule).Print();
        if (IsStoredAlone(winograd)) return;
        foreach (var kind in tiles.Kinds)
        {
            writer.Line();
            new MapTemplate(writer, EpilogueMap(kernel, kind.Down, kind.Across), name + "_epilogue" + kind.Suffix, form).Print();
        }
    }

    /// <summary>Results that nothing is done with go straight to their place.</summary>
    private static bool IsStoredAlone(Winograd winograd) => winograd.Epilogue.IsIdentity && winograd.Epilogue.Accesses[winograd.Epilogue.Stores[0].Access].Strides[3] == 1;

    /// <summary>For each frequency, or for one where not all tiles have each, the tiles' pixels times the taps.</summary>
    private ContractionKernel Products() => new(
        new[] { default, default, new KernelBuffer(IsInteger: false, IsExact: false, IsWritten: true) },
        new[] { Extent.Of(tiles.HasEdges ? 1 : Winograd.Frequencies) }, Extent.Rows, Extent.Of(winograd.Outputs), new[] { Extent.Of(winograd.Channels) }, Sharded: false,
        new Access(0, new[] { winograd.ImageStride, winograd.Channels, 0, 1 }),
        new Access(1, new[] { winograd.Filters.Strides[0], 0, winograd.Filters.Strides[2], winograd.Filters.Strides[1] }),
        new KernelBody(new[] { new Access(2, new[] { winograd.SumStride, winograd.Outputs, 1 }) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) }));

    /// <summary>The epilogue over the results of a tile, with a buffer for each of its accesses and the results behind them.</summary>
    private static MapKernel EpilogueMap(ContractionKernel kernel, int down, int across)
    {
        var winograd = kernel.Winograd!;
        var epilogue = winograd.Epilogue;
        int results = epilogue.Accesses.Count;
        var accesses = epilogue.Accesses.Select((access, i) => access with { Buffer = i, Strides = access.Strides.Skip(1).ToEquatableArray() })
            .Append(new Access(results, new[] { Winograd.Side * winograd.Outputs, winograd.Outputs, 1 }));
        var body = epilogue with
        {
            Accesses = accesses.ToEquatableArray(),
            Code = epilogue.Code.Select(c => c.Op == BodyOp.Accumulator ? new BodyInstruction(BodyOp.Load, A: results) : c).ToEquatableArray(),
        };
        return new MapKernel(epilogue.Accesses.Select(a => kernel.Buffers[a.Buffer]).Append(default).ToEquatableArray(),
            new[] { Extent.Of(down), Extent.Of(across), Extent.Of(winograd.Outputs) }, body);
    }

    private void PrintDriver()
    {
        string scratch = "b" + Literal.Of(winograd.Scratch);
        int sums = Winograd.Frequencies * winograd.ImageStride, results = sums + (Winograd.Frequencies * winograd.SumStride);
        writer.Line("[MethodImpl(MethodImplOptions.AggressiveOptimization)]");
        using var method = writer.Block($"internal static void {name}({Signature.Parameters(kernel, new CpuOptions(form.Float64, false))})");
        writer.Line($"ref {form.Element} pixels = ref {scratch}, sums = ref {Addressing.Element(scratch, Literal.Of(sums))}{(IsStoredAlone(winograd) ? "" : $", results = ref {Addressing.Element(scratch, Literal.Of(results))}")};");
        using var blocks = tiles.Blocks();
        foreach (var kind in tiles.Kinds)
        {
            using var each = tiles.Each(kind);
            writer.Line($"{Transforms}.TransformImage{kind.Suffix}(ref {Place(winograd.Image)}, {Literal.Of(winograd.RowStride)}, {Literal.Of(winograd.ColumnStride)}, {Literal.Of(winograd.Channels)}, "
                + $"ref {Addressing.Element("pixels", "tile * " + Literal.Of(winograd.Channels))}, {Literal.Of(winograd.ImageStride)});");
        }
        string filters = "b" + Literal.Of(winograd.Filters.Buffer);
        tiles.Frequencies((frequency, from, count) => writer.Line(frequency.Length == 0
            ? $"{name}_products(ref pixels, ref {filters}, ref sums, {count});"
            : $"{name}_products(ref {Of("pixels", winograd.ImageStride, winograd.Channels)}, ref {Addressing.Element(filters, $"{frequency} * {Literal.Of(winograd.Filters.Strides[0])}")}, ref {Of("sums", winograd.SumStride, winograd.Outputs)}, {count});"));
        foreach (var kind in tiles.Kinds)
        {
            using var each = tiles.Each(kind);
            PrintResults(kind);
        }

        static string Of(string start, int stride, int tile) => Addressing.Element(start, $"frequency * {Literal.Of(stride)} + from * {Literal.Of(tile)}");
    }

    private string Transforms => "WinogradVector" + Literal.Of(form.Bits);

    private void PrintResults(TileKind kind)
    {
        string from = $"ref {Addressing.Element("sums", "tile * " + Literal.Of(winograd.Outputs))}, {Literal.Of(winograd.SumStride)}, {Literal.Of(winograd.Outputs)}";
        if (IsStoredAlone(winograd))
        {
            var access = winograd.Epilogue.Accesses[winograd.Epilogue.Stores[0].Access];
            writer.Line($"{Transforms}.TransformResult{kind.Suffix}({from}, ref {Place(access)}, {Literal.Of(access.Strides[1])}, {Literal.Of(access.Strides[2])});");
            return;
        }
        writer.Line($"{Transforms}.TransformResult{kind.Suffix}({from}, ref results, {Literal.Of(Winograd.Side * winograd.Outputs)}, {Literal.Of(winograd.Outputs)});");
        writer.Line($"{name}_epilogue{kind.Suffix}({string.Join(", ", winograd.Epilogue.Accesses.Select(a => "ref " + Place(a)))}, ref results, 1);");
    }

    private static string Place(Access access) => Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, ["row", "y", "x", null]));
}
