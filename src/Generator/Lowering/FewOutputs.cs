using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Convolutions with few outputs, as the gradient by an image of few channels is: vectors of outputs would be nearly empty. They are computed with vectors along the width, of an
/// image turned to (channels, height, width). What is computed of their result element by element and over windows, and read by nobody else, keeps that order; then it is turned back.
/// </summary>
internal sealed class FewOutputs
{
    /// <summary>The lanes of the widest vector.</summary>
    private readonly int lanes;

    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;
    private readonly int[] uses;

    /// <summary>Values with their last axis as the first; null for those that are not held so.</summary>
    private readonly Value?[] turned;

    private FewOutputs(Graph graph, bool float64)
    {
        this.graph = graph;
        lanes = float64 ? 8 : 16;
        moved = new int[graph.Nodes.Count];
        turned = new Value?[graph.Nodes.Count];
        uses = Simplify.CountUses(graph);
    }

    public static Graph Run(Graph graph, bool float64) => new FewOutputs(graph, float64).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            turned[i] = node.Op is ContractOp contract && Wins(node, contract) ? AlongWidth(contract, operands) : InTurnedOrder(node);
            moved[i] = (turned[i] is { } value ? LastAgain(value, uses[i]) : AlongSums(node, operands) ?? builder.Add(node.Op, operands, node.Shape, node.PerRow)).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>Whether a contraction is such a convolution, and vectors along its width save more than turning the image and the result costs.</summary>
    private bool Wins(Node node, ContractOp contract)
    {
        if (contract.OverRows || !node.PerRow || node.Operands.Count != 2 || graph[node.Operands[1]].PerRow || node.Shape.Rank < 2) return false;
        var windows = graph[node.Operands[0]];
        int last = node.Shape.Rank - 1, outputs = node.Shape[last], width = node.Shape[last - 1], channel = contract.Left[contract.Left.Count - 1];
        if (outputs > lanes / 2 || width < lanes / 2 || contract.Left.Contains(contract.Result[last]) || contract.Result.Contains(channel) || !contract.Right.Contains(channel)) return false;
        if (!HasLanes(windows, contract.Left.Items.IndexOf(contract.Result[last - 1]))) return false;
        int image = Image(windows).Shape.Count, channels = windows.Shape[windows.Shape.Rank - 1];
        long terms = contract.Left.Select((label, axis) => contract.Result.Contains(label) ? 1L : windows.Shape[axis]).Aggregate((a, b) => a * b);
        long rows = node.Shape.Count / (outputs * width), vectors = (width + lanes - 1) / lanes;
        // A multiply-add takes half a cycle, and so does turning an element; the result's are read again by what was computed with them.
        return rows * terms * (width - (outputs * vectors)) > (channels == 1 ? 0 : image) + (2L * node.Shape.Count);
    }

    /// <summary>
    /// The gradient by the taps of such a convolution, if its image has one channel: taps and outputs are few, so vectors take the terms, which lie side by side in the windows, and in the gradient by
    /// the result once its outputs come first.
    /// </summary>
    private Value? AlongSums(Node node, Value[] operands)
    {
        if (node.Op is not ContractOp { OverRows: true } contract) return null;
        for (int side = 0; side < 2; side++)
        {
            var (windows, results) = (graph[node.Operands[side]], graph[node.Operands[1 - side]]);
            var (labels, others) = side == 0 ? (contract.Left, contract.Right) : (contract.Right, contract.Left);
            int last = results.Shape.Rank - 1;
            if (!windows.PerRow || !results.PerRow || last < 1 || windows.Shape[windows.Shape.Rank - 1] != 1 || results.Shape[last] > lanes / 2 || results.Shape[last - 1] < lanes / 2) continue;
            if (labels.Contains(others[last]) || !contract.Result.Contains(others[last]) || contract.Result.Contains(others[last - 1])) continue;
            if (!HasLanes(windows, labels.Items.IndexOf(others[last - 1]))) continue;
            operands[1 - side] = turned[node.Operands[1 - side]] ?? Layout.Copy(operands[1 - side].Transpose([last, .. Enumerable.Range(0, last)]));
            return builder.Add(side == 0 ? contract with { Right = ToFront(others) } : contract with { Left = ToFront(others) }, operands);
        }
        return null;
    }

    /// <summary>Whether an axis of windows has their positions, one beside the other in each row of the image.</summary>
    private bool HasLanes(Node windows, int axis)
    {
        bool found = false;
        for (; windows.Op is UnfoldOp unfold; windows = graph[windows.Operands[0]])
        {
            // The last axis is the image's channels, beneath all windows.
            if (unfold.Axis + 1 >= windows.Shape.Rank - 1) return false;
            if (axis == unfold.Axis)
            {
                if (unfold.Windows.Stride != 1) return false;
                found = true;
            }
            else if (axis == unfold.Axis + 1) return false;
            else if (axis > unfold.Axis) axis--;
        }
        return found;
    }

