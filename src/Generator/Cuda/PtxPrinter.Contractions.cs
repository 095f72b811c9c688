using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>Contractions in all their ways, and the sums of parts.</summary>
internal sealed partial class PtxPrinter
{
    private const int WarpThreads = 32;

    /// <summary>Fewer terms than this are not worth a part of their own.</summary>
    private const int LeastTermsOfPart = 16;

    private const int MostResultsOfThread = 64;
    private const int FloatsOfVector = 4;

    private readonly record struct PrintedEntry(string Text, PtxEntry Entry, EquatableArray<string> Declarations);

    /// <summary>Where the sums of parts lie: the kernel that writes them, the one that adds them up, and how far the parts lie apart.</summary>
    private sealed record PartialSums(ContractionKernel Parts, ReductionKernel Sum, int PartStride, long Elements, long ElementsPerRow);

    /// <summary>Whether the way takes the kernel.</summary>
    public static bool Takes(ContractionKernel kernel, ContractionWay way)
        => (way.Form != ContractionForm.Tile || (FitsTiles(kernel) && HasRegisters(kernel, way.Tile!))) && (way.Parts == 1 || HasParts(kernel, way.Form, way.Parts));

    /// <summary>Beside the results of the largest tile a thread has no registers for the addresses of single elements.</summary>
    private static bool HasRegisters(ContractionKernel kernel, ContractionTile tile)
    {
        if (tile.ThreadRows * tile.ThreadColumns < MostResultsOfThread) return true;
        var sides = ContractionSides.Of(kernel);
        bool IsLoadedByVectors(Access access, ContractionSide side) => sides.HasVectors(access, side, FloatsOfVector) || sides.HasVectorsOfTerms(access, side, FloatsOfVector);
        return IsLoadedByVectors(kernel.Left, sides.M) && IsLoadedByVectors(kernel.Right, sides.N);
    }

    /// <summary>
    /// Whether sums may be divided into so many parts: of all terms in a tile, of the first axis of K for a thread. The results, but for the rows, which lie outermost, have places that are known now.
    /// </summary>
    public static bool HasParts(ContractionKernel kernel, ContractionForm form, int parts)
    {
        var sides = ContractionSides.Of(kernel);
        var axes = ResultAxes(kernel).SkipWhile(IsSingle).ToList();
        return form != ContractionForm.Warp && sides.K.Extents.Count > 0
            && (sides.K.HasRows || (form == ContractionForm.Tile ? sides.K.Constant : sides.K.Extents[0].Constant) >= (long)LeastTermsOfPart * parts)
            && axes.Skip(1).All(axis => !axis.TimesRows) && parts * axes.Aggregate(1L, (product, axis) => product * axis.Constant) <= int.MaxValue;
    }

    /// <summary>Whether neighbouring terms of a long sum lie side by side, so that the lanes of a warp read them together.</summary>
    public static bool ReadsSideBySide(ContractionKernel kernel)
    {
        var k = ContractionSides.Of(kernel).K;
        if (k.Constant < 2 * WarpThreads) return false;
        int last = k.Axes[k.Axes.Count - 1];
        return new[] { kernel.Left, kernel.Right }.Any(access => access.Id is null && access.PanelAxis != last && access.Strides[last] == 1);
    }

    private static (List<string> Texts, PtxKernel Kernel, List<string> Declarations) Print(ContractionKernel kernel, int number, string name, bool float64, ContractionWay? forced)
    {
        var ways = forced is not null && Takes(kernel, forced) ? [(0, forced)] : new ContractionCost(kernel, float64).Choose();
        var printed = new Dictionary<ContractionWay, List<PrintedEntry>>();
        var variants = new List<PtxVariant>();
        foreach (var (fromRows, way) in ways)
        {
            var sums = way.Parts > 1 ? InParts(kernel, way.Parts) : null;
            if (!printed.TryGetValue(way, out var entries))
            {
                entries = [PrintEntry(sums?.Parts ?? kernel, name + way.Suffix, float64, way, sums?.PartStride ?? 0)];
                if (sums is not null) entries.Add(PrintPlain(sums.Sum, PlainEntry.Of(sums.Sum).Single(), name + way.Suffix + "_sum", float64));
                printed.Add(way, entries);
            }
            long bytes = float64 ? sizeof(double) : sizeof(float);
            variants.Add(new PtxVariant(fromRows, entries.Select(e => e.Entry).ToEquatableArray(), bytes * (sums?.Elements ?? 0), bytes * (sums?.ElementsPerRow ?? 0)));
        }
        var all = printed.Values.SelectMany(entries => entries).ToList();
        return ([.. all.Select(e => e.Text)], new PtxKernel(number, kernel.Buffers.Count, Draws: false, variants.ToEquatableArray()), [.. all.SelectMany(e => e.Declarations)]);
    }

    private static PrintedEntry PrintEntry(ContractionKernel kernel, string name, bool float64, ContractionWay way, int partStride) => way.Form switch
    {
        ContractionForm.Tile => TileContraction.Print(kernel, name, float64, way.Tile!, way.Parts, partStride),
        ContractionForm.Thread => PrintThreads(kernel, name, float64, way.Parts, partStride),
        _ => PrintWarps(kernel, name, float64),
    };

    private static Extent[] ResultAxes(ContractionKernel kernel) => [.. kernel.Outer, kernel.M, kernel.N];

