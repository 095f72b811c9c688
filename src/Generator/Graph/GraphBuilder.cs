using DlGen.Ops;

namespace DlGen.Graphs;

/// <summary>
/// Builds a graph: infers shapes, makes equal nodes one, and keeps Maps in a normal form (each operand once, in the order of the nodes), so
/// that a function written by hand from its parts and the catalogue's give the same nodes.
/// </summary>
internal sealed class GraphBuilder
{
    private readonly List<Node> nodes = [];
    private readonly Dictionary<(Op, EquatableArray<int>, Shape, bool), int> known = [];

    public Node this[int index] => nodes[index];

    public int Count => nodes.Count;

    /// <summary>Path of the layer that the nodes to come belong to.</summary>
    public string Layer { get; set; } = "";

    public Value At(int index) => new(this, index);

    public Value Add(Op op, params Value[] operands)
    {
        var (shape, perRow) = op.Infer(operands.Select(v => v.Node).ToList());
        return Add(op, operands, shape, perRow);
    }

    public Value Scalar(double value) => Fill(value, Shape.Scalar);

    /// <summary>A shared value of one number everywhere.</summary>
    public Value Fill(double value, Shape shape)
    {
        var builder = new ExpressionBuilder();
        return Add(new MapOp(builder.Build(builder.Constant(value))), [], shape, perRow: false);
    }

    /// <summary>An elementwise function of operands that broadcast against each other.</summary>
    public Value Map(Func<ExpressionBuilder, int> body, params Value[] operands)
    {
        var shape = Shape.Scalar;
        foreach (var operand in operands) shape = Shape.Broadcast(shape, operand.Shape);
        return Map(body, operands, shape, operands.Any(o => o.PerRow));
    }

    public Value Map(Func<ExpressionBuilder, int> body, Value[] operands, Shape shape, bool perRow)
    {
        var builder = new ExpressionBuilder();
        return Map(builder.Build(body(builder)), operands, shape, perRow);
    }

    /// <summary>A Map of the given iteration shape; constants are written into the expression, unused operands dropped.</summary>
    public Value Map(Expression expression, IReadOnlyList<Value> operands, Shape shape, bool perRow)
    {
        var used = expression.Code.Where(i => i.Op == ScalarOp.Operand).Select(i => operands[i.A]).ToList();
        var order = used.Where(v => !IsScalarConstant(v.Node, out _)).Select(v => v.Index).Distinct().OrderBy(i => i).ToList();
        var builder = new ExpressionBuilder();
        // Operands first and in order: x · y and y · x then have their operands in one order, whoever wrote which.
        for (int position = 0; position < order.Count; position++) builder.Operand(position);
        var values = operands.Select(v => IsScalarConstant(v.Node, out double number) ? builder.Constant(number)
            : order.IndexOf(v.Index) is >= 0 and var position ? builder.Operand(position) : -1).ToList();
        var normal = builder.Build(builder.Inline(expression, values));
        // Inlining may have made further operands superfluous (x * 0 stays, select on a constant goes).
        if (order.Count > 0 && Enumerable.Range(0, order.Count).Any(p => !normal.Code.Any(i => i.Op == ScalarOp.Operand && i.A == p)))
            return Map(normal, order.Select(At).ToList(), shape, perRow);
        if (normal.IsIdentity && nodes[order[0]] is { } source && source.Shape.Equals(shape) && source.PerRow == perRow) return At(order[0]);
        return Add(new MapOp(normal), order.Select(At).ToArray(), shape, perRow);
    }

    public Value Reduce(ReduceKind kind, Value x, params int[] axes)
    {
        int[] resolved = axes.Select(x.Shape.Axis).Distinct().OrderBy(a => a).ToArray();
        return resolved.Length == 0 ? x : Add(new ReduceOp(kind, resolved, OverRows: false), x);
    }

    public Value Broadcast(Value x, Shape shape, bool perRow) => Map(b => b.Operand(0), [x], shape, perRow);

    /// <summary>The sum of <paramref name="x"/> over what a broadcast from (shape, perRow) repeated: the gradient of that broadcast.</summary>
    public Value SumTo(Value x, Shape shape, bool perRow)
    {
        int lead = x.Shape.Rank - shape.Rank;
        int[] axes = Enumerable.Range(0, x.Shape.Rank).Where(a => x.Shape[a] != 1 && (a < lead || shape[a - lead] == 1)).ToArray();
        bool overRows = x.PerRow && !perRow;
        if (axes.Length > 0 || overRows) x = Add(new ReduceOp(ReduceKind.Sum, axes, overRows), x);
        return x.Reshape(shape);
    }

    public Graph Build(IEnumerable<Output> outputs) => new(nodes.ToEquatableArray(), outputs.ToEquatableArray());

    public static bool IsScalarConstant(Node node, out double value)
    {
        value = 0;
        return node.Op is MapOp map && node.Shape.Rank == 0 && map.Expression.IsConstant(out value);
    }

    /// <summary>Adds a node whose shape is already known (a copy of another graph's node, or a Map with a stated iteration shape).</summary>
    public Value Add(Op op, IReadOnlyList<Value> operands, Shape shape, bool perRow)
    {
        if (operands.Any(o => o.Graph != this)) throw new InvalidOperationException($"{op.Name} was given a value of another graph");
        var indices = operands.Select(o => o.Index).ToEquatableArray();
        var key = (op, indices, shape, perRow);
        if (known.TryGetValue(key, out int index)) return At(index);
        nodes.Add(new Node(op, indices, shape, perRow, Layer));
        known.Add(key, nodes.Count - 1);
        return At(nodes.Count - 1);
    }
}
