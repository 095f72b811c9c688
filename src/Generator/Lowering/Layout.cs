using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Makes every access addressable: writes the copies that a consumer cannot do without into the graph, as identity Maps. A reshape of what does not
/// lie side by side; a contraction's vector operand whose lanes would be strided (a second layout: for parameters a derived value, else a
/// transposed copy in the shard's scratch); an output that is only a view.
/// </summary>
internal sealed partial class Layout
{
    /// <summary>Fewer elements side by side are not worth a copy for vectors.</summary>
    private const int LeastLanes = 4;

    /// <summary>So few lanes are less than half of a vector of floats.</summary>
    private const int FewLanes = 8;

    /// <summary>Elements of a table that are copied for each one that a row reads of it.</summary>
    private const int MostCopied = 32;

    private static readonly Expression Identity = new(new[] { new Instruction(ScalarOp.Operand, 0) });

    private readonly Graph graph;
    private readonly IReadOnlyDictionary<string, ParameterBuffer> parameters;
    private readonly GraphBuilder builder = new();
    private readonly int[] moved;

    private Layout(Graph graph, IReadOnlyDictionary<string, ParameterBuffer> parameters)
    {
        this.graph = graph;
        this.parameters = parameters;
        moved = new int[graph.Nodes.Count];
    }

    public static Graph Run(Graph graph, IReadOnlyDictionary<string, ParameterBuffer> parameters) => new Layout(graph, parameters).Rewrite();

    /// <summary>The label along which a contraction's results are written with vectors: its gradient's panel axis, else the last with more than one element.</summary>
    public static int VectorLabel(ContractOp contract, Shape result, ParameterBuffer? gradientOf)
    {
        if (gradientOf is { PanelAxis: >= 0 } home) return contract.Result[home.PanelAxis];
        for (int axis = result.Rank - 1; axis >= 0; axis--)
            if (result[axis] > 1) return contract.Result[axis];
        return result.Rank > 0 ? contract.Result[result.Rank - 1] : -1;
    }

    private Graph Rewrite()
    {
        var read = new HashSet<int>(graph.Nodes.SelectMany(n => n.Operands));
        var gradients = graph.Outputs.Where(o => o.Role == OutputRole.Gradient && !read.Contains(o.Node)).GroupBy(o => o.Node).ToDictionary(g => g.Key, g => parameters[g.First().Name]);
        for (int i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            var value = node.Op switch
            {
                ReshapeOp => builder.Add(node.Op, [Addressable(operands[0], node.Shape)], node.Shape, node.PerRow),
                SliceOp or UnfoldOp => builder.Add(node.Op, [IsPanelled(operands[0]) ? Copy(operands[0]) : operands[0]], node.Shape, node.PerRow),
                ScanOp scan => Scan(scan, operands),
                GatherOp when CopiesTable(operands[0], node) => builder.Add(node.Op, [Copy(operands[0]), operands[1]], node.Shape, node.PerRow),
                MapOp map when !map.Expression.IsIdentity => builder.Add(map, operands.Select(o => AlongLanes(o, node.Shape)).ToArray(), node.Shape, node.PerRow),
                OneQueryAttentionOp => builder.Add(node.Op, [operands[0], Along(operands[1], 1, 0, 2, 1), Along(operands[2], 2, 0, 1, 2), .. operands.Skip(3).Select(o => Along(o, o.Shape.Rank - 1, [.. Enumerable.Range(0, o.Shape.Rank)]))], node.Shape, node.PerRow),
                ContractOp contract => Contract(contract, node, operands, gradients.TryGetValue(i, out var home) ? home : null),
                _ => builder.Add(node.Op, operands, node.Shape, node.PerRow),
            };
            moved[i] = value.Index;
        }
        var taken = new HashSet<int>();
        var outputs = graph.Outputs.Select(o =>
        {
            var value = builder.At(moved[o.Node]);
            bool hasBuffer = value.Node.Op is MapOp || (value.Node.Operands.Count > 0 && value.Node.Op is not ScanOp && !value.Node.Op.IsView);
            // What is put together from parts is row-major; its parts would have to be cut at the borders of panels.
            bool isAssembledElsewhere = o.Role == OutputRole.Gradient && value.Node.Op is ConcatOp or PadOp && parameters[o.Name].PanelAxis >= 0;
            // Each output is written to its own memory by the kernel that computes it; a view, a leaf or a second name is copied there. So is a gradient
            // that others read: its place may be in panels, or out of the later phases' sight.
            bool isReadableThere = o.Role is OutputRole.Prediction or OutputRole.Output or OutputRole.Loss or OutputRole.State or OutputRole.Memory or OutputRole.Carry or OutputRole.Step || !read.Contains(o.Node);
            if (hasBuffer && isReadableThere && !isAssembledElsewhere && taken.Add(value.Index)) return o with { Node = value.Index };
            builder.Layer = value.Node.Layer;
            var copy = Copy(value);
            while (!taken.Add(copy.Index)) copy = Copy(copy);
            return o with { Node = copy.Index };
        }).ToList();
        return builder.Build(outputs);
    }

