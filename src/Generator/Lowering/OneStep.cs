using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>A network as it runs step by step along its last input's first axis; the inputs before that one are given, whole and for all steps.</summary>
/// <param name="Graph">One step: of the predictions, and where these differ of the outputs, and of what it remembers. Null where the network can't run so.</param>
/// <param name="Sequence">The input that steps.</param>
/// <param name="Positions">The most steps, where positions are told apart; else 0: as many as one likes.</param>
/// <param name="Obstacle">What in the network can't; empty where nothing is.</param>
internal sealed record StepwiseNetwork(Graph? Graph, string Sequence, int Positions, string Obstacle);

/// <summary>
/// The network at one time step. Every value keeps its axes, and along time it has one element, that of the step; values that are the same at all steps stay as they are, and
/// where they lie along time they are read at the position. What a step needs of those before it becomes memory: the carries of a Scan, keys and values of causal
/// attention, what windows reach back to. A network in which a step would need a later one has no such form.
/// </summary>
internal sealed partial class OneStep
{
    private readonly Graph graph;
    private readonly InputOp sequence;
    private readonly GraphBuilder builder = new();
    private readonly Value?[] values;
    private readonly Timing[] timings;
    private readonly List<Output> updates = [];
    private bool[] live = [];
    private int memories;
    private int positions = int.MaxValue;

    private OneStep(Graph graph, InputOp sequence)
    {
        this.graph = graph;
        this.sequence = sequence;
        values = new Value?[graph.Nodes.Count];
        timings = new Timing[graph.Nodes.Count];
    }

    private enum TimeKind
    {
        /// <summary>The same at every step.</summary>
        Same,

        /// <summary>Time is one of its axes; the element of a step depends on no later one.</summary>
        Along,

        /// <summary>What the sequence so far gives: no axis is time.</summary>
        Now,

        /// <summary>Two of its axes are time, that of the step and that of all steps.</summary>
        Pairs,

        /// <summary>The slots of a Scan: see <see cref="ScanOp"/>.</summary>
        Slots,
    }

    /// <param name="Axis">Along and Pairs: the axis that is time, of the step. Slots: the Scan's node.</param>
    /// <param name="Back">Along: so many steps after its own a value is read, because of a padding before the first. Slots: the first column.</param>
    /// <param name="Keys">Pairs: the axis that is time, of all steps.</param>
    /// <param name="Later">Pairs: what stands for all steps that are yet to come, where that is known.</param>
    private readonly record struct Timing(TimeKind Kind, int Axis = -1, int Back = 0, int Keys = -1, double? Later = null);

    /// <summary>A step would need a later one, or something that the compiler does not know for steps; the message says where.</summary>
    private sealed class ObstacleException(string message) : Exception(message);

    /// <param name="prediction">The network as it is used, as it was read.</param>
    public static StepwiseNetwork Of(Graph prediction)
    {
        InputOp[] inputs = [.. prediction.Nodes.Items.Select(n => n.Op).OfType<InputOp>().Where(i => !i.IsTarget).Distinct()];
        var sequence = inputs[inputs.Length - 1];
        if (ObstacleOf(sequence, inputs.Length == 1) is { } none) return new StepwiseNetwork(null, "", 0, none);
        try
        {
            var step = new OneStep(prediction, sequence);
            var result = step.Rewrite();
            return new StepwiseNetwork(result, sequence.Variable, step.positions == int.MaxValue ? 0 : step.positions, "");
        }
        catch (ObstacleException obstacle)
        {
            return new StepwiseNetwork(null, "", 0, obstacle.Message);
        }
    }

    /// <summary>Most networks are none of sequences.</summary>
    private static string? ObstacleOf(InputOp last, bool isOnly)
        => last.Extents.Rank == (last.IsLabel ? 1 : 2) && last.Extents[0] > 1 ? null
        : $"its {(isOnly ? "input" : "last input " + last.Variable.TrimStart('@'))} {last.Extents} is no sequence";

