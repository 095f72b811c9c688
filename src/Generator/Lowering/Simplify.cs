using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Rewrites a graph into a smaller one with the same values, so that a function written by hand and the catalogue's meet in the same form:
/// dead nodes go; a Map that only one other Map of the same elements reads is written into it; division by a value that is the same along an axis
/// becomes a product with its reciprocal, computed once; transposes are absorbed by the contractions that read them; reshapes of reshapes,
/// slices of what was padded and reductions along extents of 1 disappear, and so do broadcasts that Maps read. Once before differentiation, so that an activation's derivative is one expression, and once after it,
/// without the merging: whether a derivative is computed early or late is then Fuse's choice.
/// </summary>
internal sealed partial class Simplify
{
    private readonly Graph graph;
    private readonly bool mergeMaps;
    private readonly bool keepStops;
    private readonly bool isBody;
    private readonly GraphBuilder builder = new();
    private readonly int[] uses;
    private readonly int[] moved;

    private Simplify(Graph graph, bool beforeDifferentiation, bool isBody = false)
    {
        this.graph = graph;
        this.isBody = isBody;
        mergeMaps = keepStops = beforeDifferentiation;
        moved = Enumerable.Repeat(-1, graph.Nodes.Count).ToArray();
        uses = CountUses(graph);
    }

    public static Graph BeforeDifferentiation(Graph graph) => new Simplify(graph, true).Rewrite();

    public static Graph AfterDifferentiation(Graph graph) => new Simplify(graph, false).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            if (uses[i] == 0) continue;
            builder.Layer = graph[i].Layer;
            moved[i] = Node(i).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    private Value Node(int index)
    {
        var node = graph[index];
        Value Operand(int k) => builder.At(moved[node.Operands[k]]);
        switch (node.Op)
        {
            case MapOp map when mergeMaps:
                return Merged(index, map);
            case MapOp map when SideBySide(map, node, node.Operands.Select(o => builder.At(moved[o]))) is { } joined:
                return joined;
            case MapOp map:
                return builder.Map(map.Expression, node.Operands.Select(o => WithoutBroadcast(builder.At(moved[o]))).ToList(), node.Shape, node.PerRow);
            case StopGradientOp when !keepStops:
                return Operand(0);
            case ReshapeOp when Operand(0).Node is { Op: ReshapeOp } inner:
                return builder.At(inner.Operands[0]).Reshape(node.Shape);
            case ReshapeOp:
                return Operand(0).Reshape(node.Shape);
            case TransposeOp transpose when transpose.Axes.SequenceEqual(Enumerable.Range(0, transpose.Axes.Count)):
                return Operand(0);
            case TransposeOp transpose when Operand(0).Node is { Op: TransposeOp inner } source:
                return builder.Add(new TransposeOp(transpose.Axes.Select(a => inner.Axes[a]).ToEquatableArray()), builder.At(source.Operands[0]));
            case SliceOp { Step: 1 } slice:
                return Slice(Operand(0), slice.Axis, slice.Start, slice.Length);
            case ScanOp scan:
                return ScanLift.Run(builder, scan with { Body = new Simplify(scan.Body, mergeMaps, isBody: true).Rewrite() }, node.Operands.Select(o => builder.At(moved[o])).ToList());
            case ReduceOp { OverRows: false } reduce when reduce.Axes.All(a => Operand(0).Shape[a] == 1):
                // Of one element the place is the first.
                return reduce.Kind == ReduceKind.ArgMax ? builder.Fill(0, node.Shape).Broadcast(node.Shape, node.PerRow) : Operand(0);
            case ReduceOp reduce when !mergeMaps:
                return SumOfProducts(reduce, Operand(0)) ?? Maximum(node, reduce) ?? Sum(reduce, Operand(0));
            case MomentsOp moments when !mergeMaps:
                return Moments(moments, Operand(0));
            case ContractOp contract:
                var (left, leftLabels) = WithoutTranspose(Operand(0), contract.Left);
                var (right, rightLabels) = WithoutTranspose(Operand(1), contract.Right);
                return builder.Add(contract with { Left = leftLabels, Right = rightLabels }, left, right);
            default:
                return builder.Add(node.Op, node.Operands.Select(o => builder.At(moved[o])).ToArray(), node.Shape, node.PerRow);
        }
    }

