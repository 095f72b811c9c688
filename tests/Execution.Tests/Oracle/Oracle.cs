using System.Globalization;
using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Tests.Oracles;

using Shape = DlGen.Graphs.Shape;

/// <summary>
/// What a graph is run on: values by name, row-major in the logical order, labels as whole numbers. <paramref name="Random"/> gives the draws of
/// a random op for all rows, so that the oracle and a compiled model can share them; <paramref name="Divisor"/> is what the mean of a differentiated graph
/// divides by, the rows unless stated.
/// </summary>
internal sealed record OracleInputs(
    int Rows,
    IReadOnlyDictionary<string, double[]> Inputs,
    IReadOnlyDictionary<string, double[]> Parameters,
    Func<RandomOp, double[]>? Random = null,
    double? Divisor = null);

/// <summary>Predictions (by output; a single one has the empty name) and losses are per row; a gradient is that of the mean loss, Σ losses / Divisor. Empty where the graph lacks the output.</summary>
internal sealed record OracleResult(IReadOnlyDictionary<string, double[]> Predictions, double[] RowLosses, double Loss, IReadOnlyDictionary<string, double[]> Gradients, double Divisor);

/// <summary>
/// The independent second implementation that every model is held against: it interprets Graph records in double with plain loops over dual
/// numbers, derives every shape itself and takes gradients forward, one direction per parameter element. It reads the records' data and calls
/// nothing of the compiler (OracleIndependenceTests reads its references); so a wrong shape rule, gradient rule, pass or kernel can't hide in it.
/// Cost: parameters / 128 times the part of a naive forward pass that they move. Models of a few thousand parameters take well under a second.
/// </summary>
internal sealed partial class Oracle
{
    private readonly Graph graph;
    private readonly OracleInputs inputs;
    private readonly DualTensor[] values;
    private readonly int rows;

    /// <summary>What every node is where nothing moves; null until that is known, and in the body of a recurrence.</summary>
    private DualTensor[]? still;

    private Oracle(Graph graph, OracleInputs inputs)
    {
        this.graph = graph;
        this.inputs = inputs;
        rows = inputs.Rows;
        values = new DualTensor[graph.Nodes.Count];
    }

    /// <summary>Prediction and losses, without gradients.</summary>
    public static OracleResult Evaluate(Graph graph, OracleInputs inputs)
    {
        var oracle = new Oracle(graph, inputs);
        oracle.Run([]);
        return oracle.Result(new Dictionary<string, double[]>());
    }

    /// <summary>Prediction, losses and the gradient of the mean loss by every element of every parameter that is not frozen.</summary>
    public static OracleResult Differentiate(Graph graph, OracleInputs inputs)
    {
        var oracle = new Oracle(graph, inputs);
        oracle.Run([]);
        oracle.still = [.. oracle.values];
        var gradients = oracle.Gradients();
        oracle.still.CopyTo(oracle.values, 0);
        return oracle.Result(gradients);
    }

    /// <summary>The value of one node: how the tests look into a graph, a differentiated one included.</summary>
    public static double[] Evaluate(Graph graph, OracleInputs inputs, int node)
    {
        var oracle = new Oracle(graph, inputs);
        oracle.Run([]);
        return oracle.values[node].Values;
    }

    private OracleResult Result(IReadOnlyDictionary<string, double[]> gradients)
    {
        double[] losses = OutputOf(OutputRole.Loss)?.Values ?? [];
        var predictions = graph.Outputs.Where(o => o.Role == OutputRole.Prediction).ToDictionary(o => o.Name, o => values[o.Node].Values);
        return new OracleResult(predictions, losses, losses.Length == 0 ? double.NaN : losses.Sum() / Divisor, gradients, Divisor);
    }

    /// <summary>What the mean over the batch divides by: the sum of the rows' weights, which no parameter moves; each is 1 where the loss has none.</summary>
    private double Divisor => OutputOf(OutputRole.Weight) is not { } weight ? rows
        : !weight.IsActive && weight.PerRow ? weight.Values.Sum()
        : throw new OracleException("the weight of the loss is none of inputs and targets");

    private DualTensor? OutputOf(OutputRole role)
    {
        foreach (var output in graph.Outputs)
            if (output.Role == role) return values[output.Node];
        return null;
    }