    private Graph Rewrite()
    {
        var roles = new[] { OutputRole.Prediction, OutputRole.Output };
        var outputs = graph.Outputs.Where(o => roles.Contains(o.Role)).OrderBy(o => o.Role).ToList();
        live = Live(outputs);
        for (int i = 0; i < live.Length; i++)
        {
            if (!live[i]) continue;
            builder.Layer = graph[i].Layer;
            (values[i], timings[i]) = Step(i);
        }
        if (outputs.All(o => timings[o.Node].Kind == TimeKind.Same)) throw new ObstacleException("its output does not depend on the sequence");
        var results = outputs.Select(o => o with { Node = OfStep(o).Index }).ToList();
        bool hasLink = outputs.Select(o => o.Node).Distinct().Count() > outputs.Count / 2;
        return builder.Build(results.Where(o => hasLink || o.Role == OutputRole.Prediction).Concat(updates).ToList());
    }

    private bool[] Live(IEnumerable<Output> outputs)
    {
        bool[] live = new bool[graph.Nodes.Count];
        foreach (var output in outputs) live[output.Node] = true;
        for (int i = live.Length - 1; i >= 0; i--)
            if (live[i]) foreach (int operand in graph[i].Operands) live[operand] = true;
        return live;
    }

    /// <summary>An output without time.</summary>
    private Value OfStep(Output output)
    {
        builder.Layer = graph[output.Node].Layer;
        return timings[output.Node].Kind switch
        {
            TimeKind.Along => Settled(output.Node).Reshape(graph[output.Node].Shape.Without(timings[output.Node].Axis)),
            TimeKind.Slots => throw Obstacle(graph[output.Node], "gives a recurrence as a whole"),
            TimeKind.Pairs => throw Obstacle(graph[output.Node], "gives what each step has with each other one"),
            _ => values[output.Node]!,
        };
    }

    private (Value, Timing) Step(int index)
    {
        var node = graph[index];
        var kinds = node.Operands.Select(o => timings[o].Kind).ToList();
        if (node.Op is InputOp input && input.Equals(sequence)) return (builder.Add(input with { Extents = input.Extents.With(0, 1) }), new Timing(TimeKind.Along, 0));
        if (node.Op is RandomOp) throw Obstacle(node, "draws random numbers");
        if (kinds.All(k => k == TimeKind.Same)) return (Unchanged(node), new Timing(TimeKind.Same));
        if (kinds.Contains(TimeKind.Slots)) return Slot(node);
        if (kinds.Contains(TimeKind.Pairs)) return kinds.Contains(TimeKind.Now) ? throw Obstacle(node, "needs the last step at every one") : OfPairs(node);
        if (node.Op is AttentionOp attention) return Attention(index, attention);
        if (node.Op is ScanOp scan) return Scan(index, scan);
        if (!kinds.Contains(TimeKind.Along)) return (Unchanged(node), new Timing(TimeKind.Now));
        if (kinds.Contains(TimeKind.Now)) throw Obstacle(node, "needs the last step at every one");
        return node.Op switch
        {
            MapOp map => Map(node, map),
            ContractOp contract => Contract(node, contract),
            ConcatOp concat => Concat(node, concat),
            GatherOp => Gather(node),
            _ => Along(node, timings[node.Operands[0]]),
        };
    }

