using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>What puts values together: every element of the buffer is written once, by one of several launches or by the kernel of what lies there.</summary>
internal sealed partial class KernelBuilder
{
    /// <summary>Each operand at its place, but those that were written there.</summary>
    private IEnumerable<PlannedLaunch> Concat(Cluster cluster)
    {
        var node = Graph[cluster.Root];
        int axis = ((ConcatOp)node.Op).Axis;
        int[] strides = node.Shape.Strides();
        int start = 0;
        foreach (int operand in node.Operands)
        {
            int offset = start * strides[axis];
            if (fused.InsideOf(Fuse.Resolve(Graph, operand)) is not { } inside || inside.Whole != cluster.Root || inside.Offset != offset) yield return Copy(cluster, operand, strides, offset);
            start += Graph[operand].Shape[axis];
        }
    }

    private IEnumerable<PlannedLaunch> Pad(Cluster cluster) => Pad(cluster, cluster.Root, Graph[cluster.Root].Shape.Strides(), 0);

    /// <summary>
    /// A padding in the part of the buffer with these strides: the operand, with gaps between its elements if the padding says so, and the number of
    /// the padding before, between and after them. The operand may be a padding that exists only here.
    /// </summary>
    private IEnumerable<PlannedLaunch> Pad(Cluster cluster, int index, int[] strides, int offset)
    {
        var node = Graph[index];
        var pad = (PadOp)node.Op;
        int operand = node.Operands[0];
        int along = strides[pad.Axis], pitch = pad.Interior + 1, count = Graph[operand].Shape[pad.Axis];
        int[] spread = strides.Select((s, axis) => axis == pad.Axis ? s * pitch : s).ToArray();
        int first = offset + (pad.Before * along), end = offset + ((node.Shape[pad.Axis] - pad.After) * along);
        if (pad.Before > 0) yield return Fill(cluster, pad.Value, node.Shape.With(pad.Axis, pad.Before), strides, offset);
        bool isInside = Graph[operand].Op is PadOp && fused.IsComputedByReaders(operand);
        foreach (var launch in isInside ? Pad(cluster, operand, spread, first) : Fuse.Resolve(Graph, operand) == fused.ValueAt(cluster.Root) ? [] : [Copy(cluster, operand, spread, first)]) yield return launch;
        for (int gap = 1; gap < pitch && count > 1; gap++)
            yield return Fill(cluster, pad.Value, node.Shape.With(pad.Axis, count - 1), spread, first + (gap * along));
        if (pad.After > 0) yield return Fill(cluster, pad.Value, node.Shape.With(pad.Axis, pad.After), strides, end);
    }

    private PlannedLaunch Copy(Cluster cluster, int operand, int[] strides, int offset)
        => Part(cluster, Graph[operand].Shape, strides, offset, (body, axes) => body.Emit(operand, axes));

    private PlannedLaunch Fill(Cluster cluster, double value, Shape part, int[] strides, int offset)
        => Part(cluster, part, strides, offset, (body, _) => body.Constant(value));

    /// <summary>A part of the cluster's buffer, which begins at an offset and has strides of its own.</summary>
    private PlannedLaunch Part(Cluster cluster, Shape part, int[] strides, int offset, Func<BodyBuilder, int[], int> value)
    {
        var node = Graph[cluster.Root];
        var buffers = new FormalBuffers();
        var extents = (node.PerRow ? new[] { Extent.Rows } : []).Concat(part.Extents.Select(Extent.Of)).ToList();
        int[] axes = Enumerable.Range(node.PerRow ? 1 : 0, part.Rank).ToArray();
        var body = new BodyBuilder(fused, buffers, _ => false, extents.Count, node.PerRow ? 0 : -1);
        body.StoreInto(cluster.Root, axes, strides, offset, value(body, axes));
        return new PlannedLaunch(FlatMap(buffers, extents, body.Build()), buffers.Actuals, cluster);
    }
}
