using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>
/// What a contraction takes in each way, in clocks of a multiprocessor, and so the way to take by the rows. A time is the larger of two: the work of all
/// blocks, shared by the multiprocessors, and the steps that a block takes one after the other, each waiting for memory. Few blocks with long sums wait, so they are divided into parts, at the price
/// of a second entry and a walk through memory. Latencies and overheads are those that times of kernels on an H200 showed, rounded; the shares of the
/// arithmetic are expectations, and tensor cores reach less (docs/cuda.md).
/// </summary>
internal sealed class ContractionCost
{
    /// <summary>Of the devices that the choice is for (H100, H200); others choose as they would.</summary>
    private const int Multiprocessors = 132;

    /// <summary>Multiply-adds that a multiprocessor begins in a clock: its threads', and its tensor cores' by mma.sync.</summary>
    private const double MultiplyAddsPerClock = 128, OfTf32PerClock = 1024, OfBFloat16PerClock = 2048;

    /// <summary>Sectors of 32 bytes that a multiprocessor gets from the caches in a clock: each term of threads or warps that add alone is loaded.</summary>
    private const double SectorsPerClock = 2;

    /// <summary>A step of a lone block of tiles: its next operands come while the current ones are multiplied, and it waits for the rest of the latency and at its barrier; each term adds a little.</summary>
    private const double StepLatency = 900, TermOfStep = 20;

    /// <summary>A term's load from a cache, several of which are under way at once.</summary>
    private const double TermLatency = 80;

    /// <summary>Beginning and end of a block of tiles: addresses, first operands, epilogue.</summary>
    private const double TileOverhead = 3000;

    private const double LoneOverhead = 1500;

    /// <summary>A second entry in a graph of launches.</summary>
    private const double SecondEntry = 4000;

    /// <summary>A part's sum in the second entry, several of which are under way at once.</summary>
    private const double PartLatency = 30;

    /// <summary>Sums of parts that a multiprocessor writes and reads again in a clock.</summary>
    private const double PartialSumsPerClock = 1.6;

    /// <summary>
    /// The tiles of each precision with the share of the multiply-adds that they reach (the larger a thread's part, the fewer loads from shared memory each takes) and the blocks that a multiprocessor
    /// holds at once. The large one is for large results; 64 × 64 and 32 × 64 give small ones enough blocks; the narrow ones are for results of up to 16 columns or rows.
    /// </summary>
    private static readonly (ContractionTile Tile, bool Float64, double Share, int Resident)[] Tiles =
    [
        (new(128, 128, 8, 8, 8), false, 0.85, 2),
        (new(64, 64, 8, 8, 4), false, 0.7, 6),
        (new(32, 64, 32, 4, 4), false, 0.55, 4),
        (new(128, 16, 16, 4, 4), false, 0.5, 8),
        (new(16, 128, 16, 4, 4), false, 0.5, 8),
        (new(64, 64, 8, 4, 4), true, 0.35, 4),
        (new(32, 64, 8, 4, 4), true, 0.3, 8),
        (new(64, 16, 16, 4, 2), true, 0.25, 8),
    ];

    /// <summary>
    /// The same of tensor cores, whose operands' way through shared memory bounds them. The deep one is for operands that are loaded 16 bytes at a time; with 32 rows or columns the tiles are for few
    /// channels.
    /// </summary>
    private static readonly (int Rows, int Columns, int Depth, int WarpRows, int WarpColumns, double Tf32Share, double BFloat16Share, int Resident)[] MatrixTiles =
    [
        (128, 128, 16, 64, 32, 0.5, 0.3, 2),
        (64, 64, 32, 32, 32, 0.35, 0.2, 4),
        (64, 64, 16, 32, 32, 0.3, 0.15, 4),
        (128, 32, 16, 32, 32, 0.25, 0.15, 4),
        (32, 128, 16, 32, 32, 0.25, 0.15, 4),
    ];

    /// <summary>The most are for images' gradients by few taps, which have a tile or two.</summary>
    private static readonly int[] PartCounts = [1, 2, 4, 8, 16, 32, 64, 128, 256];

    /// <summary>Threads with more parts add a few terms each, and every further way is more text for the driver to compile.</summary>
    private const int MostPartsOfThreads = 64;

    private readonly ContractionSides sides;
    private readonly LoneLoads loads;
    private readonly List<ContractionWay> ways;
    private readonly Dictionary<ContractionTile, (double PerClock, int Resident)> rates;

    /// <param name="numbers">What tensor cores may round operands to.</param>
    public ContractionCost(ContractionKernel kernel, bool float64, MatrixNumbers numbers = MatrixNumbers.None)
    {
        sides = ContractionSides.Of(kernel);
        loads = LoneLoads.Of(kernel, sides);
        var tiles = Rates(float64, PtxPrinter.HasMatrices(kernel) ? numbers : MatrixNumbers.None).ToList();
        rates = tiles.ToDictionary(rate => rate.Tile, rate => (rate.PerClock, rate.Resident));
        ways = [.. WaysFor(kernel, tiles.Select(rate => rate.Tile))];
    }

