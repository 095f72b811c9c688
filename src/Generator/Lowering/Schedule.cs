using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Lowering;

/// <summary>
/// The choices that no result depends on but its speed, as data with their reasons; printed in the generated header. Constants describe the machines
/// that networks run on, never the one that builds.
/// </summary>
internal sealed record Schedule(int ShardRows, int? TeamRows, string Notes)
{
    /// <summary>Bytes of second-level cache that one shard's values may take: half of the smallest found on current x64 servers and desktops.</summary>
    private const int ShardBytes = 256 * 1024;

    /// <summary>More rows than this amortise nothing further: the weights' traffic per row is already small against their arithmetic.</summary>
    private const int MaximumShardRows = 64;

    /// <summary>Operations that several threads are worth: 7 µs of one core at 128 GFLOP/s, where the fork and join of two threads that are awake costs 0.1 µs.</summary>
    private const long TeamFlops = 900_000;

    /// <summary>The rows from which a program may run on several threads.</summary>
    public int TeamRowsOf(Graph graph) => TeamRows ?? (int)Math.Max(2, TeamFlops / Math.Max(1, Flops.Of(graph)) + 1);

    public static Schedule For(FusedGraph fused, bool float64, LoweringOptions options)
    {
        int bytes = 0;
        for (int i = 0; i < fused.Graph.Nodes.Count; i++)
            if (fused.Stored(i) && fused.Graph[i].PerRow) bytes += fused.Graph[i].Shape.Count * (float64 ? 8 : 4);
        int rows = MaximumShardRows;
        while (rows > 1 && (long)rows * bytes > ShardBytes) rows /= 2;
        string number(int value) => value.ToString(CultureInfo.InvariantCulture);
        rows = options.ShardRows ?? rows;
        return new Schedule(rows, options.TeamRows, $"shards of {number(rows)} rows: {number(bytes)} bytes of values a row, at most {number(ShardBytes / 1024)} KiB and {number(MaximumShardRows)} rows a shard");
    }
}

/// <summary>Choices in place of the schedule's, for tests and experiments: they change speed and memory, and of the results at most where rounding falls.</summary>
/// <param name="SeparateBuffers">No two values share memory, so a plan that lets them overlap too early shows.</param>
/// <param name="ShardRows">The rows of a shard.</param>
/// <param name="TeamRows">The rows from which a program runs on several threads, if it may.</param>
internal sealed record LoweringOptions(bool SeparateBuffers = false, int? ShardRows = null, int? TeamRows = null);
