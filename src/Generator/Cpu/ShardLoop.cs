using DlGen.Emission;

namespace DlGen.Cpu;

/// <summary>The loop over the shards of a batch, s, with the rows of each, shard; nothing where a kernel is not sharded.</summary>
internal sealed class ShardLoop : IDisposable
{
    private readonly SourceWriter.BlockScope? block;

    public ShardLoop(SourceWriter writer, bool sharded)
    {
        if (!sharded) return;
        block = writer.Block("for (nint s = 0, first = 0; first < rows; s++, first += shardRows)");
        writer.Line("nint shard = Math.Min(shardRows, rows - first);");
    }

    public void Dispose() => block?.Dispose();
}
