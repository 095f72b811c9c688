using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// Moves out of a Scan's body what need not run step by step: before the loop what depends on no carry (the product of a sequence with a weight becomes
/// one product over rows and time), after it what no carry depends on (so does the gradient of a weight). In the loop stays what lies between: what
/// depends on a carry and feeds one. Values that the part after the loop reads become further outputs of the loop.
/// </summary>
internal sealed class ScanLift
{
    private readonly GraphBuilder outer;
    private readonly ScanOp scan;
    private readonly IReadOnlyList<Value> operands;
    private readonly IReadOnlyList<bool> summed;
    private readonly Graph body;
    private readonly bool keepsSlots;
    private readonly bool[] hasSteps;
    private readonly bool[] onCarry;
    private readonly bool[] inLoop;
    private readonly bool[] wanted;
    private readonly bool[] sumWanted;
    private readonly int[] outputOf;

    /// <summary>Values that are read outside as a part of an output which they are put together into, and where along its axis.</summary>
    private readonly Dictionary<int, (int Whole, int Axis, int Start)> partOf = [];

    private readonly Value?[] values;
    private readonly Value?[] sums;
    private Value? packed;
    private ScanOp loop = null!;

    private ScanLift(GraphBuilder outer, ScanOp scan, IReadOnlyList<Value> operands, IReadOnlyList<bool> summed, bool invariantsOnly)
    {
        this.outer = outer;
        this.scan = scan;
        this.operands = operands;
        this.summed = summed;
        body = scan.Body;
        int count = body.Nodes.Count;
        keepsSlots = invariantsOnly;
        (hasSteps, onCarry, inLoop) = (new bool[count], new bool[count], new bool[count]);
        (wanted, sumWanted, values, sums) = (new bool[count], new bool[count], new Value?[count], new Value?[count]);
        outputOf = Enumerable.Repeat(-1, count).ToArray();
        bool[] feedsCarry = FeedsCarry(body);
        for (int i = 0; i < count; i++)
        {
            var node = body[i];
            hasSteps[i] = node.Op is BodyInputOp { Kind: not BodyInputKind.Captured } || node.Operands.Any(o => hasSteps[o]);
            onCarry[i] = node.Op is BodyInputOp { Kind: BodyInputKind.Carry } || node.Operands.Any(o => onCarry[o]);
            // Each step writes the outputs, also where they are the same at every one.
            inLoop[i] = !IsLeaf(i) && (invariantsOnly ? hasSteps[i] || body.Outputs.Any(o => o.Node == i) : onCarry[i] && feedsCarry[i]);
        }
        KeepMaps();
    }

    /// <summary>
    /// What is computed element by element of sequences and read in the loop alone stays there: moved out it would be as much work, and a buffer besides. So a cell's gradient
    /// is one kernel.
    /// </summary>
    private void KeepMaps()
    {
        bool[] ofLeaves = new bool[inLoop.Length], isReadElsewhere = new bool[inLoop.Length], isRead = new bool[inLoop.Length];
        for (int i = 0; i < inLoop.Length; i++) ofLeaves[i] = IsLeaf(i) || ((body[i].Op is MapOp || body[i].Op.IsView) && body[i].Operands.All(o => ofLeaves[o]));
        foreach (var output in body.Outputs) isReadElsewhere[output.Node] = true;
        for (int i = inLoop.Length - 1; i >= 0; i--)
        {
            if (isRead[i] && !isReadElsewhere[i] && !IsLeaf(i) && ofLeaves[i] && hasSteps[i] && !onCarry[i]) inLoop[i] = true;
            foreach (int operand in body[i].Operands) (inLoop[i] ? isRead : isReadElsewhere)[operand] = true;
        }
    }

    /// <summary>Each output of the body outside of the loop: a carry in all slots, (time + 1, elements); another at all times, (time, …), or summed over them.</summary>
    /// <param name="summed">Per output whether its sum over the steps is wanted instead.</param>
    public static IReadOnlyList<Value> Run(GraphBuilder outer, ScanOp scan, IReadOnlyList<Value> operands, IReadOnlyList<bool> summed)
    {
        var lift = new ScanLift(outer, scan, operands, summed, invariantsOnly: false);
        lift.Rewrite();
        return lift.Outputs();
    }

    /// <summary>The same value as the Scan, from a loop without what can be moved out of it.</summary>
    public static Value Run(GraphBuilder outer, ScanOp scan, IReadOnlyList<Value> operands)
    {
        var lift = new ScanLift(outer, scan, operands, new bool[scan.Body.Outputs.Count], invariantsOnly: false);
        lift.Rewrite();
        return lift.HasSameSlots() ? lift.packed! : lift.Pack(lift.Outputs());
    }

