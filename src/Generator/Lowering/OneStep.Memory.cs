using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>What a step remembers for later ones.</summary>
internal sealed partial class OneStep
{
    private readonly Dictionary<int, ScanSlots> slots = [];
    private readonly Dictionary<int, Value> delayed = [];

    /// <summary>A Scan's outputs side by side, flat, as (1, elements): before the step, where it is known, and after it.</summary>
    private sealed record ScanSlots(ScanOp Scan, IReadOnlyList<Value> Before, IReadOnlyList<Value> After);

    /// <summary>A memory of its own, and its number.</summary>
    private (Value Value, int Number) Memory(Shape shape) => (builder.Add(new MemoryOp(memories, shape)), memories++);

    private void Update(int memory, Value next) => updates.Add(new Output(OutputRole.Memory, memory.ToString(CultureInfo.InvariantCulture), next.Index));

    /// <summary>The memory with the step's value at its position. It needs no update behind the step.</summary>
    private Value Remembered(Value value, int axis, int count) => builder.Add(new RememberOp(axis), Memory(value.Shape.With(axis, count)).Value, value, Position(count));

    /// <summary>An operand's element of this step: where zeros stand before the first, what came as many steps before.</summary>
    private Value Settled(int operand)
    {
        var timing = timings[operand];
        if (timing.Back == 0) return values[operand]!;
        if (!delayed.TryGetValue(operand, out var value)) delayed[operand] = value = WithBefore(values[operand]!, timing.Axis, timing.Back).Slice(timing.Axis, 0, 1);
        return value;
    }

    /// <summary>The elements of so many steps before this one, and its own.</summary>
    private Value WithBefore(Value x, int axis, int count)
    {
        var (before, number) = Memory(x.Shape.With(axis, count));
        var joined = builder.Add(new ConcatOp(axis), before, x);
        Update(number, joined.Slice(axis, 1, count));
        return joined;
    }

    /// <summary>The window of this step: it must not reach beyond it.</summary>
    private Value Windows(Node node, Value x, Timing timing, Windows windows)
    {
        int span = (windows.Taps - 1) * windows.Step;
        if (windows.Stride != 1) throw Obstacle(node, "has windows that skip steps");
        if (windows.Step < 1 || windows.Start != 0 || span > timing.Back) throw Obstacle(node, "has windows over later steps; pad the time before the first step instead");
        return (timing.Back == 0 ? x : WithBefore(x, timing.Axis, timing.Back)).Unfold(timing.Axis, new Windows(1, windows.Taps, 0, 1, windows.Step));
    }

    /// <summary>The body, once.</summary>
    private (Value, Timing) Scan(int index, ScanOp scan)
    {
        var node = graph[index];
        if (scan.Reverse) throw Obstacle(node, "runs backwards in time");
        for (int i = 0; i < node.Operands.Count; i++)
        {
            var timing = timings[node.Operands[i]];
            if (timing.Kind == TimeKind.Same || (i < scan.Sequences && timing is { Kind: TimeKind.Along, Axis: 0 })) continue;
            throw Obstacle(node, i < scan.Sequences ? "runs along another axis than time" : i < scan.Sequences + scan.Carries ? "begins with what depends on the sequence" : "uses the whole sequence at every step");
        }

        var body = new Value[scan.Body.Nodes.Count];
        var carries = new List<(Value Value, int Number)>();
        for (int i = 0; i < scan.Carries; i++)
        {
            var initial = values[node.Operands[scan.Sequences + i]]!;
            var (memory, number) = Memory(initial.Shape);
            carries.Add((FromBeginning(memory, initial), number));
        }
        for (int i = 0; i < body.Length; i++)
        {
            builder.Layer = scan.Body[i].Layer;
            body[i] = scan.Body[i].Op is not BodyInputOp leaf ? Copy(scan.Body[i], scan.Body[i].Operands.Select(o => body[o]).ToList()) : leaf.Kind switch
            {
                BodyInputKind.Carry => carries[leaf.Index].Value,
                BodyInputKind.Sequence => At(node.Operands[scan.Operand(leaf)], 0).Reshape(leaf.Extents),
                _ => values[node.Operands[scan.Operand(leaf)]]!,
            };
        }
        builder.Layer = node.Layer;
        for (int i = 0; i < carries.Count; i++) Update(carries[i].Number, body[scan.Body.Outputs[i].Node]);
        Value Flat(Value value) => value.Reshape(Shape.Of(1, value.Shape.Count));
        slots[index] = new ScanSlots(scan, carries.Select(c => Flat(c.Value)).ToList(), scan.Body.Outputs.Select(o => Flat(body[o.Node])).ToList());
        return (slots[index].After[0], new Timing(TimeKind.Slots, index));
    }

    /// <summary>The memory, which holds zeros before the first step, or at that step where a Scan begins otherwise the value that it begins with.</summary>
    private Value FromBeginning(Value memory, Value initial)
    {
        var source = initial;
        while (source.Node.Op is MapOp { Expression.IsIdentity: true }) source = builder.At(source.Node.Operands[0]);
        if (source.Node.Op is MapOp fill && fill.Expression.IsConstant(out double number) && number == 0) return memory;
        return initial.Where(StepNumber().Map(ScalarOp.Equal, 0), memory);
    }

