using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Convolutions with few outputs, as the gradient by an image of few channels is: vectors of outputs would be nearly empty. They are computed with vectors along the width, of an
/// image turned to (channels, height, width). What is computed of their results element by element and over windows keeps that order; who needs the other one gets a copy. Those that are
/// computed from fewer products lie by pixels, and who reads them beside what is turned turns them.
/// </summary>
internal sealed class FewOutputs
{
    /// <summary>Shorter lines of terms fill no vector, and more taps of a line than these leave no registers for what they are multiplied with.</summary>
    private const int LeastTerms = 8, MostTaps = 8;

    /// <summary>The lanes of the widest vector.</summary>
    private readonly int lanes;

    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;
    private readonly int[] uses;

    /// <summary>What windows sum where they overlap.</summary>
    private readonly HashSet<int> summed;

    /// <summary>Values with their last axis as the first; null for those that are not held so.</summary>
    private readonly Value?[] turned;

    /// <summary>The same of values that lie by pixels, made when they are read beside one that is turned.</summary>
    private readonly Lazy<Value>?[] turning;

    /// <summary>Whether a convolution will be computed from fewer products, which lie by pixels.</summary>
    private readonly Func<Node, bool> hasFewerProducts;

    private FewOutputs(Graph graph, bool float64, bool winograd)
    {
        this.graph = graph;
        hasFewerProducts = node => winograd && WinogradFilters.WillBeGiven(graph, node);
        lanes = float64 ? 8 : 16;
        moved = Enumerable.Repeat(-1, graph.Nodes.Count).ToArray();
        turned = new Value?[graph.Nodes.Count];
        turning = new Lazy<Value>?[graph.Nodes.Count];
        uses = Simplify.CountUses(graph);
        summed = [.. graph.Nodes.Where(n => n.Op is FoldOp).Select(n => n.Operands[0])];
    }