    private Dictionary<string, double[]> Gradients()
    {
        var gradients = new Dictionary<string, double[]>();
        foreach (var node in graph.Nodes)
            if (node.Op is ParameterOp { Frozen: false } parameter) gradients[parameter.Path] = new double[Given(inputs.Parameters, parameter.Path).Length];
        // As many elements in a pass as it has directions, of whatever parameters: most of them are small.
        foreach (var moving in gradients.SelectMany(g => Enumerable.Range(0, g.Value.Length).Select(element => (g.Key, element))).Chunk(DualTensor.Directions))
        {
            DualMemory.GiveBack();
            Run(moving);
            var loss = OutputOf(OutputRole.Loss) ?? throw new OracleException("the graph has no loss to differentiate");
            for (int d = 0; d < moving.Length; d++)
            {
                double sum = 0;
                for (int row = 0; row < loss.Rows; row++) sum += loss.Tangent(row, d);
                gradients[moving[d].Key][moving[d].element] = sum / Divisor;
            }
        }
        return gradients;
    }

    /// <summary>One pass; direction d is the d-th of the moving elements of parameters.</summary>
    private void Run((string Parameter, int Element)[] moving)
    {
        for (int i = 0; i < values.Length; i++)
        {
            var node = graph.Nodes[i];
            var operands = new DualTensor[node.Operands.Count];
            for (int k = 0; k < operands.Length; k++) operands[k] = values[node.Operands[k]];
            if (still is not null && !operands.Any(o => o.IsActive) && !(node.Op is ParameterOp own && moving.Any(m => m.Parameter == own.Path)))
            {
                values[i] = still[i];
                continue;
            }
            values[i] = node.Op switch
            {
                InputOp op => Leaf(op.Variable, Extents(op.Extents), true, Given(inputs.Inputs, op.Variable)),
                ParameterOp op => Parameter(op, moving),
                StateOp op => Leaf(op.Path, Extents(op.Extents), false, Given(inputs.Parameters, op.Path)),
                ConstantOp op => Leaf("constant", Extents(op.Extents), false, [.. op.Values.Items]),
                RandomOp op => Leaf("random", Extents(op.Extents), true, (inputs.Random ?? throw new OracleException("the graph draws random numbers, but none are given"))(op)),
                LossScaleOp => Leaf("loss scale", [], false, [1.0 / (inputs.Divisor ?? rows)]),
                MapOp op => Map(op, operands, Extents(node.Shape), node.PerRow),
                ReduceOp { Kind: ReduceKind.ArgMax } op => Place(op, operands[0]),
                ReduceOp op => Reduce(op, operands[0]),
                BodyInputOp op => Leaf(op),
                ScanOp op => Scan(op, operands),
                MomentsOp op => Moments(op, operands[0]),
                AttentionOp op => Attention(op, operands),
                AttentionGradientOp op => AttentionGradient(op, operands),
                GatherOp => Gather(operands[0], operands[1]),
                ScatterAddOp op => ScatterAdd(op.Count, operands[0], operands[1]),
                ContractOp op => Contract(op, operands[0], operands[1]),
                ReshapeOp op => Reshape(Extents(op.Extents), operands[0]),
                TransposeOp op => Transpose([.. op.Axes.Items], operands[0]),
                SliceOp op => Slice(op, operands[0]),
                PadOp op => Pad(op, operands[0]),
                UnfoldOp op => Unfold(op, operands[0]),
                FoldOp op => Fold(op, operands[0]),
                ConcatOp op => Concat(op.Axis, operands),
                StopGradientOp => Constant(operands[0]),
                _ => throw new OracleException($"the oracle does not know {node.Op}"),
            };
            Expect(i, node, values[i]);
        }
    }

    /// <summary>The compiler's shape of a node must be the one that was derived here.</summary>
    private static void Expect(int index, Node node, DualTensor value)
    {
        int[] stated = Extents(node.Shape);
        if (!stated.AsSpan().SequenceEqual(value.Extents) || node.PerRow != value.PerRow)
            throw new OracleException($"node {index.ToString(CultureInfo.InvariantCulture)} says ({string.Join(", ", stated)}), per row: {node.PerRow}, but is ({string.Join(", ", value.Extents)}), per row: {value.PerRow}");
    }

    private static int[] Extents(Shape shape) => [.. shape.Extents.Items];

    private static double[] Given(IReadOnlyDictionary<string, double[]> values, string name)
        => values.TryGetValue(name, out double[]? found) ? found : throw new OracleException($"no values are given for {name}");

    private DualTensor Leaf(string name, int[] extents, bool perRow, double[] given)
    {
        var leaf = new DualTensor(extents, rows, perRow, active: false);
        if (given.Length != leaf.Values.Length)
            throw new OracleException($"{name} takes {leaf.Values.Length.ToString(CultureInfo.InvariantCulture)} values, but {given.Length.ToString(CultureInfo.InvariantCulture)} are given");
        given.CopyTo(leaf.Values, 0);
        return leaf;
    }

