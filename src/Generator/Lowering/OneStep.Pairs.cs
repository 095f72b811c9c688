using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// What each step has with each other one, as the scores of attention that is written in ops: a step has its own row of it, with an element for every step there may be. Those of later steps hold anything,
/// until they are hidden; summed over is only what is then neutral there.
/// </summary>
internal sealed partial class OneStep
{
    /// <summary>Larger tables of constants are not looked through.</summary>
    private const int MostNumbers = 1 << 20;

    private readonly Dictionary<int, double[]?> numbers = [];
    private readonly Dictionary<(int Operand, int Axis), Value> remembered = [];

    /// <summary>An op on pairs of steps, or one that makes them of operands along two axes of time: the first is that of the step, the second that of those it looks at.</summary>
    private (Value, Timing) OfPairs(Node node)
    {
        if (node.Op is MapOp map) return MapOfPairs(node, map);
        if (node.Op is ContractOp contract) return ContractOfPairs(node, contract);
        var timing = timings[node.Operands[0]];
        var x = values[node.Operands[0]]!;
        switch (node.Op)
        {
            case StopGradientOp:
                return (x, timing);
            case TransposeOp transpose:
                return (builder.Add(transpose, x), timing with { Axis = transpose.Axes.Items.IndexOf(timing.Axis), Keys = transpose.Axes.Items.IndexOf(timing.Keys) });
            case ReshapeOp reshape:
                var shape = graph[node.Operands[0]].Shape;
                int axis = AfterReshape(node, shape, timing.Axis, reshape.Extents), keys = AfterReshape(node, shape, timing.Keys, reshape.Extents);
                return (x.Reshape(reshape.Extents.With(axis, 1)), timing with { Axis = axis, Keys = keys });
            case ReduceOp reduce when !reduce.Axes.Items.Contains(timing.Axis):
                if (reduce.Kind == ReduceKind.ArgMax) throw Obstacle(node, "looks for places among what each step has with each other one");
                if (!reduce.Axes.Items.Contains(timing.Keys)) return (builder.Add(reduce, x), timing with { Later = reduce.Kind is ReduceKind.Max or ReduceKind.Min || timing.Later == 0 ? timing.Later : null });
                if (timing.Later != reduce.Kind.Neutral()) throw Hidden(node, $"takes the {reduce.Kind.ToString().ToLowerInvariant()} over");
                return (builder.Add(reduce, Hiding(x, timing, graph[node.Operands[0]].Shape)), new Timing(TimeKind.Along, timing.Axis));
            default:
                throw Obstacle(node, $"computes {node.Op.Name} of what each step has with each other one");
        }
    }

    private (Value, Timing) MapOfPairs(Node node, MapOp map)
    {
        int Shift(int operand) => node.Shape.Rank - graph[operand].Shape.Rank;
        int[] axes = [.. node.Operands.Where(o => timings[o].Kind is TimeKind.Along or TimeKind.Pairs)
            .SelectMany(o => timings[o] is { Kind: TimeKind.Pairs } pairs ? new[] { pairs.Axis + Shift(o), pairs.Keys + Shift(o) } : [timings[o].Axis + Shift(o)]).Distinct().OrderBy(axis => axis)];
        if (axes.Length != 2) throw Obstacle(node, "meets each step with each other one twice");
        var pair = node.Operands.Where(o => timings[o].Kind == TimeKind.Pairs).Select(o => (timings[o].Axis + Shift(o), timings[o].Keys + Shift(o))).DefaultIfEmpty((axes[0], axes[1])).First();
        var (query, keys) = pair;
        var operands = node.Operands.Select(o => InPairs(node, o, query - Shift(o), keys - Shift(o))).ToList();
        var later = LaterOf(map.Expression, query, keys, o => LaterOf(node.Operands[o], query - Shift(node.Operands[o]), keys - Shift(node.Operands[o])));
        var (expression, all) = AtPosition(map.Expression, operands, query, node.Shape);
        return (builder.Map(expression, all, node.Shape.With(query, 1), node.PerRow), new Timing(TimeKind.Pairs, query, Keys: keys, Later: later));
    }

