using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

internal sealed partial class KernelBuilder
{
    /// <summary>Heads may lie anywhere (side by side in the rows of one projection): all operands are addressed where they are.</summary>
    private PlannedLaunch Attention(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        Shape query = Graph[node.Operands[0]].Shape, key = Graph[node.Operands[1]].Shape, value = Graph[node.Operands[2]].Shape;
        var outer = new List<Extent>();
        if (node.PerRow) outer.Add(Extent.Rows);
        int headLoop = query[0] > 1 ? outer.Count : -1;
        if (headLoop >= 0) outer.Add(Extent.Of(query[0]));

        var buffers = new FormalBuffers();
        var writer = new BodyBuilder(fused, buffers, _ => false, outer.Count + 2, node.PerRow ? 0 : -1);
        int[] Inner(Shape shape) => [shape[shape.Rank - 2] > 1 ? outer.Count : -1, shape.Last > 1 ? outer.Count + 1 : -1];
        // A mask of two axes is the same for all heads.
        int[] Loops(Shape shape) => shape.Rank == 2 ? Inner(shape) : [shape[0] > 1 ? headLoop : -1, .. Inner(shape)];
        var accesses = node.Operands.Select(o => writer.ReadAccess(o, Loops(Graph[o].Shape))).ToList();
        accesses.AddRange(node.Op is AttentionGradientOp ? Gradients(cluster.Root, writer, headLoop, outer.Count, [query, key, value]) : [writer.WriteAccess(cluster.Root, Loops(node.Shape))]);

        // What is walked as queries by one access is walked as keys by another: only the outer loops can merge.
        var extents = outer.Concat([Extent.Of(query[1]), Extent.Of(query[2])]).ToList();
        var groups = LoopAxes.Groups(extents, accesses, extents.Select((_, axis) => Math.Max(0, axis - outer.Count + 1)).ToList(), new HashSet<int>());
        accesses = accesses.Select(a => LoopAxes.Merge(a, groups)).ToList();
        int results = node.Operands.Count;
        var (isCausal, scale, backward, maskPlace) = node.Op switch
        {
            AttentionOp op => (op.IsCausal, op.Scale, (AttentionBackward?)null, 3),
            AttentionGradientOp op => (op.IsCausal, op.Scale, new AttentionBackward(accesses[3], accesses[4], accesses[5], accesses[results + 1], accesses[results + 2]), 6),
            _ => throw new ArgumentException($"{node.Op.Name} is no attention"),
        };
        var kernel = new AttentionKernel(
            buffers.Formals, groups.Take(groups.Count - 2).Select(g => LoopAxes.Merge(extents, g)).ToEquatableArray(), query[1], key[1], query[2], value[2], isCausal, scale,
            accesses[0], accesses[1], accesses[2], node.Operands.Count > maskPlace ? accesses[maskPlace] : null, backward, accesses[results], -1);
        int scratch = buffers.Add(new BufferRef(BufferKind.RowScratch, kernel.ScratchLength, 0), isInteger: false, isExact: false, isWritten: true);
        return new PlannedLaunch(kernel with { Buffers = buffers.Formals, Scratch = scratch }, buffers.Actuals, cluster);
    }

    /// <summary>How the loops reach the gradients by operands of these shapes, which lie one after the other in each head's part of the node.</summary>
    private static IEnumerable<Access> Gradients(int index, BodyBuilder writer, int headLoop, int position, Shape[] shapes)
    {
        int offset = 0;
        foreach (var shape in shapes)
        {
            var start = writer.WriteAccess(index, [headLoop, -1], offset);
            yield return start with { Strides = start.Strides.Select((stride, axis) => axis == position && shape[1] > 1 ? shape[2] : axis == position + 1 && shape[2] > 1 ? 1 : stride).ToEquatableArray() };
            offset += shape[1] * shape[2];
        }
    }
}