    /// <summary>The Scan without what is the same at every step. Its slots stay as they are.</summary>
    public static (ScanOp Op, IReadOnlyList<Value> Operands) Invariants(GraphBuilder outer, ScanOp scan, IReadOnlyList<Value> operands)
    {
        var lift = new ScanLift(outer, scan, operands, new bool[scan.Body.Outputs.Count], invariantsOnly: true);
        lift.BuildLoop();
        return (lift.loop, lift.packed!.Node.Operands.Select(outer.At).ToList());
    }

    private static bool[] FeedsCarry(Graph body)
    {
        bool[] feeds = new bool[body.Nodes.Count];
        foreach (var output in body.Outputs) feeds[output.Node] |= output.Role == OutputRole.Carry;
        for (int i = feeds.Length - 1; i >= 0; i--)
            if (feeds[i]) foreach (int operand in body[i].Operands) feeds[operand] = true;
        return feeds;
    }

    /// <summary>What has no kernel of its own wherever it stands: leaves, numbers, and parameters where they are named inside.</summary>
    private bool IsLeaf(int index) => body[index].Op is BodyInputOp or ParameterOp or StateOp || GraphBuilder.IsScalarConstant(body[index], out _);

    private void Rewrite()
    {
        BuildLoop();
        for (int i = 0; i < values.Length; i++)
        {
            if (wanted[i] && onCarry[i]) values[i] = Outside(i);
            if (sumWanted[i]) sums[i] = Sum(i);
        }
    }

    /// <summary>Which values are needed outside of the loop: outputs, what the loop reads from before it, and whatever these are made of.</summary>
    private void FindWanted()
    {
        for (int i = 0; i < body.Outputs.Count; i++)
        {
            var output = body.Outputs[i];
            if (summed[i]) sumWanted[output.Node] = true;
            else if (output.Role == OutputRole.Step || !inLoop[output.Node]) wanted[output.Node] = true;
        }
        bool[] live = Live();
        for (int i = wanted.Length - 1; i >= 0; i--)
        {
            if (live[i] && inLoop[i])
                foreach (int operand in body[i].Operands) wanted[operand] |= !inLoop[operand];
            if (sumWanted[i])
            {
                if (SumsOperands(i)) foreach (int operand in body[i].Operands) sumWanted[operand] = true;
                else if (TakesSum(i)) foreach (int operand in body[i].Operands) wanted[operand] = true;
                else wanted[i] = true;
            }
            if (wanted[i] && (IsOutside(i) || (inLoop[i] && IsReadInItsSource(i) && !IsCarry(i))))
                foreach (int operand in body[i].Operands) wanted[operand] = true;
        }
    }

    private bool[] Live()
    {
        bool[] live = new bool[body.Nodes.Count];
        foreach (var output in body.Outputs) live[output.Node] = true;
        for (int i = live.Length - 1; i >= 0; i--)
            if (live[i]) foreach (int operand in body[i].Operands) live[operand] = true;
        return live;
    }

    private bool IsOutside(int index) => !inLoop[index] && !IsLeaf(index);

    private bool IsCarry(int index) => body.Outputs.Any(o => o.Role == OutputRole.Carry && o.Node == index);

    /// <summary>Whether a view needs what it is a view of outside of the loop; a slice that is an output itself is put out in place of all that it is a slice of, where nothing else needs that.</summary>
    private bool IsReadInItsSource(int index)
    {
        if (!body[index].Op.IsView) return false;
        if (body[index].Op is not SliceOp || !body.Outputs.Any(o => o.Node == index)) return true;
        int source = body[index].Operands[0];
        while (body[source].Op.IsView && !body.Outputs.Any(o => o.Node == source)) source = body[source].Operands[0];
        return body[source].Op is BodyInputOp || body.Outputs.Any(o => o.Node == source);
    }

    private bool[] Steps(int index) => body[index].Operands.Select(o => hasSteps[o]).ToArray();

    private bool SumsOperands(int index) => IsOutside(index) && OverSteps.IsLinear(body[index], Steps(index));

    private bool TakesSum(int index) => IsOutside(index) && OverSteps.TakesSum(body[index], Steps(index));

