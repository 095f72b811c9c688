using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>Contractions in all their ways, and the sums of parts.</summary>
internal sealed partial class PtxPrinter
{
    private const int WarpThreads = ContractionTile.WarpThreads;

    /// <summary>Fewer terms than this are not worth a part of their own.</summary>
    private const int LeastTermsOfPart = 16;

    private const int MostResultsOfThread = 64;
    private const int MostSingleElements = 24;
    private const int FloatsOfVector = 4;

    /// <summary>What tensor cores multiply has at least so many rows, columns and terms: they are as wide.</summary>
    private const int LeastOfMatrices = 16;

    /// <summary>Where the sums of parts lie: the kernel that writes them, the one that adds them up, and how far the parts lie apart.</summary>
    private sealed record PartialSums(ContractionKernel Parts, ReductionKernel Sum, int PartStride, long Elements, long ElementsPerRow);

    /// <summary>Whether the way takes the kernel.</summary>
    public static bool Takes(ContractionKernel kernel, ContractionWay way)
        => (way.Form != ContractionForm.Tile || (FitsTiles(kernel) && HasRegisters(kernel, way.Tile!))) && (way.Parts == 1 || HasParts(kernel, way.Form, way.Parts));

    /// <summary>Whether tensor cores would have enough to do.</summary>
    public static bool HasMatrices(ContractionKernel kernel)
    {
        var sides = ContractionSides.Of(kernel);
        return new[] { sides.M, sides.N, sides.K }.All(side => side.HasRows || side.Constant >= LeastOfMatrices);
    }