    /// <summary>The value in memory of its own, its axes in order.</summary>
    public static Value Copy(Value value) => value.Graph.Add(new MapOp(Identity), [value], value.Shape, value.PerRow);

    /// <summary>The operand, or a copy of it if the new shape can't be addressed in its buffer.</summary>
    private Value Addressable(Value operand, Shape shape)
    {
        var probe = new Node(new ReshapeOp(shape), new[] { operand.Index }, shape, operand.PerRow, "");
        return !IsPanelled(operand) && View.Of(k => k < 0 ? probe : builder[k], -1) is not null ? operand : Copy(operand);
    }

    /// <summary>
    /// The operand of a Map, or a copy of it where its elements lie in another order than those of the result: vectors run along the result's last axis, and turning squares of
    /// elements in registers costs less than a Map element by element.
    /// </summary>
    private Value AlongLanes(Value operand, Shape result)
    {
        int last = operand.Shape.Rank - 1;
        if (last < 1 || operand.Shape[last] < LeastLanes || operand.Shape[last] != result[result.Rank - 1] || !operand.PerRow) return operand;
        if (View.Of(k => builder[k], operand.Index) is not { } view || view.Strides[last] is 0 or 1) return operand;
        return view.Strides.Any(s => s == 1) ? Copy(operand) : operand;
    }

    private bool IsPanelled(Value operand)
        => View.Of(k => builder[k], operand.Index) is { } view && builder[view.Root].Op is ParameterOp parameter && parameters[parameter.Path].PanelAxis >= 0;

    /// <summary>
    /// Whether a table in panels is copied to be read entry by entry: in panels every element of an entry lies in a cache line of its own. The copy, once a step, pays for tables
    /// that are not much larger than what is read of them.
    /// </summary>
    private bool CopiesTable(Value table, Node gather) => IsPanelled(table) && table.Shape.Count <= MostCopied * (long)gather.Shape.Count;

    /// <summary>Gives the operand that carries the vector label a unit stride (or its home panel) along it.</summary>
    private Value Contract(ContractOp contract, Node node, Value[] operands, ParameterBuffer? gradientOf)
    {
        if (OrderForWindows(contract, node.Shape, operands, gradientOf) is { } axes)
        {
            // The result is computed with that axis last, and read as if it were not.
            var reordered = contract with { Result = axes.Select(axis => contract.Result[axis]).ToEquatableArray() };
            var result = Contract(reordered, node with { Shape = new Shape(axes.Select(axis => node.Shape[axis]).ToEquatableArray()) }, operands, null);
            return result.Transpose([.. Enumerable.Range(0, axes.Length).Select(axis => Array.IndexOf(axes, axis))]);
        }
        if (WinogradFilters.AreGiven(node) && contract.OverRows && WinogradConvolution.OutputLast(contract) is var axesOfGradient && !LiesAlong(operands[1], contract.Right, contract.Right[axesOfGradient[2]]))
        {
            // Winograd's transforms take the channels of a pixel side by side.
            operands[1] = Copy(operands[1].Transpose(axesOfGradient));
            contract = contract with { Right = axesOfGradient.Select(axis => contract.Right[axis]).ToEquatableArray() };
        }
        int label = VectorLabel(contract, node.Shape, gradientOf);
        bool inLeft = contract.Left.Contains(label), inRight = contract.Right.Contains(label);
        var labels = new[] { contract.Left, contract.Right };
        for (int side = 0; side < 2; side++)
        {
            // Lanes that both operands have are vectors of both, if one of the batch's lies along them already.
            bool isVectorSide = side == 0 ? inLeft && !inRight : inRight && !inLeft;
            isVectorSide |= inLeft && inRight && (!operands[side].PerRow || LiesAlong(operands[1 - side], labels[1 - side], label));
            int axis = labels[side].Items.IndexOf(label);
            // Winograd's products read the taps' numbers in place of the taps, which stay where they are.
            if (side == 1 && WinogradFilters.AreGiven(node) && !contract.OverRows && !IsPanelled(operands[1])) continue;
            if (IsReadable(operands[side], isVectorSide ? axis : -1, isVectorSide)) continue;
            // A copy whose last axis is the vector label, and whose others come as the other operand has them: so that what is summed lies as it is walked. Its labels move along.
            var (own, other) = (labels[side], labels[1 - side]);
            int[] order = Enumerable.Range(0, own.Count).Where(a => !isVectorSide || a != axis).OrderBy(a => isVectorSide ? other.Items.IndexOf(own[a]) : a).Concat(isVectorSide ? [axis] : []).ToArray();
            bool inOrder = order.SequenceEqual(Enumerable.Range(0, order.Length));
            operands[side] = Copy(inOrder ? operands[side] : operands[side].Transpose(order));
            labels[side] = order.Select(a => labels[side][a]).ToEquatableArray();
        }
        return builder.Add(contract with { Left = labels[0], Right = labels[1] }, operands, node.Shape, node.PerRow);
    }

