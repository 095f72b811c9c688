namespace DlGen.Graphs;

/// <summary>
/// A node while the graph is being built, with the operators and functions that layers and gradient rules are written in:
/// LayerNorm reads <c>(x - mean) / (variance + epsilon).Sqrt()</c>. Every member is one op of the graph.
/// </summary>
internal sealed class Value(GraphBuilder graph, int index)
{
    public GraphBuilder Graph => graph;

    public int Index => index;

    public Node Node => graph[index];

    public Shape Shape => Node.Shape;

    public bool PerRow => Node.PerRow;

    public static Value operator +(Value x, Value y) => x.Map(ScalarOp.Add, y);

    public static Value operator +(Value x, double y) => x.Map(ScalarOp.Add, y);

    public static Value operator -(Value x, Value y) => x.Map(ScalarOp.Subtract, y);

    public static Value operator -(Value x, double y) => x.Map(ScalarOp.Subtract, y);

    public static Value operator -(double x, Value y) => y.Graph.Scalar(x).Map(ScalarOp.Subtract, y);

    public static Value operator *(Value x, Value y) => x.Map(ScalarOp.Multiply, y);

    public static Value operator *(Value x, double y) => x.Map(ScalarOp.Multiply, y);

    public static Value operator /(Value x, Value y) => x.Map(ScalarOp.Divide, y);

    public static Value operator /(Value x, double y) => x.Map(ScalarOp.Divide, y);

    public static Value operator /(double x, Value y) => y.Graph.Scalar(x).Map(ScalarOp.Divide, y);

    public static Value operator -(Value x) => x.Map(ScalarOp.Negate);

    public Value Exp() => Map(ScalarOp.Exp);

    public Value Log() => Map(ScalarOp.Log);

    public Value Sqrt() => Map(ScalarOp.Sqrt);

    public Value Tanh() => Map(ScalarOp.Tanh);

    public Value Sigmoid() => Map(ScalarOp.Sigmoid);

    public Value Relu() => Map(ScalarOp.Relu);

    public Value Map(ScalarOp op) => graph.Map(b => b.Unary(op, b.Operand(0)), this);

    public Value Map(ScalarOp op, Value other) => graph.Map(b => b.Binary(op, b.Operand(0), b.Operand(1)), this, other);

    public Value Map(ScalarOp op, double other) => graph.Map(b => b.Binary(op, b.Operand(0), b.Constant(other)), this);

    public Value Pow(double exponent) => Map(ScalarOp.Power, exponent);

    /// <summary>This where the condition is not 0, else <paramref name="otherwise"/>.</summary>
    public Value Where(Value condition, Value otherwise) => graph.Map(b => b.Select(b.Operand(0), b.Operand(1), b.Operand(2)), condition, this, otherwise);

    /// <summary>Sum along axes, which stay with extent 1.</summary>
    public Value Sum(params int[] axes) => graph.Reduce(ReduceKind.Sum, this, axes);

    public Value Max(params int[] axes) => graph.Reduce(ReduceKind.Max, this, axes);

    public Value Min(params int[] axes) => graph.Reduce(ReduceKind.Min, this, axes);

    /// <summary>Where along axes, counted in row-major order, the largest value stands.</summary>
    public Value ArgMax(params int[] axes) => graph.Reduce(ReduceKind.ArgMax, this, axes);

    /// <summary>The elements at a place, counted over axes as <see cref="ArgMax"/> counts, and 0 elsewhere.</summary>
    public Value AtPlace(Value place, params int[] axes)
        => graph.Map(b =>
        {
            int own = b.Index(axes[0]);
            foreach (int axis in axes.Skip(1)) own = b.Add(b.Multiply(own, b.Constant(Shape[axis])), b.Index(axis));
            return b.Select(b.Equal(b.Operand(1), own), b.Operand(0), b.Constant(0));
        }, this, place);

    public Value Mean(params int[] axes)
    {
        int count = 1;
        foreach (int axis in axes) count *= Shape[Shape.Axis(axis)];
        return Sum(axes) * (1.0 / count);
    }

    public Value Reshape(Shape shape) => shape.Equals(Shape) ? this : graph.Add(new Ops.ReshapeOp(shape), this);

    /// <summary>Drops an axis of extent 1.</summary>
    public Value Squeeze(int axis) => Reshape(Shape.Without(Shape.Axis(axis)));

    public Value Transpose(params int[] axes) => graph.Add(new Ops.TransposeOp(axes), this);

    public Value Slice(int axis, int start, int length, int step = 1) => graph.Add(new Ops.SliceOp(Shape.Axis(axis), start, length, step), this);

    /// <summary>A number before, after and between the elements along an axis.</summary>
    public Value Pad(int axis, int before, int after, int interior = 0, double value = 0)
        => before == 0 && after == 0 && interior == 0 ? this : graph.Add(new Ops.PadOp(Shape.Axis(axis), before, after, interior, value), this);

    /// <summary>Windows along an axis: it becomes two, positions and taps.</summary>
    public Value Unfold(int axis, Ops.Windows windows) => graph.Add(new Ops.UnfoldOp(Shape.Axis(axis), windows), this);

    /// <summary>The sum of windows where they overlap: positions and taps, two axes, become one of <paramref name="extent"/> elements.</summary>
    public Value Fold(int axis, int extent, Ops.Windows windows) => graph.Add(new Ops.FoldOp(Shape.Axis(axis), extent, windows), this);

    /// <summary>The value repeated along axes of extent 1 and new leading axes; per row if asked.</summary>
    public Value Broadcast(Shape shape, bool perRow) => graph.Broadcast(this, shape, perRow);

    public Value StopGradient() => graph.Add(new Ops.StopGradientOp(), this);
}
