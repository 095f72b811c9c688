using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// An op of a Scan's body for all steps at once: the same op with time as a further leading axis. So what waits for no carry is computed before the
/// loop, and what no carry waits for after it; a product then becomes one product over rows and time.
/// </summary>
internal static class OverSteps
{
    /// <summary>Whether an op may stand in a body. Each may be moved out of it; what can't be, such as statistics of the batch, has no place in a loop.</summary>
    public static bool Knows(Op op)
        => op is MapOp or ReduceOp or ContractOp or ReshapeOp or TransposeOp or SliceOp or PadOp or ConcatOp or UnfoldOp or FoldOp or StopGradientOp or ConstantOp or BodyInputOp;

    /// <summary>
    /// The node's values at all steps, (time, …), from those of its operands; <paramref name="hasSteps"/> tells which of them have time as leading axis, the
    /// others are the same at every step. Where none has, the result has no time either.
    /// </summary>
    public static Value Apply(GraphBuilder graph, Node node, IReadOnlyList<Value> operands, IReadOnlyList<bool> hasSteps, int steps)
    {
        if (!hasSteps.Any(has => has)) return graph.Add(node.Op, operands, node.Shape, node.PerRow);
        var shape = node.Shape.WithLeading(steps);
        return node.Op switch
        {
            MapOp map => graph.Map(WithShiftedIndices(map.Expression), Aligned(operands, hasSteps, node.Shape.Rank), shape, node.PerRow),
            ReduceOp reduce => graph.Add(reduce with { Axes = Shifted(reduce.Axes) }, operands, shape, node.PerRow),
            ContractOp contract => graph.Add(WithSteps(contract, hasSteps, summed: false), operands, shape, node.PerRow),
            ReshapeOp => operands[0].Reshape(shape),
            TransposeOp transpose => operands[0].Transpose([0, .. Shifted(transpose.Axes)]),
            SliceOp slice => graph.Add(slice with { Axis = slice.Axis + 1 }, operands, shape, node.PerRow),
            PadOp pad => graph.Add(pad with { Axis = pad.Axis + 1 }, operands, shape, node.PerRow),
            UnfoldOp unfold => graph.Add(unfold with { Axis = unfold.Axis + 1 }, operands, shape, node.PerRow),
            FoldOp fold => graph.Add(fold with { Axis = fold.Axis + 1 }, operands, shape, node.PerRow),
            ConcatOp concat => graph.Add(new ConcatOp(concat.Axis + 1), operands.Select((o, i) => hasSteps[i] ? o : graph.Broadcast(o, o.Shape.WithLeading(steps), o.PerRow)).ToArray()),
            StopGradientOp => operands[0].StopGradient(),
            _ => throw new InvalidOperationException($"{node.Op.Name} can't be computed for all steps at once"),
        };
    }

    /// <summary>Whether the sum over all steps goes into the op: a product, or a sum over other axes.</summary>
    public static bool TakesSum(Node node, IReadOnlyList<bool> hasSteps)
        => node.Op is ContractOp or ReduceOp { Kind: ReduceKind.Sum } && hasSteps.All(has => has);

    /// <summary>The sum over all steps of such a node as one op.</summary>
    public static Value Sum(GraphBuilder graph, Node node, Value[] operands) => node.Op switch
    {
        ContractOp contract => graph.Add(WithSteps(contract, [true, true], summed: true), operands, node.Shape, node.PerRow),
        ReduceOp reduce => graph.Add(reduce with { Axes = Shifted(reduce.Axes).Prepend(0).ToEquatableArray() }, operands).Squeeze(0),
        _ => throw new InvalidOperationException($"the sum over steps does not go into {node.Op.Name}"),
    };

    /// <summary>Whether the sum over all steps of the node is the node of its operands' sums: a sum of two, or the same elements in another order.</summary>
    public static bool IsLinear(Node node, IReadOnlyList<bool> hasSteps) => node.Op switch
    {
        MapOp { Expression.Code: { Count: 3 } code } => code[2].Op == ScalarOp.Add && hasSteps.Count == 2 && hasSteps.All(has => has),
        ReshapeOp or TransposeOp => hasSteps[0],
        _ => false,
    };

    private static EquatableArray<int> Shifted(EquatableArray<int> axes) => axes.Select(a => a + 1).ToEquatableArray();

    private static ContractOp WithSteps(ContractOp contract, IReadOnlyList<bool> hasSteps, bool summed)
    {
        int time = contract.Left.Concat(contract.Right).Append(-1).Max() + 1;
        EquatableArray<int> With(EquatableArray<int> labels, bool has) => has ? labels.Prepend(time).ToEquatableArray() : labels;
        return contract with { Left = With(contract.Left, hasSteps[0]), Right = With(contract.Right, hasSteps[1]), Result = With(contract.Result, !summed) };
    }

    private static Expression WithShiftedIndices(Expression expression)
        => new(expression.Code.Select(i => i.Op == ScalarOp.Index ? i with { A = i.A + 1 } : i).ToEquatableArray());

    /// <summary>Operands of fewer axes than the result get extents of 1 between time and their own.</summary>
    private static Value[] Aligned(IReadOnlyList<Value> operands, IReadOnlyList<bool> hasSteps, int rank)
        => operands.Select((o, i) => hasSteps[i]
            ? o.Reshape(new Shape(o.Shape.Extents.Take(1).Concat(Enumerable.Repeat(1, rank + 1 - o.Shape.Rank)).Concat(o.Shape.Extents.Skip(1)).ToEquatableArray()))
            : o).ToArray();
}