    /// <summary>What stands before the loop, and the loop itself: the nodes that stay, over leaves of what lies outside.</summary>
    private void BuildLoop()
    {
        FindWanted();
        for (int i = 0; i < values.Length; i++)
            if (wanted[i] && !onCarry[i] && !inLoop[i]) values[i] = Outside(i);

        var inner = new ScanBody(outer, scan.Steps);
        var copies = new Value?[body.Nodes.Count];
        var starts = Enumerable.Range(0, scan.Carries).Select(i => inner.Carry(operands[scan.Sequences + i])).ToList();
        Value Copy(int index)
        {
            if (copies[index] is { } known) return known;
            return copies[index] = body[index].Op switch
            {
                BodyInputOp { Kind: BodyInputKind.Carry } leaf => starts[leaf.Index],
                BodyInputOp { Kind: BodyInputKind.Sequence } leaf => inner.Sequence(operands[scan.Operand(leaf)]),
                BodyInputOp leaf => inner.Capture(operands[scan.Operand(leaf)]),
                _ when IsLeaf(index) => inner.Graph.Add(body[index].Op, [], body[index].Shape, body[index].PerRow),
                _ => hasSteps[index] ? inner.Sequence(values[index]!) : inner.Capture(values[index]!),
            };
        }
        for (int i = 0; i < copies.Length; i++)
        {
            if (!inLoop[i]) continue;
            inner.Graph.Layer = body[i].Layer;
            copies[i] = inner.Graph.Add(body[i].Op, body[i].Operands.Select(Copy).ToArray(), body[i].Shape, body[i].PerRow);
        }

        var carries = body.Outputs.Where(o => o.Role == OutputRole.Carry).Select(o => o.Node).ToList();
        for (int i = carries.Count - 1; i >= 0; i--) outputOf[carries[i]] = i;
        // Outputs that stay keep their order, so that a loop from which nothing moves stays as it is.
        var exports = body.Outputs.Where(o => o.Role == OutputRole.Step).Select(o => o.Node).Concat(Enumerable.Range(0, wanted.Length))
            .Where(i => inLoop[i] && wanted[i] && outputOf[i] < 0 && !(body[i].Op.IsView && wanted[body[i].Operands[0]])).Distinct().ToList();
        if (!keepsSlots) FindParts(exports);
        exports.RemoveAll(partOf.ContainsKey);
        for (int i = 0; i < exports.Count; i++) outputOf[exports[i]] = carries.Count + i;
        var closed = inner.Close(carries.Select(Copy).ToList(), exports.Select(Copy).ToList(), scan.Reverse, exports.Count == body.Outputs.Count - carries.Count ? scan.Kept : 0);
        loop = closed.Op;
        packed = outer.Add(loop, closed.Operands);
    }

    /// <summary>What an export holds need not be exported besides: the gates' gradients lie in what the product behind them reads.</summary>
    private void FindParts(IReadOnlyList<int> exports)
    {
        foreach (int whole in exports)
        {
            if (body[whole].Op is not ConcatOp concat) continue;
            int start = 0;
            foreach (int part in body[whole].Operands)
            {
                if (exports.Contains(part) && !partOf.ContainsKey(part)) partOf.Add(part, (whole, concat.Axis, start));
                start += body[part].Shape[concat.Axis];
            }
        }
    }

    /// <summary>A value of the body at all steps, or as it is at every step.</summary>
    private Value Outside(int index)
    {
        var node = body[index];
        if (node.Op is BodyInputOp leaf) return leaf.Kind == BodyInputKind.Carry ? loop.Sources(packed!, leaf.Index) : operands[scan.Operand(leaf)];
        if (inLoop[index] && outputOf[index] >= 0) return loop.Results(packed!, outputOf[index]);
        if (partOf.TryGetValue(index, out var place)) return Outside(place.Whole).Slice(place.Axis + 1, place.Start, node.Shape[place.Axis]);
        outer.Layer = node.Layer;
        return OverSteps.Apply(outer, node, node.Operands.Select(o => values[o]!).ToList(), Steps(index), scan.Steps);
    }

    private Value Sum(int index)
    {
        var node = body[index];
        outer.Layer = node.Layer;
        if (SumsOperands(index)) return outer.Add(node.Op, node.Operands.Select(o => sums[o]!).ToArray(), node.Shape, node.PerRow);
        if (TakesSum(index)) return OverSteps.Sum(outer, node, node.Operands.Select(o => values[o]!).ToArray());
        return hasSteps[index] ? values[index]!.Sum(0).Squeeze(0) : values[index]! * scan.Steps;
    }

    private IReadOnlyList<Value> Outputs() => body.Outputs.Select((o, i) =>
        o.Role == OutputRole.Carry ? loop.Slots(packed!, i)
        : summed[i] ? sums[o.Node]!
        : hasSteps[o.Node] ? values[o.Node]!
        : outer.Broadcast(values[o.Node]!, body[o.Node].Shape.WithLeading(scan.Steps), body[o.Node].PerRow)).ToList();

    private bool HasSameSlots() => loop.Body.Outputs.Count == body.Outputs.Count
        && Enumerable.Range(scan.Carries, body.Outputs.Count - scan.Carries).All(i => outputOf[body.Outputs[i].Node] == i);

    /// <summary>The outputs put together again as the Scan has them. Whoever reads one of them gets past this to the value itself.</summary>
    private Value Pack(IReadOnlyList<Value> outputs)
    {
        var parts = outputs.Select((value, i) => body.Outputs[i].Role == OutputRole.Carry ? value
            : value.Reshape(Shape.Of(scan.Steps, body[body.Outputs[i].Node].Shape.Count)).Pad(0, scan.FirstResult, 1 - scan.FirstResult)).ToArray();
        return parts.Length == 1 ? parts[0] : outer.Add(new ConcatOp(1), parts);
    }
}
