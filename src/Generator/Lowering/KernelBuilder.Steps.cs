using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>What only the program of one step has.</summary>
internal sealed partial class KernelBuilder
{
    /// <summary>A map whose store an id places.</summary>
    private PlannedLaunch Remember(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        var value = Graph[node.Operands[1]].Shape;
        var buffers = new FormalBuffers();
        var extents = Cluster.ExtentsOf(value).Select(Extent.Of).Prepend(Extent.Rows).ToList();
        int[] axes = [.. Fuse.Positions(value).Select(p => p < 0 ? -1 : p + 1)];
        var body = new BodyBuilder(fused, buffers, _ => false, extents.Count, 0);
        body.StoreAt(cluster.Root, axes, ((RememberOp)node.Op).Axis, node.Operands[2], body.Emit(node.Operands[1], axes));
        return new PlannedLaunch(FlatMap(buffers, extents, body.Build()), buffers.Actuals, cluster);
    }

    private PlannedLaunch OneQueryAttention(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        var attention = (OneQueryAttentionOp)node.Op;
        Shape query = Graph[node.Operands[0]].Shape, key = Graph[node.Operands[1]].Shape, value = Graph[node.Operands[2]].Shape;
        var outer = new List<Extent> { Extent.Rows };
        int headLoop = query[0] > 1 ? outer.Count : -1;
        if (headLoop >= 0) outer.Add(Extent.Of(query[0]));

        var buffers = new FormalBuffers();
        var writer = new BodyBuilder(fused, buffers, _ => false, outer.Count + 2, 0);
        int[] Loops(Shape shape) => [shape[0] > 1 ? headLoop : -1, shape[1] > 1 ? outer.Count : -1, shape[2] > 1 ? outer.Count + 1 : -1];
        var accesses = node.Operands.Take(3).Select(o => writer.ReadAccess(o, Loops(Graph[o].Shape))).ToList();
        accesses.Add(writer.WriteAccess(cluster.Root, Loops(node.Shape)));
        var position = attention.HasPosition ? writer.ReadAccess(node.Operands[OneQueryAttentionOp.Position], [], byElement: true) : null;
        int[] Keys(Shape mask) => [.. mask.Rank == 3 ? [mask[0] > 1 ? headLoop : -1] : Array.Empty<int>(), -1, mask.Last > 1 ? outer.Count : -1];
        var seen = attention.HasMask ? writer.ReadAccess(node.Operands[attention.Mask], Keys(Graph[node.Operands[attention.Mask]].Shape)) : null;
        int scores = buffers.Add(new BufferRef(BufferKind.RowScratch, ParameterLayout.RoundUp(key[1], ParameterLayout.Alignment), 0), isInteger: false, isExact: false, isWritten: true);
        return new PlannedLaunch(new OneQueryAttentionKernel(buffers.Formals, outer.ToEquatableArray(), key[1], key[2], value[2], attention.Scale,
            accesses[0], accesses[1], accesses[2], position, seen, accesses[3], scores), buffers.Actuals, cluster);
    }
}