    /// <summary>The tiles of threads.</summary>
    public static IEnumerable<ContractionTile> TilesFor(bool float64) => Rates(float64, MatrixNumbers.None).Select(rate => rate.Tile);

    /// <summary>The tiles of tensor cores.</summary>
    public static IEnumerable<ContractionTile> TilesFor(MatrixNumbers numbers) => Rates(float64: false, numbers).Select(rate => rate.Tile).Where(tile => tile.IsForTensorCores);

    /// <summary>The tiles with the multiply-adds of a clock, and the blocks that a multiprocessor holds. Of two that cost the same the first is taken: tensor cores, where they are asked for.</summary>
    private static IEnumerable<(ContractionTile Tile, double PerClock, int Resident)> Rates(bool float64, MatrixNumbers numbers)
    {
        bool isTf32 = numbers == MatrixNumbers.Tf32;
        foreach (var (rows, columns, depth, warpRows, warpColumns, tf32Share, bfloat16Share, resident) in numbers == MatrixNumbers.None ? [] : MatrixTiles)
            yield return (new(rows, columns, depth, warpRows, warpColumns, numbers), isTf32 ? OfTf32PerClock * tf32Share : OfBFloat16PerClock * bfloat16Share, resident);
        foreach (var (tile, isFloat64, share, resident) in Tiles)
            if (isFloat64 == float64) yield return (tile, MultiplyAddsPerClock * share, resident);
    }

    /// <summary>The cheapest ways, each with the rows from which it is that. Powers of two are compared: between them nothing changes much.</summary>
    public List<(int FromRows, ContractionWay Way)> Choose()
    {
        var chosen = new List<(int FromRows, ContractionWay Way)>();
        bool growsWithRows = sides.ResultHasRows || sides.K.HasRows;
        for (int rows = 1; rows <= (growsWithRows ? 1 << 16 : 1); rows *= 2)
        {
            var best = Cheapest(rows);
            // What is up to two fifths dearer stays: every other way is more text for the driver to compile.
            if (chosen.Count > 0 && Clocks(chosen[chosen.Count - 1].Way, rows) <= 1.4 * Clocks(best, rows)) continue;
            chosen.Add((chosen.Count == 0 ? 0 : rows, best));
        }
        return chosen;
    }

    private ContractionWay Cheapest(int rows) => ways.Select(way => (Way: way, Clocks: Clocks(way, rows))).Aggregate((best, next) => next.Clocks < best.Clocks ? next : best).Way;

    private static IEnumerable<ContractionWay> WaysFor(ContractionKernel kernel, IEnumerable<ContractionTile> tiles)
    {
        var all = PartCounts.Where(parts => parts <= MostPartsOfThreads).Select(parts => new ContractionWay(ContractionForm.Thread, Parts: parts))
            .Concat(tiles.SelectMany(tile => PartCounts.Select(parts => new ContractionWay(ContractionForm.Tile, tile, parts))));
        if (PtxPrinter.ReadsSideBySide(kernel)) all = all.Append(new(ContractionForm.Warp));
        return all.Where(way => PtxPrinter.Takes(kernel, way));
    }

    private double Clocks(ContractionWay way, int rows)
    {
        double results = sides.Results(rows), terms = sides.K.Count(rows);
        double parts = way.Parts > 1 ? SecondEntry + Math.Max(way.Parts * results / PartialSumsPerClock / Multiprocessors, way.Parts * PartLatency) : 0;
        double Lone(int sectors) => results * terms / ContractionTile.WarpThreads * sectors / SectorsPerClock / Multiprocessors;
        return parts + way.Form switch
        {
            ContractionForm.Thread => LoneOverhead + Math.Max(Lone(loads.OfThreads), terms / way.Parts * TermLatency),
            ContractionForm.Warp => LoneOverhead + Math.Max(Lone(loads.OfWarp), terms / ContractionTile.WarpThreads * TermLatency),
            _ => TileClocks(way, rows),
        };
    }

    private double TileClocks(ContractionWay way, int rows)
    {
        var tile = way.Tile!;
        var (perClock, resident) = rates[tile];
        double blocks = sides.Batch.Count(rows) * Tiled(sides.M.Count(rows), tile.Rows) * Tiled(sides.N.Count(rows), tile.Columns) * way.Parts;
        double steps = Math.Ceiling(Tiled(sides.K.Count(rows), tile.Depth) / way.Parts);
        double work = steps * tile.Rows * tile.Columns * tile.Depth / perClock;
        double waves = Math.Ceiling(blocks / (Multiprocessors * resident));
        return (waves * TileOverhead) + Math.Max(Math.Ceiling(blocks / Multiprocessors) * work, waves * steps * (StepLatency + (tile.Depth * TermOfStep)));
    }

    private static double Tiled(long count, int tile) => Math.Ceiling((double)count / tile);
}