    private (Value, Timing) ContractOfPairs(Node node, ContractOp contract)
    {
        EquatableArray<int> LabelsOf(int side) => side == 0 ? contract.Left : contract.Right;
        var pairs = Enumerable.Range(0, 2).Where(side => timings[node.Operands[side]].Kind == TimeKind.Pairs).ToList();
        int query, keys;
        if (pairs.Count > 0)
        {
            var timing = timings[node.Operands[pairs[0]]];
            (query, keys) = (LabelsOf(pairs[0])[timing.Axis], LabelsOf(pairs[0])[timing.Keys]);
        }
        else
        {
            int[] labels = [.. Enumerable.Range(0, 2).Select(side => LabelsOf(side)[timings[node.Operands[side]].Axis]).OrderBy(contract.Result.Items.IndexOf)];
            (query, keys) = (labels[0], labels[1]);
        }
        int axis = contract.Result.Items.IndexOf(query), axisOfKeys = contract.Result.Items.IndexOf(keys);
        if (axis < 0) throw Obstacle(node, "sums over time");
        var operands = node.Operands.Select((o, side) => InPairs(node, o, LabelsOf(side).Items.IndexOf(query), LabelsOf(side).Items.IndexOf(keys))).ToArray();
        bool isZeroLater = pairs.Any(side => timings[node.Operands[side]].Later == 0);
        if (axisOfKeys < 0)
        {
            if (!isZeroLater) throw Hidden(node, "sums over");
            foreach (int side in pairs) operands[side] = Hiding(operands[side], timings[node.Operands[side]] with { Later = 0 }, graph[node.Operands[side]].Shape);
        }
        return (builder.Add(contract, operands), axisOfKeys < 0 ? new Timing(TimeKind.Along, axis) : new Timing(TimeKind.Pairs, axis, Keys: axisOfKeys, Later: isZeroLater ? 0 : null));
    }

    /// <summary>A step's row with what is known of later steps in their places, where other numbers may stand: their keys are not there yet.</summary>
    private Value Hiding(Value row, Timing timing, Shape shape)
        => builder.Map(b => b.Select(b.Binary(ScalarOp.LessOrEqual, b.Index(timing.Keys), b.Operand(1)), b.Operand(0), b.Constant(timing.Later!.Value)), [row, Position(shape[timing.Keys])], row.Shape, row.PerRow);

    private static ObstacleException Hidden(Node node, string what) => Obstacle(node, $"{what} steps that are yet to come, which nothing hides");

    /// <summary>An operand as a step has it: of the one axis its element, of the other all so far.</summary>
    private Value InPairs(Node node, int operand, int query, int keys)
    {
        var timing = timings[operand];
        return timing.Kind switch
        {
            TimeKind.Same => At(operand, query),
            TimeKind.Along when timing.Axis == query => Settled(operand),
            TimeKind.Along when timing.Axis == keys => Element(AllSoFar(operand, keys), query),
            TimeKind.Pairs when timing.Axis == query && timing.Keys == keys => values[operand]!,
            _ => throw Obstacle(node, "meets each step with each other one"),
        };
    }

    private Value AllSoFar(int operand, int axis)
    {
        if (!remembered.TryGetValue((operand, axis), out var all)) remembered[(operand, axis)] = all = Remembered(Settled(operand), axis, graph[operand].Shape[axis]);
        return all;
    }

    /// <summary>What a value is where the keys' step is later than the query's; null where it differs, or is not known.</summary>
    private double? LaterOf(int index, int query, int keys)
    {
        var node = graph[index];
        if (timings[index].Kind == TimeKind.Pairs) return timings[index].Later;
        // An axis of one element is that of all steps.
        if (query >= 0 && node.Shape[query] == 1) query = -1;
        if (keys >= 0 && node.Shape[keys] == 1) keys = -1;
        if (query >= 0 && keys >= 0 && NumbersOf(index) is { } all)
        {
            int[] strides = node.Shape.Strides();
            double? later = null;
            for (int i = 0; i < all.Length; i++)
            {
                if (i / strides[keys] % node.Shape[keys] <= i / strides[query] % node.Shape[query]) continue;
                if (later is { } other && !other.Equals(all[i])) return null;
                later = all[i];
            }
            return later;
        }
        if (node.Op is not MapOp map) return null;
        return LaterOf(map.Expression, query, keys, o => node.Shape.Rank - graph[node.Operands[o]].Shape.Rank is var shift ? LaterOf(node.Operands[o], query - shift, keys - shift) : null);
    }

    /// <summary>All elements of what is computed of constants alone; null for others.</summary>
    private double[]? NumbersOf(int index)
    {
        if (!numbers.TryGetValue(index, out var known)) numbers[index] = known = Numbers(graph[index]);
        return known;
    }

