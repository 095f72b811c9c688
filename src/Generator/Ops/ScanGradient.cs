using DlGen.Graphs;

namespace DlGen.Ops;

/// <summary>
/// The gradient of a Scan is a Scan in the other direction over the differentiated body: it carries the gradients by the carries. What the steps
/// computed comes back as sequences: the states from the slots, and intermediate values that the gradient reads from further outputs, which
/// <see cref="Keep"/> gives the Scan beforehand. Gradients by captured values are summed over the steps outside of the loop.
/// </summary>
internal static class ScanGradient
{
    /// <summary>
    /// The Scan that also gives what its gradient will read and can't have more cheaply: values that depend on a carry and aren't in its slots.
    /// </summary>
    /// <param name="needed">Per operand whether its gradient is wanted.</param>
    public static ScanOp Keep(ScanOp scan, IReadOnlyList<bool> needed)
    {
        var body = scan.Body;
        var builder = new GraphBuilder();
        var values = new List<Value>();
        foreach (var node in body.Nodes)
        {
            builder.Layer = node.Layer;
            values.Add(builder.Add(node.Op, node.Operands.Select(o => values[o]).ToArray(), node.Shape, node.PerRow));
        }
        int ownNodes = builder.Count;
        // Seeds of their own: leaves that the body can't have.
        var seeds = body.Outputs.Select((o, i) => builder.Add(new BodyInputOp(BodyInputKind.Captured, int.MaxValue - i, body[o.Node].Shape, body[o.Node].PerRow))).ToList();
        var gradients = Gradients(scan, builder, values, seeds, needed);

        bool[] read = new bool[builder.Count];
        for (int i = 0; i < body.Nodes.Count; i++)
            if (body[i].Op is BodyInputOp && gradients[i] is { } gradient) read[gradient.Index] = true;
        for (int i = read.Length - 1; i >= ownNodes; i--)
            if (read[i]) foreach (int operand in builder[i].Operands) read[operand] = true;

        bool[] onCarry = new bool[ownNodes];
        for (int i = 0; i < ownNodes; i++) onCarry[i] = builder[i].Op is BodyInputOp { Kind: BodyInputKind.Carry } || builder[i].Operands.Any(o => onCarry[o]);
        var known = new HashSet<int>(body.Outputs.Select(o => values[o.Node].Index));
        var readOf = new SortedDictionary<int, List<int>>();
        for (int i = 0; i < ownNodes; i++)
        {
            if (!read[i] || !onCarry[i]) continue;
            int source = i;
            while (builder[source].Op.IsView && !known.Contains(source)) source = builder[source].Operands[0];
            if (builder[source].Op is BodyInputOp || known.Contains(source)) continue;
            if (!readOf.TryGetValue(source, out var parts)) readOf.Add(source, parts = []);
            parts.Add(i);
        }
        // Slices that are less than all of it are kept in its place: of the GRU's product the one gate's part that is multiplied.
        var kept = readOf.SelectMany(r => r.Value.All(i => builder[i].Op is SliceOp) && r.Value.Sum(i => builder[i].Shape.Count) < builder[r.Key].Shape.Count ? r.Value : [r.Key]).ToList();
        var outputs = body.Outputs.Select(o => o with { Node = values[o.Node].Index }).Concat(kept.Select(k => new Output(OutputRole.Step, "", k)));
        return scan with { Body = new Graph(Enumerable.Range(0, ownNodes).Select(i => builder[i]).ToEquatableArray(), outputs.ToEquatableArray()), Kept = scan.Kept + kept.Count };
    }