    private DualTensor Parameter(ParameterOp op, (string Parameter, int Element)[] moving)
    {
        double[] given = Given(inputs.Parameters, op.Path);
        if (!moving.Any(m => m.Parameter == op.Path)) return Leaf(op.Path, Extents(op.Extents), false, given);
        var parameter = new DualTensor(Extents(op.Extents), rows, false, active: true);
        given.CopyTo(parameter.Values, 0);
        for (int d = 0; d < moving.Length; d++)
            if (moving[d].Parameter == op.Path) parameter.Move(moving[d].Element, d);
        return parameter;
    }

    /// <summary>The iteration shape is stated by the node, because a broadcast is a Map too; the operands must fit into it.</summary>
    private DualTensor Map(MapOp op, DualTensor[] operands, int[] extents, bool perRow)
    {
        var code = op.Expression.Code.Items;
        var result = new DualTensor(extents, rows, perRow, active: operands.Any(o => o.IsActive));
        var strides = operands.Select(o => o.StridesWithin(extents)).ToArray();
        if (!perRow && operands.Any(o => o.PerRow)) throw new OracleException("a shared map can't read what is per row");

        var steps = new DualTensor(operands.Length == 0 && code.Length == 0 ? [0] : [code.Length], 1, false, result.IsActive);
        foreach (var (row, element, index) in Positions(result))
        {
            if (result.IsActive) steps.Stop();
            for (int i = 0; i < code.Length; i++)
            {
                var step = code[i];
                if (step.Op == ScalarOp.Operand)
                {
                    var operand = operands[step.A];
                    int offset = operand.RowStart(row) + Dot(index, strides[step.A]);
                    steps.Copy(i, operand, offset);
                    continue;
                }
                int arity = DualFunctions.Arity(step.Op);
                if (arity == 0)
                {
                    steps.Values[i] = step.Op == ScalarOp.Index ? index[step.A] : step.Value;
                    continue;
                }
                var (value, a, b, c) = DualFunctions.Apply(step.Op, steps.Values[step.A], arity > 1 ? steps.Values[step.B] : 0, arity > 2 ? steps.Values[step.C] : 0);
                steps.Values[i] = value;
                if (!steps.IsActive) continue;
                steps.AddTangents(i, steps, step.A, a);
                if (arity > 1) steps.AddTangents(i, steps, step.B, b);
                if (arity > 2) steps.AddTangents(i, steps, step.C, c);
            }
            result.Copy(element, steps, code.Length - 1);
        }
        return result;
    }

    private DualTensor Reduce(ReduceOp op, DualTensor x)
    {
        int[] extents = [.. x.Extents];
        foreach (int axis in op.Axes) extents[axis] = 1;
        var result = new DualTensor(extents, rows, x.PerRow && !op.OverRows, x.IsActive);
        int[] strides = result.StridesWithin(x.Extents);
        int[] ties = new int[result.Values.Length];

        // An extremum first finds its value, then shares the tangents of all elements equal to it (PyTorch's amax).
        if (op.Kind != ReduceKind.Sum) Array.Fill(result.Values, op.Kind == ReduceKind.Max ? double.NegativeInfinity : double.PositiveInfinity);
        foreach (var (row, element, index) in Positions(x))
        {
            int target = result.RowStart(row) + Dot(index, strides);
            double value = x.Values[element];
            if (op.Kind == ReduceKind.Sum)
            {
                result.Values[target] += value;
                result.AddTangents(target, x, element, 1);
            }
            else result.Values[target] = op.Kind == ReduceKind.Max ? Math.Max(result.Values[target], value) : Math.Min(result.Values[target], value);
        }
        if (op.Kind == ReduceKind.Sum) return result;

        foreach (var (row, element, index) in Positions(x))
        {
            int target = result.RowStart(row) + Dot(index, strides);
            if (x.Values[element] == result.Values[target]) ties[target]++;
        }
        foreach (var (row, element, index) in Positions(x))
        {
            int target = result.RowStart(row) + Dot(index, strides);
            if (x.Values[element] == result.Values[target]) result.AddTangents(target, x, element, 1.0 / ties[target]);
        }
        return result;
    }

