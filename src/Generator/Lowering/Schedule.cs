using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Lowering;

/// <summary>
/// The choices that no result depends on but its speed, as data with their reasons; printed in the generated header. Constants describe the machines
/// that networks run on, never the one that builds.
/// </summary>
internal sealed record Schedule(int ShardRows, string Notes)
{
    /// <summary>Bytes of second-level cache that one shard's values may take: half of the smallest found on current x64 servers and desktops.</summary>
    private const int ShardBytes = 256 * 1024;

    /// <summary>More rows than this amortise nothing further: the weights' traffic per row is already small against their arithmetic.</summary>
    private const int MaximumShardRows = 64;

    public static Schedule For(FusedGraph fused, bool float64)
    {
        int bytes = 0;
        for (int i = 0; i < fused.Graph.Nodes.Count; i++)
            if (fused.Stored(i) && fused.Graph[i].PerRow) bytes += fused.Graph[i].Shape.Count * (float64 ? 8 : 4);
        int rows = MaximumShardRows;
        while (rows > 1 && (long)rows * bytes > ShardBytes) rows /= 2;
        string number(int value) => value.ToString(CultureInfo.InvariantCulture);
        return new Schedule(rows, $"shards of {number(rows)} rows: {number(bytes)} bytes of values a row, at most {number(ShardBytes / 1024)} KiB and {number(MaximumShardRows)} rows a shard");
    }
}