    /// <summary>The operand, or where it does not lie so a copy in that order of its axes, the last of which is <paramref name="axis"/>: vectors run along it.</summary>
    private Value Along(Value operand, int axis, params int[] order)
    {
        if (axis < 0 || (View.Of(k => builder[k], operand.Index) is { } view && (operand.Shape[axis] == 1 || view.Strides[axis] == 1))) return operand;
        return Copy(operand.Transpose(order)).Transpose([.. Enumerable.Range(0, order.Length).Select(a => Array.IndexOf(order, a))]);
    }

    private bool LiesAlong(Value operand, EquatableArray<int> labels, int label)
        => View.Of(k => builder[k], operand.Index) is { } view && view.Strides[labels.Items.IndexOf(label)] == 1;

    /// <summary>
    /// Windows, which hold elements several times, are not copied to be read with vectors: the result's axes with another one last that needs no such
    /// copy. Null if none is needed, or there is none.
    /// </summary>
    private int[]? OrderForWindows(ContractOp contract, Shape result, Value[] operands, ParameterBuffer? gradientOf)
    {
        bool CopiesWindows(int label)
        {
            bool inLeft = contract.Left.Contains(label);
            if (inLeft == contract.Right.Contains(label)) return false;
            var (operand, labels) = inLeft ? (operands[0], contract.Left) : (operands[1], contract.Right);
            return View.HasWindows(k => builder[k], operand.Index) && !IsReadable(operand, labels.Items.IndexOf(label), isVectorSide: true);
        }
        if (gradientOf is { PanelAxis: >= 0 }) return null;
        int label = VectorLabel(contract, result, gradientOf);
        int last = CopiesWindows(label) ? Enumerable.Range(-1, result.Rank + 1).Last(axis => axis < 0 || (result[axis] > 1 && !CopiesWindows(contract.Result[axis]))) : MoreLanes(contract, result, operands, label);
        return last < 0 ? null : [.. Enumerable.Range(0, result.Rank).Where(axis => axis != last), last];
    }

    /// <summary>
    /// The result's axis along which vectors are full, where along the last one they would be nearly empty, as in the gradient by the taps of an image without colours: those of a line side by side, and no more.
    /// -1 where the last one is as good.
    /// </summary>
    private int MoreLanes(ContractOp contract, Shape result, Value[] operands, int label)
    {
        bool inLeft = contract.Left.Contains(label);
        if (!contract.OverRows || inLeft == contract.Right.Contains(label)) return -1;
        var (own, ownLabels, other, otherLabels) = inLeft ? (operands[0], contract.Left, operands[1], contract.Right) : (operands[1], contract.Right, operands[0], contract.Left);
        if (!View.HasWindows(k => builder[k], own.Index) || View.Of(k => builder[k], own.Index) is not { } view) return -1;
        int sideBySide = 1;
        foreach (int next in contract.Result.Reverse().Where(ownLabels.Contains))
        {
            int axis = ownLabels.Items.IndexOf(next);
            if (own.Shape[axis] > 1 && view.Strides[axis] != sideBySide) break;
            sideBySide *= own.Shape[axis];
        }
        if (sideBySide >= FewLanes) return -1;
        return Enumerable.Range(-1, result.Rank + 1).Last(axis => axis < 0 || (result[axis] >= 2 * FewLanes && otherLabels.Contains(contract.Result[axis]) && !ownLabels.Contains(contract.Result[axis])
            && LiesAlong(other, otherLabels, contract.Result[axis])));
    }

    private bool IsReadable(Value operand, int vectorAxis, bool isVectorSide)
    {
        if (View.Of(k => builder[k], operand.Index) is not { } view) return false;
        if (builder[view.Root].Op is ParameterOp parameter && parameters[parameter.Path] is { PanelAxis: >= 0 } home)
            return isVectorSide && view.Root == operand.Index && vectorAxis == home.PanelAxis;
        return !isVectorSide || operand.Shape[vectorAxis] == 1 || view.Strides[vectorAxis] == 1;
    }
}