    /// <summary>Einstein's sum: for every element of the result, over all combinations of the labels that it lacks (and the rows, if asked).</summary>
    private DualTensor Contract(ContractOp op, DualTensor left, DualTensor right)
    {
        var extents = new Dictionary<int, int>();
        foreach (var (labels, tensor) in new[] { (op.Left, left), (op.Right, right) })
        {
            if (labels.Count != tensor.Rank) throw new OracleException($"{labels.Count.ToString(CultureInfo.InvariantCulture)} labels for rank {tensor.Rank.ToString(CultureInfo.InvariantCulture)}");
            for (int axis = 0; axis < tensor.Rank; axis++)
            {
                if (extents.TryGetValue(labels[axis], out int known) && known != tensor.Extents[axis]) throw new OracleException("extents that meet differ");
                extents[labels[axis]] = tensor.Extents[axis];
            }
        }
        int[] resultLabels = [.. op.Result.Items];
        int[] summedLabels = extents.Keys.Except(resultLabels).ToArray();
        var result = new DualTensor(resultLabels.Select(l => extents[l]).ToArray(), rows, (left.PerRow || right.PerRow) && !op.OverRows, left.IsActive || right.IsActive);

        int[] LabelStrides(EquatableArray<int> labels, DualTensor tensor, int[] wanted)
        {
            int[] own = tensor.StridesWithin(tensor.Extents);
            return wanted.Select(label => Enumerable.Range(0, labels.Count).Where(axis => labels[axis] == label).Sum(axis => own[axis])).ToArray();
        }
        var (leftOuter, rightOuter) = (LabelStrides(op.Left, left, resultLabels), LabelStrides(op.Right, right, resultLabels));
        var (leftInner, rightInner) = (LabelStrides(op.Left, left, summedLabels), LabelStrides(op.Right, right, summedLabels));
        var summed = new DualTensor(summedLabels.Select(l => extents[l]).ToArray(), 1, false, active: false);
        var terms = Positions(summed).Select(p => (Left: Dot(p.Index, leftInner), Right: Dot(p.Index, rightInner))).ToArray();

        for (int row = 0; row < (left.PerRow || right.PerRow ? rows : 1); row++)
        {
            foreach (var (_, element, index) in Positions(result, singleRow: true))
            {
                int target = result.RowStart(row) + element;
                int leftStart = left.RowStart(row) + Dot(index, leftOuter), rightStart = right.RowStart(row) + Dot(index, rightOuter);
                foreach (var term in terms)
                {
                    int l = leftStart + term.Left, r = rightStart + term.Right;
                    result.Values[target] += left.Values[l] * right.Values[r];
                    result.AddTangents(target, left, l, right.Values[r]);
                    result.AddTangents(target, right, r, left.Values[l]);
                }
            }
        }
        return result;
    }

    private DualTensor Reshape(int[] extents, DualTensor x)
    {
        var result = new DualTensor(extents, rows, x.PerRow, x.IsActive);
        if (result.Count != x.Count) throw new OracleException("a reshape keeps the number of elements");
        for (int i = 0; i < x.Values.Length; i++) result.Copy(i, x, i);
        return result;
    }

    private DualTensor Transpose(int[] axes, DualTensor x)
    {
        var result = new DualTensor(axes.Select(a => x.Extents[a]).ToArray(), rows, x.PerRow, x.IsActive);
        int[] own = x.StridesWithin(x.Extents);
        int[] strides = axes.Select(a => own[a]).ToArray();
        foreach (var (row, element, index) in Positions(result)) result.Copy(element, x, x.RowStart(row) + Dot(index, strides));
        return result;
    }

    private DualTensor Concat(int axis, DualTensor[] parts)
    {
        int[] extents = [.. parts[0].Extents];
        extents[axis] = parts.Sum(p => p.Extents[axis]);
        var result = new DualTensor(extents, rows, parts.Any(p => p.PerRow), parts.Any(p => p.IsActive));
        int start = 0;
        foreach (var part in parts)
        {
            int[] own = part.StridesWithin(part.Extents);
            foreach (var (row, element, index) in Positions(result))
            {
                int moved = index[axis] - start;
                if (moved < 0 || moved >= part.Extents[axis]) continue;
                result.Copy(element, part, part.RowStart(row) + Dot(index, own) - (start * own[axis]));
            }
            start += part.Extents[axis];
        }
        return result;
    }

    private static DualTensor Constant(DualTensor x)
    {
        var result = new DualTensor(x.Extents, x.Rows, x.PerRow, active: false);
        x.Values.CopyTo(result.Values, 0);
        return result;
    }

    /// <summary>Every element with its row and its index along each axis; the index array is reused.</summary>
    private static IEnumerable<(int Row, int Element, int[] Index)> Positions(DualTensor tensor, bool singleRow = false)
    {
        int[] index = new int[tensor.Rank];
        for (int row = 0, element = 0; row < (singleRow ? 1 : tensor.Rows); row++)
        {
            for (int i = 0; i < tensor.Count; i++, element++)
            {
                yield return (row, element, index);
                for (int axis = tensor.Rank - 1; axis >= 0 && ++index[axis] == tensor.Extents[axis]; axis--) index[axis] = 0;
            }
        }
    }

    private static int Dot(int[] index, int[] strides)
    {
        int sum = 0;
        for (int axis = 0; axis < index.Length; axis++) sum += index[axis] * strides[axis];
        return sum;
    }
}