    /// <summary>What windows are taken of, without its padding.</summary>
    private Node Image(Node windows)
    {
        while (windows.Op is UnfoldOp or PadOp) windows = graph[windows.Operands[0]];
        return windows;
    }

    private Value AlongWidth(ContractOp contract, Value[] operands)
        => builder.Add(contract with { Left = ToFront(contract.Left), Result = ToFront(contract.Result) }, ChannelsFirst(operands[0]), operands[1]);

    /// <summary>The value in its own order: a view for one reader, which may take it as it lies; several share a copy.</summary>
    private static Value LastAgain(Value value, int readers)
    {
        var view = value.Transpose([.. Enumerable.Range(1, value.Shape.Rank - 1), 0]);
        return readers == 1 ? view : Layout.Copy(view);
    }

    /// <summary>What a node makes of a value that is held with its last axis first, in the same order, if it can.</summary>
    private Value? InTurnedOrder(Node node)
    {
        int source = node.Operands.ToList().FindIndex(o => turned[o] is not null && uses[o] == 1);
        if (source < 0 || turned[node.Operands[source]] is not { } x) return null;
        int last = node.Shape.Rank - 1;
        switch (node.Op)
        {
            case MapOp map when node.Shape.Equals(graph[node.Operands[source]].Shape) && map.Expression.Code.All(c => c.Op != ScalarOp.Index)
                && node.Operands.Select((o, i) => i == source || IsPerLast(graph[o], node.Shape[last])).All(fits => fits):
                return builder.Map(map.Expression, [.. node.Operands.Select((o, i) => i == source ? x : AlongFirst(builder.At(moved[o]), last))], x.Shape, node.PerRow);
            case PadOp pad when pad.Axis < last:
                return builder.Add(pad with { Axis = pad.Axis + 1 }, x);
            // Vectors take every element along the width, or every second.
            case UnfoldOp unfold when unfold.Axis + 1 < last && unfold.Windows.Stride <= 2:
                return builder.Add(unfold with { Axis = unfold.Axis + 1 }, x);
            case ReduceOp { OverRows: false, Kind: not ReduceKind.ArgMax } reduce when !reduce.Axes.Contains(last):
                return builder.Add(reduce with { Axes = reduce.Axes.Select(a => a + 1).ToEquatableArray() }, x);
            case ReshapeOp when x.Shape[0] > 1 && node.Shape[last] > 1 && Cluster.ExtentsOf(node.Shape).SequenceEqual(Cluster.ExtentsOf(graph[node.Operands[source]].Shape)):
                return x.Reshape(new Shape(node.Shape.Extents.Skip(last).Concat(node.Shape.Extents.Take(last)).ToEquatableArray()));
            default:
                return null;
        }
    }

    /// <summary>Whether a value is one number, or one for each place of another's last axis.</summary>
    private static bool IsPerLast(Node node, int extent) => !node.PerRow && (node.Shape.Count == 1 || (node.Shape.Count == extent && node.Shape[node.Shape.Rank - 1] == extent));

    private static Value AlongFirst(Value value, int axes) => value.Shape.Count == 1 ? value.Reshape(Shape.Scalar) : value.Reshape(new Shape(value.Shape.Extents.Where(e => e > 1).Concat(Enumerable.Repeat(1, axes)).ToEquatableArray()));

    /// <summary>The same windows with the channels as first axis.</summary>
    private Value ChannelsFirst(Value windows)
    {
        var source = windows.Node.Operands.Count > 0 ? builder.At(windows.Node.Operands[0]) : windows;
        int rank = windows.Shape.Rank;
        switch (windows.Node.Op)
        {
            case UnfoldOp unfold when unfold.Axis + 1 < rank - 1:
                return builder.Add(unfold with { Axis = unfold.Axis + 1 }, ChannelsFirst(source));
            case not UnfoldOp when windows.Shape[rank - 1] == 1:
                return windows.Reshape(new Shape(windows.Shape.Extents.Take(rank - 1).Prepend(1).ToEquatableArray()));
            case PadOp pad when pad.Axis < rank - 1:
                return builder.Add(pad with { Axis = pad.Axis + 1 }, ChannelsFirst(source));
            case TransposeOp { Axes: var axes } when axes[rank - 1] == 0 && axes.Take(rank - 1).SequenceEqual(Enumerable.Range(1, rank - 1)):
                return source;
            default:
                return windows.Transpose([rank - 1, .. Enumerable.Range(0, rank - 1)]);
        }
    }

    private static EquatableArray<int> ToFront(EquatableArray<int> labels) => new[] { labels[labels.Count - 1] }.Concat(labels.Take(labels.Count - 1)).ToEquatableArray();
}
