using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// How a value lies in the buffer of the value it is a view of: Transpose, Slice, Unfold and Reshape move no data, consumers address through them.
/// </summary>
/// <param name="Root">The node that has a buffer.</param>
/// <param name="Strides">Per axis of the viewing value, in elements of the root's row.</param>
/// <param name="Offset">Of the first element.</param>
internal sealed record View(int Root, int[] Strides, int Offset)
{
    /// <summary>The view of a node, or null where a reshape can't be addressed and needs a copy.</summary>
    public static View? Of(Graph graph, int index) => Of(i => graph[i], index);

    /// <param name="place">How one of the values lies, if it is not row by row in a buffer of its own.</param>
    public static View? Of(Func<int, Node> nodeAt, int index, View? place = null)
    {
        var node = nodeAt(index);
        if (index == place?.Root) return place;
        if (!node.Op.IsView) return new View(index, node.Shape.Strides(), 0);
        if (Of(nodeAt, node.Operands[0], place) is not { } source) return null;
        switch (node.Op)
        {
            case TransposeOp transpose:
                return source with { Strides = transpose.Axes.Select(a => source.Strides[a]).ToArray() };
            case SliceOp slice:
                int along = source.Strides[slice.Axis];
                return source with
                {
                    Strides = source.Strides.Select((s, axis) => axis == slice.Axis ? along * slice.Step : s).ToArray(),
                    Offset = source.Offset + (slice.Start * along),
                };
            case UnfoldOp { Axis: var unfolded, Windows: var windows }:
                int stride = source.Strides[unfolded];
                return source with
                {
                    Strides = [.. source.Strides.Take(unfolded), stride * windows.Stride, stride * windows.Step, .. source.Strides.Skip(unfolded + 1)],
                    Offset = source.Offset + (windows.Start * stride),
                };
            case ReshapeOp:
                var strides = Reshape(nodeAt(node.Operands[0]).Shape, source.Strides, node.Shape);
                return strides is null ? null : source with { Strides = strides };
            default:
                return source;
        }
    }

    /// <summary>Whether a view holds elements of what it is of several times.</summary>
    public static bool HasWindows(Func<int, Node> nodeAt, int index)
    {
        for (; nodeAt(index).Op.IsView; index = nodeAt(index).Operands[0])
            if (nodeAt(index).Op is UnfoldOp) return true;
        return false;
    }

    /// <summary>Strides of the new shape over the same elements, or null where one of its axes would reach across a gap.</summary>
    private static int[]? Reshape(Shape from, int[] strides, Shape to)
    {
        // Axes that lie side by side are one run, which may be cut anywhere.
        var runs = new List<(int Extent, int Stride)> { (1, 1) };
        for (int axis = 0; axis < from.Rank; axis++)
        {
            if (from[axis] == 1) continue;
            var last = runs[runs.Count - 1];
            if (last.Extent == 1 || last.Stride == from[axis] * strides[axis]) runs[runs.Count - 1] = (last.Extent * from[axis], strides[axis]);
            else runs.Add((from[axis], strides[axis]));
        }

        int[] result = new int[to.Rank];
        int position = runs.Count - 1;
        var (remaining, stride) = runs[position];
        for (int axis = to.Rank - 1; axis >= 0; axis--)
        {
            if (to[axis] == 1) continue;
            if (remaining == 1 && position > 0) (remaining, stride) = runs[--position];
            if (remaining % to[axis] != 0) return null;
            result[axis] = stride;
            remaining /= to[axis];
            stride *= to[axis];
        }
        return result;
    }
}