    /// <summary>
    /// The parts' sums lie behind each other, those of a row behind the row: the workspace is one more buffer, and what adds them up is a reduction with the contraction's epilogue.
    /// </summary>
    private static PartialSums InParts(ContractionKernel kernel, int parts)
    {
        Extent[] axes = ResultAxes(kernel);
        int rows = Array.FindIndex(axes, axis => axis.TimesRows), inner = 1;
        int[] strides = new int[axes.Length];
        for (int axis = axes.Length - 1; axis > rows; inner *= axes[axis--].Constant) strides[axis] = inner;
        if (rows >= 0) strides[rows] = inner * parts;
        int workspace = kernel.Buffers.Count;
        var buffers = kernel.Buffers.Append(new KernelBuffer(false, false, true)).ToEquatableArray();
        var source = new KernelBody(new[] { new Access(workspace, strides.Append(inner).ToEquatableArray()) }, new[] { new BodyInstruction(BodyOp.Load, A: 0) }, EquatableArray<BodyStore>.Empty);
        var store = new KernelBody(new[] { new Access(workspace, strides) }, new[] { new BodyInstruction(BodyOp.Accumulator) }, new[] { new BodyStore(0, 0) });
        long elements = (long)inner * parts;
        return new(
            kernel with { Buffers = buffers, Epilogue = store },
            new ReductionKernel(buffers, axes, new[] { Extent.Of(parts) }, ReduceKind.Sum, Sharded: false, source, kernel.Epilogue),
            inner, rows < 0 ? elements : 0, rows < 0 ? 0 : elements * axes[rows].Constant);
    }

    /// <summary>A thread a result, or a part of one. Threads that follow each other have results that do in memory.</summary>
    private static PrintedEntry PrintThreads(ContractionKernel kernel, string name, bool float64, int parts, int partStride)
    {
        var printer = new PtxPrinter(kernel, float64);
        Extent[] axes = ResultAxes(kernel);
        var result = kernel.Epilogue.Accesses[kernel.Epilogue.Stores[0].Access];
        int[] order = [.. Enumerable.Range(0, axes.Length).OrderByDescending(axis => axis == result.PanelAxis ? 1 : Math.Abs((long)result.Strides[axis]))];
        Extent[] threads = [Extent.Of(parts), .. order.Select(axis => axes[axis])];
        string[] found = printer.ThreadIndices(threads, out string done), outside = new string[axes.Length];
        for (int i = 0; i < order.Length; i++) outside[order[i]] = found[i + 1];

        string sum = printer.math.Variable(0);
        if (parts == 1)
        {
            printer.AddTerms(kernel, outside, sum, []);
        }
        else
        {
            printer.MoveToPart(found[0], partStride);
            var writer = printer.writer;
            string count = printer.Count(kernel.K[0]);
            string share = writer.Emit(Integer64, "div.s64", writer.Emit(Integer64, "add.s64", count, PtxWriter.Number(parts - 1)), PtxWriter.Number(parts));
            string first = writer.Emit(Integer64, "mul.lo.s64", found[0], share);
            string end = writer.Emit(Integer64, "min.s64", writer.Emit(Integer64, "add.s64", first, share), count);
            using var loop = new PtxLoop(writer, end, first: first);
            printer.AddTerms(kernel, outside, sum, [loop.Index]);
        }
        printer.Finish(kernel.Epilogue, outside, sum);
        printer.writer.Place(done);
        return printer.Entry(name, threads, BlockThreads);
    }

    private void AddTerms(ContractionKernel kernel, string[] outside, string sum, string[] first) => Nest(kernel.K, first, k =>
    {
        string[] indices = [.. outside, .. k];
        string left = Load(kernel.Left, indices);
        math.Accumulate(sum, left, Load(kernel.Right, indices));
    });

    /// <summary>The last buffer, where sums of parts go, from the part's place on.</summary>
    private void MoveToPart(string part, int partStride)
        => buffers[buffers.Length - 1] = writer.Emit(Integer64, "mad.lo.s64", part, PtxWriter.Number((long)partStride * ElementBytes(buffers.Length - 1)), buffers[buffers.Length - 1]);

    /// <summary>A warp a result: each lane adds every 32nd term, and the lanes are added in pairs, so that the order depends on nothing else.</summary>
    private static PrintedEntry PrintWarps(ContractionKernel kernel, string name, bool float64)
    {
        var printer = new PtxPrinter(kernel, float64);
        var writer = printer.writer;
        Extent[] threads = [.. ResultAxes(kernel), Extent.Of(WarpThreads)];
        string[] found = printer.ThreadIndices(threads, out string done);
        string lane = found[found.Length - 1];
        string[] outside = [.. found.Take(found.Length - 1)];
        string sum = printer.math.Variable(0);
        using (var loop = new PtxLoop(writer, printer.Product(kernel.K), PtxWriter.Number(WarpThreads), lane))
        {
            string[] indices = [.. outside, .. printer.TakenApart(loop.Index, kernel.K)];
            string left = printer.Load(kernel.Left, indices);
            printer.math.Accumulate(sum, left, printer.Load(kernel.Right, indices));
        }
        for (int distance = WarpThreads / 2; distance > 0; distance /= 2) sum = printer.math.Add(sum, printer.math.FromLane(sum, distance));
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s64", lane, "0"), done);
        printer.Finish(kernel.Epilogue, outside, sum);
        printer.writer.Place(done);
        return printer.Entry(name, threads, BlockThreads);
    }

    /// <summary>The entry of threads along one axis.</summary>
    private PrintedEntry Entry(string name, Extent[] elements, int ofBlock)
        => new(writer.Entry(name, parameters), new PtxEntry(name, BlockThreads, 0, new[] { new PtxGridAxis(elements, ofBlock) }), writer.Declarations.ToEquatableArray());
}