    /// <summary>An op of one operand along time.</summary>
    private (Value, Timing) Along(Node node, Timing timing)
    {
        int axis = timing.Axis;
        var x = values[node.Operands[0]]!;
        var shape = graph[node.Operands[0]].Shape;
        switch (node.Op)
        {
            // What moves elements leaves a padding before the first step where it is.
            case ReshapeOp reshape:
                int moved = AfterReshape(node, shape, axis, reshape.Extents);
                return (x.Reshape(reshape.Extents.With(moved, 1)), timing with { Axis = moved });
            case TransposeOp transpose:
                return (builder.Add(transpose, x), timing with { Axis = transpose.Axes.Items.IndexOf(axis) });
            case StopGradientOp:
                return (x, timing);
            case PadOp pad when pad.Axis == axis:
                if (pad.Interior > 0) throw Obstacle(node, "puts numbers between steps");
                if (pad is { Before: > 0, Value: not 0 }) throw Obstacle(node, "pads the time before the first step with other than 0");
                return (x, timing with { Back = timing.Back + pad.Before });
            case UnfoldOp unfold when unfold.Axis == axis:
                return (Windows(node, x, timing, unfold.Windows), new Timing(TimeKind.Along, axis));
        }

        x = Settled(node.Operands[0]);
        switch (node.Op)
        {
            case ReduceOp reduce when !reduce.Axes.Items.Contains(axis):
            case SliceOp slice when slice.Axis != axis:
            case PadOp:
                return (builder.Add(node.Op, x), new Timing(TimeKind.Along, axis));
            case UnfoldOp unfold:
                return (builder.Add(unfold, x), new Timing(TimeKind.Along, axis > unfold.Axis ? axis + 1 : axis));
            case FoldOp fold when axis < fold.Axis || axis > fold.Axis + 1:
                return (builder.Add(fold, x), new Timing(TimeKind.Along, axis > fold.Axis ? axis - 1 : axis));
            case SliceOp { Step: 1, Length: 1 } slice when slice.Start == shape[axis] - 1 && shape[axis] <= LengthOfSequence:
                return (x, new Timing(TimeKind.Now));
            case SliceOp { Step: 1, Start: 0, Length: > 1 }:
                return (x, new Timing(TimeKind.Along, axis));
            case ReduceOp reduce:
                throw Obstacle(node, $"takes the {reduce.Kind.ToString().ToLowerInvariant()} over time");
            case SliceOp:
                throw Obstacle(node, "takes some of the steps");
            default:
                throw Obstacle(node, $"computes {node.Op.Name} along time");
        }
    }

    /// <summary>Time must stay an axis of its own.</summary>
    private static int AfterReshape(Node node, Shape from, int axis, Shape to)
    {
        int before = from.Extents.Take(axis).Aggregate(1, (product, e) => product * e);
        for (int i = 0, product = 1; i < to.Rank; product *= to[i++])
            if (product == before && to[i] == from[axis]) return i;
        throw Obstacle(node, "makes one axis of time and others");
    }

    private (Value, Timing) Map(Node node, MapOp map)
    {
        int[] axes = MeetingAxes(node, (operand, own) => own + node.Shape.Rank - graph[operand].Shape.Rank);
        if (axes.Length > 1) return OfPairs(node);
        int axis = axes[0];
        var (expression, operands) = AtPosition(map.Expression, node.Operands.Select(o => At(o, axis - node.Shape.Rank + graph[o].Shape.Rank)), axis, node.Shape);
        return (builder.Map(expression, operands, node.Shape.With(axis, 1), node.PerRow), new Timing(TimeKind.Along, axis));
    }

    /// <summary>An expression at one index along an axis: that of the step, which becomes an operand where the expression reads it.</summary>
    private (Expression, List<Value>) AtPosition(Expression expression, IEnumerable<Value> operands, int axis, Shape shape)
    {
        List<Value> all = [.. operands];
        if (expression.Code.All(i => i.Op != ScalarOp.Index || i.A != axis)) return (expression, all);
        all.Add(Position(shape[axis]));
        return (new Expression(expression.Code.Select(i => i.Op == ScalarOp.Index && i.A == axis ? new Instruction(ScalarOp.Operand, all.Count - 1) : i).ToEquatableArray()), all);
    }

    private (Value, Timing) Contract(Node node, ContractOp contract)
    {
        EquatableArray<int> LabelsOf(int operand) => operand == 0 ? contract.Left : contract.Right;
        int[] sides = [.. Enumerable.Range(0, 2).Where(side => timings[node.Operands[side]].Kind == TimeKind.Along)];
        int[] labels = [.. sides.Select(side => LabelsOf(side)[timings[node.Operands[side]].Axis]).Distinct()];
        if (labels.Length > 1) return OfPairs(node);
        int axis = contract.Result.Items.IndexOf(labels[0]);
        if (axis < 0) throw Obstacle(node, "sums over time");
        var operands = node.Operands.Select((o, side) => At(o, LabelsOf(side).Items.IndexOf(labels[0]))).ToArray();
        return (builder.Add(contract, operands), new Timing(TimeKind.Along, axis));
    }

