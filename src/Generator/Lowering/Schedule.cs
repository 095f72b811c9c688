using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// The choices that no result depends on but its speed, as data with their reasons; printed in the generated header. Constants describe the machines
/// that networks run on, never the one that builds.
/// </summary>
/// <param name="ShardRows">
/// The rows that go through the network together. Few keep what a layer hands to the next in the second-level cache; many read the weights, where these don't fit it, less
/// often. The number with the least traffic is taken, of several the largest; where the steps of a recurrence multiply, no fewer than a product needs.
/// </param>
/// <param name="TeamRows">The rows from which every program may run on several threads; null where the work decides.</param>
internal sealed record Schedule(int ShardRows, int? TeamRows, string Notes)
{
    /// <summary>Bytes of second-level cache that stay ours: the smallest found on current x64 servers and desktops.</summary>
    private const int SecondLevelBytes = 512 * 1024;

    /// <summary>A core's share of the third level.</summary>
    private const int ThirdLevelBytes = 4 * 1024 * 1024;

    /// <summary>What a byte from memory costs beside one from the third level.</summary>
    private const int MemoryCost = 4;

    /// <summary>More rows than this amortise nothing further: the weights' traffic per row is already small against their arithmetic.</summary>
    private const int MaximumShardRows = 64;

    /// <summary>
    /// Where steps multiply vectors with weights, by the rows of a shard each: a single row loads every weight for one multiplication. 98 steps of Gru(128) over 32 rows take 19 ms by single
    /// rows, 13.5 by 2, 4, 8 or 16; of 4, threads still share in twos.
    /// </summary>
    private const int LeastRowsOfSteps = 4;

    /// <summary>Operations that several threads are worth: 7 µs of one core at 128 GFLOP/s, where the fork and join of two threads that are awake costs 0.1 µs.</summary>
    private const long TeamFlops = 900_000;

    public static Schedule For(FusedGraph fused, bool float64, LoweringOptions options)
    {
        int size = float64 ? 8 : 4;
        int[] stored = [.. Enumerable.Range(0, fused.Graph.Nodes.Count).Where(i => fused.Stored(i) && fused.Graph[i].PerRow && fused.InsideOf(i) is null).Select(i => fused.Graph[i].Shape.Count)];
        var row = new RowTraffic(size * stored.Sum(count => (long)count), size * stored.DefaultIfEmpty(0).Max(), size * WeightsRead(fused.Graph));
        int byTraffic = ShardRowsFor(row), rows = options.ShardRows ?? (StepsMultiplyVectors(fused.Graph) ? Math.Max(byTraffic, LeastRowsOfSteps) : byTraffic);
        return new Schedule(rows, options.TeamRows, $"shards of {Number(rows)} rows: a row has {Number(row.Values)} bytes of values, {Number(row.Largest)} in the largest, and a shard reads {Number(row.Weights)} bytes of weights"
            + (options.ShardRows is null && rows > byTraffic ? $"; no fewer than {Number(rows)}, which steps multiply together" : ""));
    }

    /// <summary>The rows from which a program may run on several threads: fewer would wait longer than they work.</summary>
    public int TeamRowsOf(Graph graph) => TeamRows ?? (int)Math.Max(2, (TeamFlops / Math.Max(1, Flops.Of(graph))) + 1);

    private static int ShardRowsFor(RowTraffic row)
    {
        int best = MaximumShardRows;
        for (int rows = MaximumShardRows / 2; rows >= 1; rows /= 2)
            if (row.With(rows) < row.With(best)) best = rows;
        return best;
    }

    /// <param name="Values">Bytes of a row's values.</param>
    /// <param name="Largest">Of the largest of them.</param>
    /// <param name="Weights">Bytes of weights that a shard reads.</param>
    private readonly record struct RowTraffic(long Values, long Largest, long Weights)
    {
        /// <summary>
        /// Bytes a row from beyond the second-level cache, those from memory weighed: the row's share of the weights, and its values, written once and read once, where
        /// what two layers hand to each other, or all values, leave the cache.
        /// </summary>
        public double With(int rows) => Beyond(SecondLevelBytes, rows, 2 * Largest) + (MemoryCost * Beyond(ThirdLevelBytes, rows, Values));

        private double Beyond(int cache, int rows, long live) => (Weights > cache ? (double)Weights / rows : 0) + (rows * live > cache ? 2.0 * Values : 0);
    }

    /// <summary>Elements of what rows are multiplied by, forward and backward, each time that it is read.</summary>
    private static long WeightsRead(Graph graph)
        => graph.Nodes.Where(n => n is { PerRow: true, Op: ContractOp }).SelectMany(n => WinogradFilters.AreGiven(n) ? n.Operands.Where((_, i) => i != 1) : n.Operands).Where(o => !graph[o].PerRow).Sum(o => (long)graph[o].Shape.Count);

    private static bool StepsMultiplyVectors(Graph graph) => graph.Nodes.Any(n => n.Op is ScanOp scan && scan.Body.Nodes.Any(inner => IsVectorByWeight(scan.Body, inner)));

    /// <summary>Whether a product meets each weight once in a row: no axis of the result is of the row's operand alone, as the positions of an image are.</summary>
    private static bool IsVectorByWeight(Graph body, Node node)
    {
        if (node.Op is not ContractOp contract || body[node.Operands[0]].PerRow == body[node.Operands[1]].PerRow) return false;
        var weight = body[node.Operands[0]].PerRow ? contract.Right : contract.Left;
        return !Enumerable.Range(0, contract.Result.Count).Any(axis => node.Shape[axis] > 1 && !weight.Contains(contract.Result[axis]));
    }

    private static string Number(long value) => value.ToString(CultureInfo.InvariantCulture);
}

/// <summary>Choices in place of the schedule's, for other backends, tests and experiments: they change speed and memory, and of the results at most where rounding falls.</summary>
/// <param name="SeparateBuffers">No two values share memory, so a plan that lets them overlap too early shows.</param>
/// <param name="ShardRows">The rows of a shard.</param>
/// <param name="TeamRows">The rows from which a program runs on several threads, if it may.</param>
/// <param name="Winograd">Whether convolutions with 3 × 3 or 5 × 5 taps may take fewer products with other rounding.</param>
internal sealed record LoweringOptions(bool SeparateBuffers = false, int? ShardRows = null, int? TeamRows = null, bool Winograd = true)
{
    /// <summary>
    /// For a device that runs each kernel over all rows at once: there is one shard, and places in Shard and Scratch are planned for one row, so that whoever launches multiplies them (offsets
    /// and lengths) by the rows. Nothing is laid out for vectors along images, and what goes through the network by hand (passes) stays on the processor.
    /// </summary>
    public static LoweringOptions Device { get; } = new(ShardRows: 1, Winograd: false) { IsDevice = true };

    public bool IsDevice { get; init; }
}