    /// <summary>Beside the results of the largest tile, and the operands of the deepest, a thread has no registers for the addresses of single elements.</summary>
    private static bool HasRegisters(ContractionKernel kernel, ContractionTile tile)
    {
        if (tile.Results < MostResultsOfThread && tile.Loaded <= MostSingleElements) return true;
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

    private static IReadOnlyList<PtxPlan> Plans(ContractionKernel kernel, bool float64, ContractionWay? forced, MatrixNumbers numbers = MatrixNumbers.None)
    {
        var ways = forced is not null && Takes(kernel, forced) ? [(0, forced)] : new ContractionCost(kernel, float64, numbers).Choose();
        return [.. ways.Select(chosen => Plan(kernel, float64, chosen.Item1, chosen.Item2))];
    }

    private static PtxPlan Plan(ContractionKernel kernel, bool float64, int fromRows, ContractionWay way)
    {
        if (way.Parts == 1) return new PtxPlan(fromRows, [EntryOf(kernel, way, partStride: 0)]);
        var sums = InParts(kernel, way.Parts);
        long bytes = float64 ? sizeof(double) : sizeof(float);
        var addition = PlainPlan(sums.Sum).Entries[0] with { Suffix = way.Suffix + "_sum", Kernel = sums.Sum };
        return new PtxPlan(fromRows, [EntryOf(sums.Parts, way, sums.PartStride) with { Kernel = sums.Parts }, addition], bytes * sums.Elements, bytes * sums.ElementsPerRow);
    }

    private static PtxEntryPlan EntryOf(ContractionKernel kernel, ContractionWay way, int partStride) => way.Form switch
    {
        ContractionForm.Tile => TileContraction.Plan(kernel, way, partStride),
        ContractionForm.Thread => OfThreads(kernel, way, partStride),
        _ => OfWarps(kernel, way),
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

    /// <summary>The axis along which results lie side by side, and so those of neighbouring threads.</summary>
    public static int InnermostResult(ContractionKernel kernel)
    {
        Extent[] axes = ResultAxes(kernel);
        return OutermostFirst(kernel, axes).Last(axis => !IsSingle(axes[axis]) || axes.All(IsSingle));
    }

    private static IEnumerable<int> OutermostFirst(ContractionKernel kernel, Extent[] axes)
    {
        var result = kernel.Epilogue.Accesses[kernel.Epilogue.Stores[0].Access];
        return Enumerable.Range(0, axes.Length).OrderByDescending(axis => axis == result.PanelAxis ? 1 : System.Math.Abs((long)result.Strides[axis]));
    }

    /// <summary>A thread a result, or a part of one. Threads that follow each other have results that do in memory.</summary>
    private static PtxEntryPlan OfThreads(ContractionKernel kernel, ContractionWay way, int partStride)
    {
        Extent[] axes = ResultAxes(kernel);
        int[] order = [.. OutermostFirst(kernel, axes)];
        Extent[] threads = [Extent.Of(way.Parts), .. order.Select(axis => axes[axis])];
        return EntryOf(way.Suffix, threads, printer => printer.PrintThread(kernel, order, threads, partStride));
    }

    private void PrintThread(ContractionKernel kernel, int[] order, Extent[] threads, int partStride)
    {
        string done = writer.Label("end");
        string[] found = ThreadIndices(threads, done), outside = new string[order.Length];
        for (int i = 0; i < order.Length; i++) outside[order[i]] = found[i + 1];
        int parts = threads[0].Constant;

        string sum = math.Variable(0);
        if (parts == 1)
        {
            AddTerms(kernel, outside, sum, []);
        }
        else
        {
            MoveToPart(found[0], partStride);
            string count = Count(kernel.K[0]);
            string share = writer.Quotient(writer.Emit(Integer64, "add.s64", count, PtxWriter.Number(parts - 1)), PtxWriter.Number(parts));
            string first = writer.Emit(Integer64, "mul.lo.s64", found[0], share);
            string end = writer.Emit(Integer64, "min.s64", writer.Emit(Integer64, "add.s64", first, share), count);
            using var loop = new PtxLoop(writer, end, first: first);
            AddTerms(kernel, outside, sum, [loop.Index]);
        }
        Finish(kernel.Epilogue, outside, sum);
        writer.Place(done);
    }

    private void AddTerms(ContractionKernel kernel, string[] outside, string sum, string[] first) => Nest(kernel.K, first, k =>
    {
        string[] indices = [.. outside, .. k];
        string left = Load(kernel.Left, indices);
        math.Accumulate(sum, left, Load(kernel.Right, indices));
    });

    /// <summary>The last buffer, where sums of parts go, from the part's place on.</summary>
    private void MoveToPart(string part, int partStride)
        => buffers[buffers.Length - 1] = writer.Emit(Integer64, "mad.lo.s64", part, PtxWriter.Number((long)partStride * BytesPerElement(buffers.Length - 1)), buffers[buffers.Length - 1]);

    /// <summary>A warp a result: each lane adds every 32nd term, and the lanes are added in pairs, so that the order depends on nothing else.</summary>
    private static PtxEntryPlan OfWarps(ContractionKernel kernel, ContractionWay way)
    {
        Extent[] threads = [.. ResultAxes(kernel), Extent.Of(WarpThreads)];
        return EntryOf(way.Suffix, threads, printer => printer.PrintWarp(kernel, threads));
    }

    private void PrintWarp(ContractionKernel kernel, Extent[] threads)
    {
        string done = writer.Label("end");
        string[] found = ThreadIndices(threads, done);
        string lane = found[found.Length - 1];
        string[] outside = [.. found.Take(found.Length - 1)];
        string sum = math.Variable(0);
        using (var loop = new PtxLoop(writer, Product(kernel.K), PtxWriter.Number(WarpThreads), lane))
        {
            string[] indices = [.. outside, .. Indices(loop.Index, kernel.K)];
            string left = Load(kernel.Left, indices);
            math.Accumulate(sum, left, Load(kernel.Right, indices));
        }
        sum = math.SumOfLanes(sum, WarpThreads);
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s64", lane, "0"), done);
        Finish(kernel.Epilogue, outside, sum);
        writer.Place(done);
    }

    /// <summary>The entry of threads along one axis.</summary>
    private static PtxEntryPlan EntryOf(string suffix, Extent[] threads, Action<PtxPrinter> print) => new(suffix, BlockThreads, [new PtxGridAxis(threads, BlockThreads)], print);
}
