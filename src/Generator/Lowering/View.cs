using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// How a value lies in the buffer of the value it is a view of: Transpose, Slice and Reshape move no data, consumers address through them.
/// </summary>
/// <param name="Root">The node that has a buffer.</param>
/// <param name="Strides">Per axis of the viewing value, in elements of the root's row.</param>
/// <param name="Offset">Of the first element.</param>
internal sealed record View(int Root, int[] Strides, int Offset)
{
    public static bool IsView(Op op) => op is ReshapeOp or TransposeOp or SliceOp or StopGradientOp;

    /// <summary>The view of a node, or null where a reshape can't be addressed and needs a copy.</summary>
    public static View? Of(Graph graph, int index) => Of(i => graph[i], index);

    public static View? Of(Func<int, Node> nodeAt, int index)
    {
        var node = nodeAt(index);
        if (!IsView(node.Op)) return new View(index, node.Shape.Strides(), 0);
        if (Of(nodeAt, node.Operands[0]) is not { } source) return null;
        switch (node.Op)
        {
            case TransposeOp transpose:
                return source with { Strides = transpose.Axes.Select(a => source.Strides[a]).ToArray() };
            case SliceOp slice:
                return source with { Offset = source.Offset + (slice.Start * source.Strides[slice.Axis]) };
            case ReshapeOp:
                var strides = Reshape(nodeAt(node.Operands[0]).Shape, source.Strides, node.Shape);
                return strides is null ? null : source with { Strides = strides };
            default:
                return source;
        }
    }

    /// <summary>Strides of the new shape over the same elements: extents may be split, and merged where they lie side by side.</summary>
    private static int[]? Reshape(Shape from, int[] strides, Shape to)
    {
        var source = Enumerable.Range(0, from.Rank).Where(a => from[a] != 1).Select(a => (Extent: from[a], Stride: strides[a])).ToList();
        int[] result = new int[to.Rank];
        int position = source.Count - 1;
        int remaining = position >= 0 ? source[position].Extent : 1;
        int stride = position >= 0 ? source[position].Stride : 1;
        for (int axis = to.Rank - 1; axis >= 0; axis--)
        {
            if (to[axis] == 1) continue;
            if (remaining == 1 && position > 0)
            {
                position--;
                remaining = source[position].Extent;
                stride = source[position].Stride;
            }
            int extent = to[axis];
            result[axis] = stride;
            while (extent > remaining)
            {
                // The axis reaches into the next source extent: that one must continue where this one ends.
                if (extent % remaining != 0 || position == 0 || source[position - 1].Stride != stride * remaining) return null;
                extent /= remaining;
                stride = source[position - 1].Stride;
                remaining = source[--position].Extent;
            }
            if (remaining % extent != 0) return null;
            remaining /= extent;
            stride *= extent;
        }
        return result;
    }
}
