using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// Reductions and moments by several threads a result: columns (<see cref="PtxColumns"/>) where results lie side by side in what is read, else lanes
/// (<see cref="PtxLanes"/>) along what is reduced. Where a batch has many rows and there are few results, parts of what is reduced are blocks of their own, which
/// leave what they have in the workspace; a second entry joins the parts. What is added to what depends on the number of rows alone.
/// </summary>
internal sealed class ReductionTemplate
{
    /// <summary>Fewer elements in a column are added by one thread: that of the result beside it loads what lies beside.</summary>
    private const int FewestInColumn = 16;

    /// <summary>Fewer elements side by side are added by one thread.</summary>
    private const int FewestInRow = 4;

    /// <summary>Blocks that give each multiprocessor of a large GPU one, and several. Parts are made up to there.</summary>
    private const int SomeBlocks = 128, ManyBlocks = 1024;

    /// <summary>The most parts of either kind: their joining takes a warp's time for each.</summary>
    private const int MostOfSome = 16, MostOfMany = 256;

    /// <summary>Elements of a thread from which a second entry costs less than they do, and those that each of many parts leaves to a thread.</summary>
    private const int LongThread = 32, ThreadOfPart = 16;

    /// <summary>Batches of more rows take what is made for fewer: many parts are for images, of which a row has many elements.</summary>
    private const int MostRows = 8192;

    /// <summary>Numbers of elements, and of those a step beyond the last one, fit 32 bits.</summary>
    private const long MostElements = int.MaxValue - 65536;

    private readonly PtxReduction reduction;
    private readonly int threads;

    private ReductionTemplate(PtxReduction reduction)
    {
        this.reduction = reduction;
        threads = reduction.IsByColumns ? PtxColumns.Rows(reduction.Kept[reduction.Kept.Count - 1].Constant) : reduction.IsOverRows ? PtxLanes.BlockLanes : PtxLanes.For(reduction.PerRow);
    }

    public static bool Fits(PtxReduction reduction) => reduction.IsOverRows
        ? !reduction.Kept.Any(axis => axis.TimesRows) && reduction.PerRow <= MostElements
        : reduction.PerRow >= (reduction.IsByColumns ? FewestInColumn : FewestInRow) && reduction.PerRow <= MostElements;

    /// <summary>In the order of their rows: one pass, a few parts, many parts, and the plain loop where numbers of elements have more than 32 bits.</summary>
    public static IReadOnlyList<PtxPlan> Plans(PtxReduction reduction) => [.. new ReductionTemplate(reduction).Plans()];

    private IEnumerable<PtxPlan> Plans()
    {
        int some = Parts(SomeBlocks, MostOfSome), many = Parts(ManyBlocks, MostOfMany);
        long fromSome = (long)LongThread * threads, fromMany = (long)ThreadOfPart * threads * many;
        if (!reduction.IsOverRows)
        {
            yield return Plan(0, reduction.PerRow >= fromMany ? many : reduction.PerRow >= fromSome ? some : 1, "");
            yield break;
        }
        yield return Plan(0, 1, "");
        if (some > 1) yield return Plan(RowsOf(fromSome), some, "_some");
        if (many > some && RowsOf(fromMany) is var rows && rows > RowsOf(fromSome) && rows <= MostRows) yield return Plan(rows, many, "_many");
        if (reduction.PerRow > 1) yield return reduction.Plain with { FromRows = RowsOf(MostElements), Entries = [.. reduction.Plain.Entries.Select(entry => entry with { Suffix = "_plain" })] };
    }

    /// <summary>How many parts, a power of two, make so many blocks. Of rows there are enough results for blocks without them.</summary>
    private int Parts(long blocks, int most)
    {
        if (reduction.Kept.Any(axis => axis.TimesRows)) return 1;
        long ofResults = Grid(threads).Aggregate(1L, (product, axis) => product * axis.Tiles(rows: 1));
        int parts = 1;
        while (parts < most && 2 * parts * ofResults <= blocks) parts *= 2;
        return parts;
    }

    private int RowsOf(long elements) => (int)((elements + reduction.PerRow - 1) / reduction.PerRow);

    private PtxPlan Plan(int fromRows, int parts, string suffix)
    {
        if (parts == 1) return new PtxPlan(fromRows, [Entry(suffix, threads, Grid(threads), 1, joins: false)]);
        int joining = reduction.IsByColumns ? threads : PtxLanes.For(parts);
        long results = reduction.Kept.Aggregate(1L, (product, axis) => product * axis.Constant);
        PtxGridAxis ofParts = new(new[] { Extent.Of(parts) }, 1);
        PtxEntryPlan[] entries = [Entry(suffix, threads, [.. Grid(threads), ofParts], parts, joins: false), Entry(suffix + "_joined", joining, Grid(joining), parts, joins: true)];
        return new PtxPlan(fromRows, entries, results * parts * reduction.Numbers * (reduction.Float64 ? 8 : 4));
    }

    private PtxEntryPlan Entry(string suffix, int ofResult, PtxGridAxis[] grid, int parts, bool joins)
        => new(suffix, reduction.IsByColumns ? PtxColumns.BlockThreads : PtxLanes.Threads(ofResult), grid, printer =>
        {
            var entry = new ReductionEntry(printer, reduction, ofResult, parts, joins);
            if (joins) entry.PrintParts();
            else entry.PrintElements();
        });

    private PtxGridAxis[] Grid(int ofResult)
    {
        if (!reduction.IsByColumns) return [new PtxGridAxis(reduction.Kept, PtxLanes.RowsOfBlock(ofResult))];
        var last = reduction.Kept[reduction.Kept.Count - 1];
        return [new PtxGridAxis(reduction.Kept.Take(reduction.Kept.Count - 1).ToEquatableArray(), 1), new PtxGridAxis(new[] { last }, PtxColumns.Width(last.Constant))];
    }
}
