using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Moves transposes from values towards those who read them. A value whose last axis in memory is an earlier axis of its own, as an image (channels,
/// height, width) that lies as (height, width, channels), keeps that order through everything that works element by element or along axes: maps,
/// reductions, moments, slices, paddings, concatenations. It is put in order only where order is demanded: by a reshape, an output, windows. So what is
/// computed between two convolutions is never copied from one order into the other. Any other transpose stays where it is written, that of a matrix too:
/// there are as many reasons for either of its orders.
/// </summary>
internal sealed class MemoryOrder
{
    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly Carried[] carried;

    private MemoryOrder(Graph graph)
    {
        this.graph = graph;
        carried = new Carried[graph.Nodes.Count];
    }

    /// <summary>A node's value, its axes in the order of memory.</summary>
    /// <param name="Last">The axis of the node that is the last in memory, the others staying in order; -1 if all are.</param>
    private readonly record struct Carried(Value Value, int Last)
    {
        public int Rank => Value.Shape.Rank;

        /// <summary>The axis in memory of an axis of the node.</summary>
        public int InMemory(int axis) => Last < 0 || axis < Last ? axis : axis == Last ? Rank - 1 : axis - 1;

        public EquatableArray<int> InMemory(IEnumerable<int> axes) => axes.Select(InMemory).OrderBy(a => a).ToEquatableArray();
    }

    public static Graph Run(Graph graph) => new MemoryOrder(graph).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < carried.Length; i++)
        {
            builder.Layer = graph[i].Layer;
            carried[i] = Node(graph[i]);
        }
        return builder.Build(graph.Outputs.Select(o =>
        {
            builder.Layer = graph[o.Node].Layer;
            return o with { Node = InOrder(carried[o.Node]).Index };
        }).ToList());
    }

    private Carried Node(Node node)
    {
        var x = node.Operands.Count > 0 ? carried[node.Operands[0]] : default;
        if (node.Op is TransposeOp transpose) return Transposed(x, transpose);
        if (node.Op is ScanOp scan) return InOrder(node, scan with { Body = Run(scan.Body) });
        if (node.Op is ContractOp contract && ChannelsLast(node, contract) is { } product) return product;
        if (node.Operands.Any(o => carried[o].Last >= 0))
        {
            switch (node.Op)
            {
                case MapOp map:
                    return Map(node, map);
                case StopGradientOp:
                    return x with { Value = x.Value.StopGradient() };
                // Places among the elements of several axes are counted in the order of the axes.
                case ReduceOp reduce when reduce.Kind != ReduceKind.ArgMax || reduce.Axes.Count == 1:
                    return Settled(builder.Add(reduce with { Axes = x.InMemory(reduce.Axes) }, x.Value), x.Last);
                case MomentsOp moments:
                    return Settled(builder.Add(new MomentsOp(x.InMemory(moments.Axes)), x.Value), x.Last + 1);
                case SliceOp slice:
                    return Settled(builder.Add(slice with { Axis = x.InMemory(slice.Axis) }, x.Value), x.Last);
                case PadOp pad:
                    return Settled(builder.Add(pad with { Axis = x.InMemory(pad.Axis) }, x.Value), x.Last);
                case ConcatOp concat:
                    return Concat(node, concat);
                case ReshapeOp when Cluster.ExtentsOf(node.Shape).SequenceEqual(Cluster.ExtentsOf(graph[node.Operands[0]].Shape)):
                    return Reshaped(x, graph[node.Operands[0]].Shape, node.Shape);
            }
        }
        return InOrder(node, node.Op);
    }

    /// <summary>A convolution of each channel by itself, of an image whose channels lie last: its windows are taken there.</summary>
    private Carried? ChannelsLast(Node node, ContractOp contract)
    {
        if (contract.OverRows || contract.Result.Count < 2 || contract.Left[0] != contract.Result[0] || !contract.Right.Contains(contract.Left[0])) return null;
        int image = node.Operands[0];
        var above = new Stack<Op>();
        for (; graph[image].Op is UnfoldOp { Axis: > 0 } or PadOp { Axis: > 0 }; image = graph[image].Operands[0]) above.Push(graph[image].Op);
        if (above.Count == 0 || carried[image].Last != 0) return null;
        var windows = above.Aggregate(carried[image].Value, (x, op) => builder.Add(op is UnfoldOp unfold ? unfold with { Axis = unfold.Axis - 1 } : (PadOp)op with { Axis = ((PadOp)op).Axis - 1 }, x));
        EquatableArray<int> ToEnd(EquatableArray<int> labels) => labels.Skip(1).Append(labels[0]).ToEquatableArray();
        return Settled(builder.Add(contract with { Left = ToEnd(contract.Left), Result = ToEnd(contract.Result) }, windows, InOrder(carried[node.Operands[1]])), 0);
    }

    private Carried InOrder(Node node, Op op) => new(builder.Add(op, node.Operands.Select(o => InOrder(carried[o])).ToArray(), node.Shape, node.PerRow), -1);

    private Carried Transposed(Carried x, TransposeOp transpose)
    {
        int[] order = transpose.Axes.Select(x.InMemory).ToArray();
        int last = Array.IndexOf(order, order.Length - 1);
        bool onlyLastMoves = order.Where((_, axis) => axis != last).SequenceEqual(Enumerable.Range(0, order.Length - 1));
        if (onlyLastMoves && last == order.Length - 1) return new Carried(x.Value, -1);
        return onlyLastMoves && order.Length > 2 ? Settled(x.Value, last) : new Carried(InOrder(x).Transpose([.. transpose.Axes]), -1);
    }

    /// <summary>All operands in the order of the largest that is carried.</summary>
    private Carried Map(Node node, MapOp map)
    {
        int rank = node.Shape.Rank;
        int leader = node.Operands.Where(o => carried[o].Last >= 0).OrderByDescending(o => graph[o].Shape.Count).First();
        int last = carried[leader].Last + rank - graph[leader].Shape.Rank;
        var operands = node.Operands.Select(o => Aligned(carried[o], last, rank)).ToList();
        var expression = new Expression(map.Expression.Code
            .Select(i => i.Op == ScalarOp.Index ? i with { A = i.A < last ? i.A : i.A == last ? rank - 1 : i.A - 1 } : i).ToEquatableArray());
        return Settled(builder.Map(expression, operands, MoveToEnd(node.Shape, last), node.PerRow), last);
    }

    private Carried Concat(Node node, ConcatOp concat)
    {
        int last = node.Operands.Select(o => carried[o].Last).First(l => l >= 0);
        var parts = node.Operands.Select(o => Aligned(carried[o], last, node.Shape.Rank)).ToArray();
        return Settled(builder.Add(concat with { Axis = new Carried(parts[0], last).InMemory(concat.Axis) }, parts), last);
    }

    /// <summary>A reshape that only adds or drops extents of 1: the axis that lies last is still some axis.</summary>
    private Carried Reshaped(Carried x, Shape from, Shape to)
    {
        int number = Fuse.Positions(from)[x.Last];
        int last = Array.IndexOf(Fuse.Positions(to), number);
        return Settled(x.Value.Reshape(MoveToEnd(to, last)), last);
    }

    /// <summary>The value in an order in which an axis lies last, as it broadcasts to values of <paramref name="rank"/> axes in that order.</summary>
    private static Value Aligned(Carried x, int last, int rank)
    {
        int lead = rank - x.Rank;
        if (x.Rank == 0 || (x.Last >= 0 && x.Last + lead == last)) return x.Value;
        var value = InOrder(x);
        value = value.Reshape(new Shape(Enumerable.Repeat(1, lead).Concat(value.Shape.Extents).ToEquatableArray()));
        return MovesElements(value.Shape, last)
            ? value.Transpose([.. Enumerable.Range(0, rank).Where(a => a != last), last])
            : value.Reshape(MoveToEnd(value.Shape, last));
    }

    /// <summary>Of a value whose axis <paramref name="last"/> lies last: in order, if that moves nothing but extents of 1.</summary>
    private static Carried Settled(Value value, int last)
    {
        var carried = new Carried(value, last);
        var shape = new Shape(Enumerable.Range(0, carried.Rank).Select(a => value.Shape[carried.InMemory(a)]).ToEquatableArray());
        return MovesElements(shape, last) ? carried : new Carried(value.Reshape(shape), -1);
    }

    private static Value InOrder(Carried x) => x.Last < 0 ? x.Value : x.Value.Transpose([.. Enumerable.Range(0, x.Rank).Select(x.InMemory)]);

    private static Shape MoveToEnd(Shape shape, int axis) => new(shape.Without(axis).Extents.Append(shape[axis]).ToEquatableArray());

    /// <summary>Whether elements change their places when an axis becomes the last.</summary>
    private static bool MovesElements(Shape shape, int axis) => shape[axis] != 1 && shape.Extents.Skip(axis + 1).Any(e => e != 1);
}
