using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cuda;

/// <summary>
/// How a kernel is launched. Its parameters are the addresses of the first <paramref name="Buffers"/> buffers (each followed by its shard stride in
/// elements where <paramref name="Sharded"/>), then the rows, then the rows of a shard where sharded.
/// </summary>
/// <param name="Kernel">Which of the kernels it is.</param>
/// <param name="Buffers">Without the scratch of a row kernel: threads have none, and compute again what a processor keeps.</param>
/// <param name="Threads">One thread each for the elements of these axes; threads beyond do nothing.</param>
internal sealed record PtxEntry(int Kernel, string Name, int Buffers, bool Sharded, EquatableArray<Extent> Threads)
{
    public long ThreadCount(int rows) => Threads.Aggregate(1L, (product, axis) => product * axis.Constant * (axis.TimesRows ? rows : 1));
}

/// <summary>The text of a module, and an entry for each kernel that it holds.</summary>
internal sealed record PtxModule(string Text, EquatableArray<PtxEntry> Entries);