    public static void Differentiate(ScanOp scan, GradientRule rule)
    {
        var body = scan.Body;
        var outer = rule.Upstream.Graph;
        var back = new ScanBody(outer, scan.Steps);
        var values = Forward(scan, rule, back);
        // The loss reaches an output from outside, at each time, and a carry from the step behind it too.
        var carried = body.Outputs.Where(o => o.Role == OutputRole.Carry)
            .Select(o => back.Carry(outer.Broadcast(outer.Scalar(0), body[o.Node].Shape, perRow: true))).ToList();
        var seeds = body.Outputs.Take(body.Outputs.Count - scan.Kept)
            .Select((o, i) => back.Sequence(scan.Results(rule.Upstream, i)) is var given && i < carried.Count ? given + carried[i] : given).ToList();
        var gradients = Gradients(scan, back.Graph, values, seeds, Enumerable.Range(0, rule.Operands.Count).Select(rule.Needs).ToList());

        Value? GradientOf(BodyInputKind kind, int index)
        {
            int leaf = body.Nodes.ToList().FindIndex(n => n.Op is BodyInputOp input && input.Kind == kind && input.Index == index);
            return leaf < 0 ? null : gradients[leaf];
        }
        var next = carried.Select((c, i) => GradientOf(BodyInputKind.Carry, i) ?? back.Graph.Broadcast(back.Graph.Scalar(0), c.Shape, perRow: true)).ToList();
        var results = new List<(int Operand, Value Gradient, bool Summed)>();
        for (int k = 0; k < rule.Operands.Count; k++)
        {
            bool isCaptured = k >= scan.Sequences + scan.Carries;
            if (!rule.Needs(k) || (k >= scan.Sequences && !isCaptured)) continue;
            var gradient = isCaptured ? GradientOf(BodyInputKind.Captured, k - scan.Sequences - scan.Carries) : GradientOf(BodyInputKind.Sequence, k);
            if (gradient is not null) results.Add((k, gradient, isCaptured));
        }

        var (op, operands) = back.Close(next, results.Select(r => r.Gradient).ToList(), !scan.Reverse);
        var outside = ScanLift.Run(outer, op, operands, carried.Select(_ => false).Concat(results.Select(r => r.Summed)).ToList());
        for (int i = 0; i < results.Count; i++) rule.Gradients[results[i].Operand] = outside[carried.Count + i];
        for (int i = 0; i < carried.Count; i++)
        {
            if (!rule.Needs(scan.Sequences + i)) continue;
            // Where time ends backwards is where it began.
            var start = outside[i].Slice(0, scan.InitialSlot, 1).Reshape(carried[i].Shape);
            rule.Gradients[scan.Sequences + i] = start + scan.Initial(rule.Upstream, i);
        }
    }

    /// <summary>The body's values in the body of the gradient: from the slots where they are there, else computed again.</summary>
    private static List<Value> Forward(ScanOp scan, GradientRule rule, ScanBody back)
    {
        var outputOf = new Dictionary<int, int>();
        for (int i = scan.Body.Outputs.Count - 1; i >= 0; i--) outputOf[scan.Body.Outputs[i].Node] = i;
        var values = new List<Value>();
        for (int i = 0; i < scan.Body.Nodes.Count; i++)
        {
            var node = scan.Body[i];
            back.Graph.Layer = node.Layer;
            values.Add(node.Op switch
            {
                BodyInputOp { Kind: BodyInputKind.Sequence } leaf => back.Sequence(rule.Operands[scan.Operand(leaf)]),
                BodyInputOp { Kind: BodyInputKind.Carry } leaf => back.Sequence(scan.Sources(rule.Result, leaf.Index)),
                BodyInputOp leaf => back.Capture(rule.Operands[scan.Operand(leaf)]),
                _ when outputOf.TryGetValue(i, out int output) => back.Sequence(scan.Results(rule.Result, output)),
                _ => back.Graph.Add(node.Op, node.Operands.Select(o => values[o]).ToArray(), node.Shape, node.PerRow),
            });
        }
        return values;
    }

    /// <summary>The gradients by all nodes of the body, given those by its outputs.</summary>
    private static Value?[] Gradients(ScanOp scan, GraphBuilder builder, IReadOnlyList<Value> values, IReadOnlyList<Value> seeds, IReadOnlyList<bool> needed)
    {
        var gradients = new Value?[scan.Body.Nodes.Count];
        for (int i = 0; i < seeds.Count; i++)
        {
            int node = scan.Body.Outputs[i].Node;
            gradients[node] = gradients[node] is { } sum ? sum + seeds[i] : seeds[i];
        }
        ReverseMode.Accumulate(scan.Body, builder, values, gradients,
            ReverseMode.LeadsTo(scan.Body, op => op is BodyInputOp leaf && (leaf.Kind == BodyInputKind.Carry || needed[scan.Operand(leaf)])));
        return gradients;
    }
}