    /// <summary>A slice of a Scan's slots: along its columns still all of them, along time a carry before, or an output after the step.</summary>
    private (Value, Timing) Slot(Node node)
    {
        int operand = node.Operands[0];
        var timing = timings[operand];
        var (scan, before, after) = slots[timing.Axis];
        if (node.Op is SliceOp { Step: 1, Axis: 1 } columns) return (values[operand]!, timing with { Back = timing.Back + columns.Start });
        if (node.Op is not SliceOp { Step: 1, Axis: 0 } times) throw Obstacle(node, $"computes {node.Op.Name} of a recurrence as a whole");
        bool isLast = times.Start == scan.Steps && times.Length == 1, isBefore = times.Start == 0;
        if (times.Start > 1 && !isLast) throw Obstacle(node, "takes some of the steps");
        if (isBefore && times.Length == 1) throw Obstacle(node, "takes the beginning of a recurrence");
        int first = timing.Back, length = node.Shape[1];
        foreach (var part in isBefore ? before : after)
        {
            int count = part.Shape[1];
            if (first < count && first + length <= count) return (part.Slice(1, first, length), isLast ? new Timing(TimeKind.Now) : new Timing(TimeKind.Along, 0));
            if (first < count) break;
            first -= count;
        }
        throw Obstacle(node, "takes parts of several states of a recurrence at once");
    }

    /// <summary>Keys and values are remembered; the query of the step sees those so far.</summary>
    private (Value, Timing) Attention(int index, AttentionOp attention)
    {
        var node = graph[index];
        int query = node.Operands[0], key = node.Operands[1], value = node.Operands[2];
        bool IsAlong(int operand) => timings[operand] is { Kind: TimeKind.Along, Axis: 1 };
        if (timings[key].Kind != TimeKind.Along && timings[value].Kind != TimeKind.Along) return AttentionToOthers(index, attention);
        if (!IsAlong(key) || !IsAlong(value)) throw Obstacle(node, "attends along another axis than time");
        bool isAlong = IsAlong(query);
        if (isAlong && !attention.IsCausal) throw Obstacle(node, "is not causal");
        if (!isAlong && (attention.IsCausal || timings[query].Kind == TimeKind.Along || graph[query].Shape[1] != 1)) throw Obstacle(node, "has several queries that see the whole sequence");
        if (ReadsLogarithm(index, graph[value].Shape[2])) throw Obstacle(node, "gives the logarithm of its sums");

        var mask = MaskOfStep(node, isAlong);
        // Keys lie feature by feature, so that a vector holds one feature of neighbouring keys; values key by key.
        var keys = Remembered(Settled(key).Transpose(0, 2, 1), 2, graph[key].Shape[1]).Transpose(0, 2, 1);
        var all = Remembered(Settled(value), 1, graph[value].Shape[1]);
        Value[] operands = [isAlong ? Settled(query) : values[query]!, keys, all, Position(graph[key].Shape[1]), .. mask is null ? Array.Empty<Value>() : [mask]];
        var result = builder.Add(new OneQueryAttentionOp(attention.Scale, HasPosition: true, mask is not null), operands);
        return (result.Pad(2, 0, 1), isAlong ? new Timing(TimeKind.Along, 1) : new Timing(TimeKind.Now));
    }

    /// <summary>The mask of a query among the keys of its own sequence: its row, or of a mask that keys bring along what they have brought so far. Null without one.</summary>
    private Value? MaskOfStep(Node node, bool isAlong)
    {
        if (node.Operands.Count == 3) return null;
        int mask = node.Operands[3], rank = graph[mask].Shape.Rank;
        return timings[mask] switch
        {
            { Kind: TimeKind.Same } => At(mask, isAlong ? rank - 2 : -1),
            { Kind: TimeKind.Along, Axis: var axis } when axis == rank - 1 && graph[mask].Shape[rank - 2] == 1 => Remembered(Settled(mask), axis, graph[mask].Shape[axis]),
            { Kind: TimeKind.Along, Axis: var axis } when axis == rank - 2 && isAlong => Settled(mask),
            _ => throw Obstacle(node, "has a mask in which each step is told apart from each other one"),
        };
    }

    /// <summary>Each query by itself looks at keys and values that do not move with time, as far as its row of the mask shows them.</summary>
    private (Value, Timing) AttentionToOthers(int index, AttentionOp attention)
    {
        var node = graph[index];
        if (node.Operands.All(o => timings[o].Kind != TimeKind.Along)) return (Unchanged(node), new Timing(TimeKind.Now));
        if (attention.IsCausal) throw Obstacle(node, "tells the keys of another sequence apart by its own steps");
        if (node.Operands.Any(o => timings[o].Kind == TimeKind.Now)) throw Obstacle(node, "needs the last step at every one");
        int AxisOfQueries(int place) => place == 0 ? 1 : place == 3 ? graph[node.Operands[3]].Shape.Rank - 2 : -1;
        if (node.Operands.Where((o, place) => timings[o].Kind == TimeKind.Along && timings[o].Axis != AxisOfQueries(place)).Any()) throw Obstacle(node, "attends along another axis than time");
        var operands = node.Operands.Select((o, place) => At(o, AxisOfQueries(place))).ToArray();
        if (ReadsLogarithm(index, graph[node.Operands[2]].Shape[2])) return (builder.Add(attention, operands), new Timing(TimeKind.Along, 1));
        return (builder.Add(new OneQueryAttentionOp(attention.Scale, HasPosition: false, HasMask: operands.Length > 3), operands).Pad(2, 0, 1), new Timing(TimeKind.Along, 1));
    }

    private bool ReadsLogarithm(int attention, int valueWidth)
        => Enumerable.Range(0, live.Length).Any(i => live[i] && graph[i].Operands.Items.Contains(attention) && !(graph[i].Op is SliceOp { Axis: 2 } slice && slice.Start + slice.Length <= valueWidth));
}