    private double[]? Numbers(Node node)
    {
        if (node.PerRow || node.Shape.Count > MostNumbers) return null;
        if (node.Op is ConstantOp constant) return [.. constant.Values];
        if (node.Op is ReshapeOp) return NumbersOf(node.Operands[0]);
        if (node.Op is not MapOp map) return null;
        var operands = node.Operands.Select(NumbersOf).ToArray();
        if (operands.Contains(null)) return null;
        int rank = node.Shape.Rank;
        // Where an operand has an element of the result: it broadcasts along extents of 1.
        int[][] strides = [.. node.Operands.Select(o => graph[o].Shape).Select(shape => Enumerable.Range(0, rank)
            .Select(axis => axis - rank + shape.Rank is >= 0 and var own && shape[own] > 1 ? shape.Strides()[own] : 0).ToArray())];
        int[] own = node.Shape.Strides(), places = new int[rank];
        double[] values = new double[map.Expression.Code.Count], inputs = new double[operands.Length], result = new double[node.Shape.Count];
        for (int i = 0; i < result.Length; i++)
        {
            for (int axis = 0; axis < rank; axis++) places[axis] = i / own[axis] % node.Shape[axis];
            for (int operand = 0; operand < inputs.Length; operand++)
            {
                int place = 0;
                for (int axis = 0; axis < rank; axis++) place += places[axis] * strides[operand][axis];
                inputs[operand] = operands[operand]![place];
            }
            result[i] = Evaluate(map.Expression, places, inputs, values);
        }
        return result;
    }

    private static double Evaluate(Expression expression, int[] places, double[] operands, double[] values)
    {
        for (int i = 0; i < values.Length; i++)
        {
            var code = expression.Code[i];
            double At(int instruction) => instruction < 0 ? 0 : values[instruction];
            values[i] = code.Op switch
            {
                ScalarOp.Operand => operands[code.A],
                ScalarOp.Constant => code.Value,
                ScalarOp.Index => places[code.A],
                _ => ScalarFunction.Of(code.Op).Evaluate(At(code.A), At(code.B), At(code.C)),
            };
        }
        return values[values.Length - 1];
    }

    /// <summary>An expression where the index along the keys is larger than that along the queries, as far as that decides it in numbers: what is not known counts as finite, which it is for steps that are there.</summary>
    private static double? LaterOf(Expression expression, int query, int keys, Func<int, double?> operand)
    {
        double?[] known = new double?[expression.Code.Count];
        bool IsIndex(int instruction, int axis) => axis >= 0 && expression.Code[instruction] is { Op: ScalarOp.Index } code && code.A == axis;
        for (int i = 0; i < known.Length; i++)
        {
            var code = expression.Code[i];
            double? A(int k) => known[code.Operand(k)];
            int arity = ScalarFunction.Of(code.Op).Arity;
            known[i] = code.Op switch
            {
                ScalarOp.Operand => operand(code.A),
                ScalarOp.Constant => code.Value,
                ScalarOp.Index => null,
                ScalarOp.Less or ScalarOp.LessOrEqual or ScalarOp.Equal when IsIndex(code.A, keys) && IsIndex(code.B, query) => 0,
                ScalarOp.Less or ScalarOp.LessOrEqual when IsIndex(code.A, query) && IsIndex(code.B, keys) => 1,
                ScalarOp.Equal when IsIndex(code.A, query) && IsIndex(code.B, keys) => 0,
                ScalarOp.Select when A(0) is { } condition => condition != 0 ? A(1) : A(2),
                ScalarOp.Select => A(1) == A(2) ? A(1) : null,
                _ when Enumerable.Range(0, arity).All(k => A(k) is not null) => ScalarFunction.Of(code.Op).Evaluate(A(0) ?? 0, arity > 1 ? A(1)!.Value : 0, arity > 2 ? A(2)!.Value : 0),
                ScalarOp.Multiply or ScalarOp.And when A(0) == 0 || A(1) == 0 => 0,
                ScalarOp.Divide when A(0) == 0 => 0,
                ScalarOp.Add when (A(0) ?? A(1)) is { } sum && double.IsInfinity(sum) => sum,
                ScalarOp.Subtract when A(0) is { } left && double.IsInfinity(left) => left,
                ScalarOp.Minimum when (A(0) ?? A(1)) is { } least && double.IsNegativeInfinity(least) => least,
                _ => null,
            };
            if (known[i] is { } number && double.IsNaN(number)) known[i] = null;
        }
        return known[known.Length - 1];
    }
}