    /// <param name="winograd">Whether convolutions may be computed from fewer products.</param>
    public static Graph Run(Graph graph, bool float64, bool winograd) => new FewOutputs(graph, float64, winograd).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            bool fewerProducts = hasFewerProducts(node), hasFewOutputs = node.Op is ContractOp contract && Wins(node, contract), liesByPixels = hasFewOutputs && fewerProducts;
            turned[i] = hasFewOutputs && !liesByPixels ? AlongWidth(node, (ContractOp)node.Op) : InTurnedOrder(node);
            if (liesByPixels || turned[i] is null) turning[i] = Turning(node, i, liesByPixels);
            // A copy of a turned image lies by pixels; a view of it does not.
            if (turned[i] is null) moved[i] = (AlongSums(node) ?? builder.Add(node.Op, node.Operands.Select(o => InOrder(o, isShared: fewerProducts)).ToArray(), node.Shape, node.PerRow)).Index;
        }
        return Living(builder.Build(graph.Outputs.Select(o => o with { Node = InOrder(o.Node).Index }).ToList()));
    }

    /// <summary>
    /// A node's value in its own order, made when somebody asks for it: what is held turned is turned back, by a view if it has no other reader, which may take it as it lies, else by a copy. Windows and
    /// borders with several readers, and what windows sum, are made anew of what they are made of: a copy would hold every pixel many times.
    /// </summary>
    private Value InOrder(int index) => InOrder(index, isShared: false);

    private Value InOrder(int index, bool isShared)
    {
        if (moved[index] >= 0) return builder.At(moved[index]);
        var node = graph[index];
        string layer = builder.Layer;
        builder.Layer = node.Layer;
        isShared |= uses[index] > 1 || summed.Contains(index);
        bool isMadeAnew = summed.Contains(index) || (node.Op is UnfoldOp or PadOp && isShared);
        var value = isMadeAnew ? builder.Add(node.Op, node.Operands.Select(o => InOrder(o, isShared)).ToArray(), node.Shape, node.PerRow) : TurnedBack(turned[index]!, isShared);
        builder.Layer = layer;
        moved[index] = value.Index;
        return value;
    }

    /// <summary>How a value that lies by pixels is turned: as a copy, or a view of one.</summary>
    private Lazy<Value>? Turning(Node node, int index, bool hasFewerProducts)
    {
        int last = node.Shape.Rank - 1;
        if (hasFewerProducts) return new Lazy<Value>(() => Layout.Copy(InOrder(index).Transpose([last, .. Enumerable.Range(0, last)])));
        return node.Op is ReshapeOp && turning[node.Operands[0]] is { } x && KeepsAxes(node) ? new Lazy<Value>(() => x.Value.Reshape(TurnedShape(node.Shape))) : null;
    }

    private static Value TurnedBack(Value value, bool isShared)
    {
        var view = value.Transpose([.. Enumerable.Range(1, value.Shape.Rank - 1), 0]);
        return isShared ? Layout.Copy(view) : view;
    }

    /// <summary>The graph without what nobody reads: values in an order that nobody asked for.</summary>
    private static Graph Living(Graph graph)
    {
        int[] uses = Simplify.CountUses(graph);
        if (uses.All(u => u > 0)) return graph;
        var living = new GraphBuilder();
        int[] places = new int[uses.Length];
        for (int i = 0; i < uses.Length; i++)
        {
            living.Layer = graph[i].Layer;
            if (uses[i] > 0) places[i] = living.Add(graph[i].Op, graph[i].Operands.Select(o => living.At(places[o])).ToArray(), graph[i].Shape, graph[i].PerRow).Index;
        }
        return living.Build(graph.Outputs.Select(o => o with { Node = places[o.Node] }).ToList());
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
    private Value? AlongSums(Node node)
    {
        if (node.Op is not ContractOp { OverRows: true } contract) return null;
        for (int side = 0; side < 2; side++)
        {
            var (windows, results) = (graph[node.Operands[side]], graph[node.Operands[1 - side]]);
            var (labels, others) = side == 0 ? (contract.Left, contract.Right) : (contract.Right, contract.Left);
            int last = results.Shape.Rank - 1;
            if (!windows.PerRow || !results.PerRow || last < 1 || windows.Shape.Rank == 0 || windows.Shape[windows.Shape.Rank - 1] != 1 || results.Shape[last] > lanes / 2 || results.Shape[last - 1] < lanes / 2) continue;
            int taps = contract.Result.Where(labels.Contains).Select(label => windows.Shape[labels.Items.IndexOf(label)]).LastOrDefault();
            if (results.Shape[last - 1] < LeastTerms || taps is 0 or > MostTaps) continue;
            if (labels.Contains(others[last]) || !contract.Result.Contains(others[last]) || contract.Result.Contains(others[last - 1])) continue;
            if (!HasLanes(windows, labels.Items.IndexOf(others[last - 1]))) continue;
            var first = turned[node.Operands[1 - side]] ?? Layout.Copy(InOrder(node.Operands[1 - side]).Transpose([last, .. Enumerable.Range(0, last)]));
            var image = InOrder(node.Operands[side]);
            return side == 0 ? builder.Add(contract with { Right = ToFront(others) }, image, first) : builder.Add(contract with { Left = ToFront(others) }, first, image);
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

    private Value AlongWidth(Node node, ContractOp contract)
        => builder.Add(contract with { Left = ToFront(contract.Left), Result = ToFront(contract.Result) }, turned[node.Operands[0]] ?? ChannelsFirst(InOrder(node.Operands[0])), InOrder(node.Operands[1]));

    /// <summary>What a node makes of values that are held with their last axis first, in the same order, if it can.</summary>
    private Value? InTurnedOrder(Node node)
    {
        if (!node.Operands.Any(o => turned[o] is not null)) return null;
        int last = node.Shape.Rank - 1;
        if (node.Op is MapOp map) return node.Operands.All(o => FitsTurned(o, node)) ? Turned(map, node) : null;
        if (turned[node.Operands[0]] is not { } x) return null;
        switch (node.Op)
        {
            case PadOp pad when pad.Axis < last:
                return builder.Add(pad with { Axis = pad.Axis + 1 }, x);
            // Vectors take every element along the width, or every second.
            case UnfoldOp unfold when unfold.Axis + 1 < last && unfold.Windows.Stride <= 2:
                return builder.Add(unfold with { Axis = unfold.Axis + 1 }, x);
            // And each twice, where windows of two lie side by side.
            case FoldOp { Windows: { Start: 0, Step: 1, Stride: 2, Taps: 2 } } fold when fold.Axis < last && fold.Extent == 2 * fold.Windows.Positions:
                return builder.Add(fold with { Axis = fold.Axis + 1 }, x);
            case ReduceOp { OverRows: false } reduce when !reduce.Axes.Contains(last):
                return builder.Add(reduce with { Axes = reduce.Axes.Select(a => a + 1).ToEquatableArray() }, x);
            case ReshapeOp when KeepsAxes(node):
                return x.Reshape(TurnedShape(node.Shape));
            default:
                return null;
        }
    }

    /// <summary>Whether a reshaped value has other axes of one element alone.</summary>
    private bool KeepsAxes(Node node)
    {
        var source = graph[node.Operands[0]].Shape;
        return source.Rank > 0 && node.Shape.Rank > 0 && source[source.Rank - 1] > 1 && node.Shape[node.Shape.Rank - 1] > 1 && Cluster.ExtentsOf(node.Shape).SequenceEqual(Cluster.ExtentsOf(source));
    }

    /// <summary>Whether a Map in the other order can read an operand: one that is held so or can be, or a number for each place of the last axis.</summary>
    private bool FitsTurned(int operand, Node map)
        => turned[operand] is not null || turning[operand] is not null ? graph[operand].Shape.Rank == map.Shape.Rank : IsPerLast(graph[operand], map.Shape[map.Shape.Rank - 1]);

    private Value Turned(MapOp map, Node node)
    {
        int last = node.Shape.Rank - 1;
        var code = map.Expression.Code.Select(c => c.Op == ScalarOp.Index ? c with { A = c.A == last ? 0 : c.A + 1 } : c).ToEquatableArray();
        return builder.Map(new Expression(code), [.. node.Operands.Select(o => turned[o] ?? turning[o]?.Value ?? AlongFirst(InOrder(o), last))], TurnedShape(node.Shape), node.PerRow);
    }

    private static Shape TurnedShape(Shape shape) => new(shape.Extents.Skip(shape.Rank - 1).Concat(shape.Extents.Take(shape.Rank - 1)).ToEquatableArray());

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
