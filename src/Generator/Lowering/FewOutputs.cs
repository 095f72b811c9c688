using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Convolutions with few outputs, as the gradient by an image of few channels is: vectors of outputs would be nearly empty. They are computed with vectors along the width, of an
/// image turned to (channels, height, width), and their result is turned back.
/// </summary>
internal sealed class FewOutputs
{
    /// <summary>The lanes of the widest vector.</summary>
    private readonly int lanes;

    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;

    private FewOutputs(Graph graph, bool float64)
    {
        this.graph = graph;
        lanes = float64 ? 8 : 16;
        moved = new int[graph.Nodes.Count];
    }

    public static Graph Run(Graph graph, bool float64) => new FewOutputs(graph, float64).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            var value = node.Op is ContractOp contract && Wins(node, contract) ? AlongWidth(contract, operands) : builder.Add(node.Op, operands, node.Shape, node.PerRow);
            moved[i] = value.Index;
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
    {
        var left = ToFront(contract.Left);
        var result = builder.Add(contract with { Left = left, Result = ToFront(contract.Result) }, ChannelsFirst(operands[0]), operands[1]);
        int rank = result.Shape.Rank;
        return result.Transpose([.. Enumerable.Range(1, rank - 1), 0]);
    }

    /// <summary>The same windows with the channels as first axis.</summary>
    private Value ChannelsFirst(Value windows)
    {
        var source = windows.Node.Operands.Count > 0 ? builder.At(windows.Node.Operands[0]) : windows;
        int rank = windows.Shape.Rank;
        switch (windows.Node.Op)
        {
            case UnfoldOp unfold:
                return builder.Add(unfold with { Axis = unfold.Axis + 1 }, ChannelsFirst(source));
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
