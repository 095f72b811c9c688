using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>A register tile: rows × vectors of sums; of the last vector only <paramref name="Tail"/> lanes are columns of the result (0: all).</summary>
internal readonly record struct Tile(int Rows, int Vectors, int Tail)
{
    /// <summary>Whether it reads both operands from copies of their columns alone, and goes on with the sums in the result.</summary>
    public bool Packed { get; init; }

    public string Suffix => $"{Literal.Of(Rows)}x{Literal.Of(Vectors)}{(Tail > 0 ? "t" : "")}{(Packed ? "p" : "")}";

    /// <summary>The lanes that count in a vector of the tile, null for all.</summary>
    public string? TailOf(int vector) => Tail > 0 && vector == Vectors - 1 ? Literal.Of(Tail) : null;
}

/// <summary>
/// Which register tiles cover the output: the schedule's where the rows are not known, and for a few known rows, as the pixels along an image, those that divide them best.
/// </summary>
internal sealed class ContractionTiles
{
    /// <summary>Up to so many known rows are divided; more leave next to nothing over.</summary>
    private const int MostDividedRows = 64;

    /// <summary>Sums that hide the latency of multiply-adds: four cycles, two a cycle.</summary>
    private const int LeastSums = 8;

    private readonly int columns;
    private readonly int lanes;
    private readonly int panelWidth;
    private readonly int together;
    private readonly Dictionary<int, int> vectors;

    /// <param name="rows">The rows of the output, null where they are known at run time only.</param>
    /// <param name="panelWidth">Width of the panels that operands and results lie in, 0 for none. A tile lies within one panel or covers whole ones.</param>
    /// <param name="together">Vectors that no tile takes apart: those of a row of an image.</param>
    public ContractionTiles(CpuSchedule schedule, VectorForm form, int? rows, int columns, int panelWidth, int together = 1)
    {
        this.columns = columns;
        this.panelWidth = panelWidth;
        this.together = together;
        lanes = form.Lanes;
        vectors = rows is <= MostDividedRows and var known ? Dividing(known, CpuSchedule.MostSums(form.Bits)) : schedule.Tiles(form.Bits).ToDictionary(t => t.Rows, t => Fitting(t.Vectors));
        MainRows = vectors.Keys.Max();
    }

    public int MainRows { get; }

    /// <summary>Columns of a full tile with so many rows.</summary>
    public int ColumnsOf(int rows) => vectors[rows] * lanes;

    /// <summary>The number of full tiles side by side, and what is left of the columns, if anything.</summary>
    public (int Full, Tile? Remainder) Across(int rows)
    {
        int rest = columns % ColumnsOf(rows);
        return (columns / ColumnsOf(rows), rest == 0 ? null : new Tile(rows, (rest + lanes - 1) / lanes, rest % lanes));
    }

    public Tile Full(int rows) => new(rows, vectors[rows], 0);

    /// <summary>Heights of tiles, the main one first.</summary>
    public IEnumerable<int> Heights => vectors.Keys.OrderByDescending(r => r);

    /// <summary>The first tile for the rows that main tiles leave: the highest that fits.</summary>
    public int NextHeight(int rows) => Heights.First(r => r <= rows && r < MainRows);

    /// <summary>The heights of tiles for a known number of rows below MainRows.</summary>
    public IEnumerable<int> RestHeights(int rows)
    {
        for (int rest = rows; rest > 0;)
        {
            int height = NextHeight(rest);
            yield return height;
            rest -= height;
        }
    }

    /// <summary>
    /// The heights below the main one for a number of rows that is known at run time only, but for a factor of it, and whether more than one tile of a height may be needed. The pixels of images or the
    /// steps of sequences often leave nothing.
    /// </summary>
    public IEnumerable<(int Height, bool Repeats)> RestSteps(int factor)
    {
        List<int> rests = [.. Enumerable.Range(0, MainRows).Select(count => (int)((long)count * factor % MainRows)).Distinct()];
        foreach (int height in Heights.Skip(1))
        {
            int most = rests.Max(rest => rest / height);
            if (most == 0) continue;
            yield return (height, most > 1);
            rests = [.. rests.Select(rest => rest % height).Distinct()];
        }
    }

    /// <summary>
    /// Tiles of one height, and one for the rows that they leave, with the least cycles: a multiply-add takes half of one, and so does a load of an operand, while fewer
    /// than <see cref="LeastSums"/> multiply-adds wait for each other. Of equal ones the highest.
    /// </summary>
    private Dictionary<int, int> Dividing(int rows, int mostSums)
    {
        var widths = Enumerable.Range(1, Math.Min(rows, mostSums / together)).ToDictionary(height => height, height => Widest(height, mostSums));
        int Cost(int height) => widths[height].Cost;
        int best = widths.Keys.OrderBy(height => (rows / height * Cost(height)) + (rows % height == 0 ? 0 : Cost(rows % height))).ThenByDescending(height => height).First();
        int rest = rows % best;
        return (rest == 0 ? [best] : new[] { best, rest }).ToDictionary(height => height, height => widths[height].Vectors);
    }

    /// <summary>The vectors of a tile of that height which cover all columns at the least cost, in half cycles a term.</summary>
    private (int Vectors, int Cost) Widest(int height, int mostSums)
    {
        int all = (columns + lanes - 1) / lanes;
        int Cycles(int across) => across == 0 ? 0 : 1 + Math.Max(LeastSums, Math.Max(height * across, height + across));
        return Enumerable.Range(1, Math.Max(1, Math.Min(LeastSums, Math.Min(all, mostSums / height)))).Select(Fitting).Distinct()
            .Select(across => (Vectors: across, Cost: (all / across * Cycles(across)) + Cycles(all % across))).OrderBy(t => t.Cost).ThenByDescending(t => t.Vectors).First();
    }

    public static bool Fits(VectorForm form, int panelWidth) => panelWidth == 0 || panelWidth % form.Lanes == 0;

    private int Fitting(int vectors)
    {
        int fitting = Math.Max(together, vectors - (vectors % together));
        while (panelWidth > 0 && panelWidth % (fitting * lanes) != 0 && fitting * lanes % panelWidth != 0) fitting--;
        return fitting;
    }
}