    /// <summary>The Map with every operand written in that is a Map of the same elements and has no other reader.</summary>
    private Value Merged(int index, MapOp map)
    {
        var node = graph[index];
        var operands = new List<Value>();
        var body = new ExpressionBuilder();
        int Operand(Value value)
        {
            operands.Add(value);
            return body.Operand(operands.Count - 1);
        }
        int[] arguments = node.Operands.Select(o =>
        {
            var operand = builder.At(moved[o]);
            bool mergeable = graph[o].Op is MapOp && uses[o] == 1 && operand.Node.Op is MapOp
                && operand.PerRow == node.PerRow && operand.Shape.Equals(node.Shape) && !(isBody && IsWorthKeeping((MapOp)operand.Node.Op));
            return mergeable
                ? body.Inline(((MapOp)operand.Node.Op).Expression, operand.Node.Operands.Select(inner => Operand(builder.At(inner))).ToArray())
                : Operand(operand);
        }).ToArray();
        var merged = body.Build(body.Inline(map.Expression, arguments));
        return DivideOnce(merged, operands, node.Shape, node.PerRow);
    }

    /// <summary>
    /// What a step of a Scan is not to compute again backwards: its gradient reads the result of a sigmoid or tangent, which lies with the step's other values; in one expression with
    /// what is done with it, it would be made of its argument once more.
    /// </summary>
    private static bool IsWorthKeeping(MapOp map) => ScalarFunction.Of(map.Expression.Code[map.Expression.Result].Op).Expensive;

    /// <summary>x / s, where s has fewer elements, is x · (1 / s) with the reciprocal as a value of its own.</summary>
    private Value DivideOnce(Expression expression, List<Value> operands, Shape shape, bool perRow)
    {
        int elements = shape.Count;
        bool IsSmall(Value v) => !GraphBuilder.IsScalarConstant(v.Node, out _) && (v.Shape.Count < elements || (perRow && !v.PerRow));
        var body = new ExpressionBuilder();
        int[] values = new int[expression.Code.Count];
        for (int i = 0; i < values.Length; i++)
        {
            var instruction = expression.Code[i];
            if (instruction.Op == ScalarOp.Divide && expression.Code[instruction.B] is { Op: ScalarOp.Operand } divisor && IsSmall(operands[divisor.A]))
            {
                operands.Add(1.0 / operands[divisor.A]);
                values[i] = body.Multiply(values[instruction.A], body.Operand(operands.Count - 1));
            }
            else
            {
                values[i] = body.Copy(instruction, values);
            }
        }
        return builder.Map(body.Build(values[values.Length - 1]), operands, shape, perRow);
    }

    /// <summary>What a Map reads repeated, it repeats itself.</summary>
    private Value WithoutBroadcast(Value operand)
    {
        while (operand.Node.Op is MapOp { Expression.IsIdentity: true }) operand = builder.At(operand.Node.Operands[0]);
        return operand;
    }

    private (Value Source, EquatableArray<int> Labels) WithoutTranspose(Value operand, EquatableArray<int> labels)
    {
        if (operand.Node.Op is not TransposeOp transpose) return (operand, labels);
        int[] source = new int[labels.Count];
        for (int axis = 0; axis < source.Length; axis++) source[transpose.Axes[axis]] = labels[axis];
        return (builder.At(operand.Node.Operands[0]), source);
    }

    /// <summary>How many live nodes and outputs read each node; 0 for dead ones.</summary>
    public static int[] CountUses(Graph graph)
    {
        int[] uses = new int[graph.Nodes.Count];
        foreach (var output in graph.Outputs) uses[output.Node]++;
        for (int i = uses.Length - 1; i >= 0; i--)
            if (uses[i] > 0) foreach (int operand in graph[i].Operands) uses[operand]++;
        // Parameters are the model's even where the loss does not reach them.
        for (int i = 0; i < uses.Length; i++)
            if (graph[i].Op is ParameterOp or StateOp && uses[i] == 0) uses[i] = 1;
        return uses;
    }
}