    private (Value, Timing) Concat(Node node, ConcatOp concat)
    {
        int[] axes = MeetingAxes(node, (_, own) => own);
        int axis = axes.Length == 1 ? axes[0] : throw Obstacle(node, "meets each step with each other one");
        if (axis == concat.Axis) throw Obstacle(node, "puts sequences one after the other");
        return (builder.Add(concat, node.Operands.Select(o => At(o, axis)).ToArray()), new Timing(TimeKind.Along, axis));
    }

    private (Value, Timing) Gather(Node node)
    {
        if (timings[node.Operands[0]].Kind == TimeKind.Along) throw Obstacle(node, "looks up entries of the whole sequence");
        return (builder.Add(node.Op, values[node.Operands[0]]!, Settled(node.Operands[1])), new Timing(TimeKind.Along, timings[node.Operands[1]].Axis));
    }

    /// <summary>The axes of the result on which the operands' times lie.</summary>
    private int[] MeetingAxes(Node node, Func<int, int, int> axisOfResult)
        => [.. node.Operands.Where(o => timings[o].Kind == TimeKind.Along).Select(o => axisOfResult(o, timings[o].Axis)).Distinct()];

    /// <summary>An operand as a step sees it that has time, if it has it, at <paramref name="axis"/> (below 0: has no such axis).</summary>
    private Value At(int operand, int axis) => timings[operand].Kind == TimeKind.Along ? Settled(operand) : Element(values[operand]!, axis);

    /// <summary>The element of the step's position along an axis (below 0: there is no such axis), or the only one.</summary>
    private Value Element(Value x, int axis)
    {
        if (axis < 0 || x.Shape[axis] == 1) return x;
        if (Repeated(x, axis) is { } once) return once;
        int[] first = [axis, .. Enumerable.Range(0, x.Shape.Rank).Where(a => a != axis)];
        var table = axis == 0 ? x : x.Transpose(first);
        return builder.Add(new GatherOp(), table, Position(x.Shape[axis])).Reshape(x.Shape.With(axis, 1));
    }

    /// <summary>An element of what a Map repeats along an axis, or makes of the index alone at next to no cost; null where it does neither.</summary>
    private Value? Repeated(Value x, int axis)
    {
        if (x.Node.Op is not MapOp map || (map.Expression.IsExpensive && map.Expression.Code.Any(i => i.Op == ScalarOp.Index && i.A == axis))) return null;
        var operands = x.Node.Operands.Select(o => builder.At(o)).Select(o => axis - x.Shape.Rank + o.Shape.Rank is var own && (own < 0 || o.Shape[own] == 1) ? o
            : o.Node is { Op: MapOp { Expression: var number }, Operands.Count: 0 } && number.IsConstant(out _) ? builder.Map(number, [], o.Shape.With(own, 1), o.PerRow) : (Value?)null).ToList();
        if (operands.Contains(null)) return null;
        var (expression, all) = AtPosition(map.Expression, operands.Select(o => o!), axis, x.Shape);
        return builder.Map(expression, all, x.Shape.With(axis, 1), x.PerRow);
    }

    /// <summary>The step's number, which must be one of so many.</summary>
    private Value Position(int count)
    {
        positions = Math.Min(positions, count);
        return StepNumber();
    }

    private Value StepNumber() => builder.Add(new InputOp(InputOp.Position, Shape.Scalar, IsTarget: false, Classes: LengthOfSequence));

    private int LengthOfSequence => sequence.Extents[0];

    private Value Unchanged(Node node) => Copy(node, node.Operands.Select(o => values[o]!).ToList());

    private Value Copy(Node node, IReadOnlyList<Value> operands) => node.Op is MapOp map
        ? builder.Map(map.Expression, operands, node.Shape, node.PerRow)
        : builder.Add(node.Op, operands, node.Shape, node.PerRow);

    private static ObstacleException Obstacle(Node node, string what) => new($"{(node.Layer.Length == 0 ? "Forward" : node.Layer)} {what}");
}
