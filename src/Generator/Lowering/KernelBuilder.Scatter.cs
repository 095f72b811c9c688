using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class KernelBuilder
{
    /// <summary>Loops over the entries, then over what an entry holds, then over what is added: the rows of the batch and the axes of the ids.</summary>
    private PlannedLaunch Scatter(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        Shape values = Graph[node.Operands[0]].Shape, ids = Graph[node.Operands[1]].Shape;
        var buffers = new FormalBuffers();
        var loops = new List<Extent> { Extent.Of(node.Shape[0]) };
        int[] inner = Add(loops, values.Extents.Skip(ids.Rank));
        int rows = loops.Count;
        loops.Add(Extent.Rows);
        int[] positions = Add(loops, ids.Extents);

        var idWriter = new BodyBuilder(fused, buffers, _ => false, loops.Count, rows);
        var idAccess = idWriter.ReadAccess(node.Operands[1], positions, byElement: true);
        var sourceWriter = new BodyBuilder(fused, buffers, _ => false, loops.Count, rows);
        sourceWriter.Emit(node.Operands[0], [.. positions, .. inner]);
        var epilogueWriter = new BodyBuilder(fused, buffers, cluster.Members.Contains, rows, -1) { Accumulator = cluster.Root };
        // The cluster's axes of one element have no number; the loop over the entries is there even for one.
        int skipped = node.Shape[0] == 1 ? 1 : 0;
        foreach (int member in cluster.Members.Where(fused.Stored)) epilogueWriter.Store(member, [.. Fuse.Positions(Graph[member].Shape).Select(p => p < 0 ? -1 : p + skipped)]);
        KernelBody source = sourceWriter.Build(), epilogue = epilogueWriter.Build();

        var classes = loops.Select((_, axis) => axis == 0 ? 0 : axis < rows ? 1 : 2).ToList();
        var indexed = new HashSet<int>(LoopAxes.Indexed(source).Concat(LoopAxes.Indexed(epilogue)));
        var groups = LoopAxes.Groups(loops, source.Accesses.Concat(epilogue.Accesses).Append(idAccess).ToList(), classes, indexed);
        EquatableArray<Extent> Merged(int of) => groups.Where(g => classes[g[0]] == of).Select(g => LoopAxes.Merge(loops, g)).ToEquatableArray();
        int perRow = ids.Count;
        int list = buffers.Add(new BufferRef(BufferKind.ShardScratch, perRow, 0), isInteger: true, isExact: false, isWritten: true);
        int ends = buffers.Add(new BufferRef(BufferKind.RowScratch, node.Shape[0], 0), isInteger: true, isExact: false, isWritten: true);
        return new PlannedLaunch(new ScatterKernel(buffers.Formals, node.Shape[0], Merged(1), Merged(2), LoopAxes.Merge(idAccess, groups),
            LoopAxes.Merge(source, groups), LoopAxes.Merge(epilogue, groups), list, ends), buffers.Actuals, cluster);
    }

    /// <summary>A loop for every extent but 1; the loop of each axis.</summary>
    private static int[] Add(List<Extent> loops, IEnumerable<int> extents) => [.. extents.Select(extent =>
    {
        if (extent == 1) return -1;
        loops.Add(Extent.Of(extent));
        return loops.Count - 1;
    })];
}
