using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Turns products that are only computed to be summed over windows around: what each pixel gives to each tap, added up where windows overlap, is at each
/// element the product of the pixels whose windows reach it, in reverse order, with the taps. With p the position, t the tap and s the stride, Σ over
/// s·p + t = i of x(p)·w(t) is Σ over t of z(i - t)·w(t), where z holds x with s - 1 zeros between its elements. So the gradient of a convolution by its image, and the
/// convolution that is one, are contractions over windows again, and no buffer holds every pixel's every tap. What a slice leaves of the result is all
/// that is computed, and no border is made that no window reads.
/// </summary>
internal sealed class FoldedProducts
{
    private readonly Graph graph;
    private readonly GraphBuilder builder = new();
    private readonly int[] uses;
    private readonly int[] moved;

    private FoldedProducts(Graph graph)
    {
        this.graph = graph;
        uses = Simplify.CountUses(graph);
        moved = new int[graph.Nodes.Count];
    }

    public static Graph Run(Graph graph) => new FoldedProducts(graph).Rewrite();

    private Graph Rewrite()
    {
        for (int i = 0; i < moved.Length; i++)
        {
            var node = graph[i];
            builder.Layer = node.Layer;
            var operands = node.Operands.Select(o => builder.At(moved[o])).ToArray();
            // A product that others read is made as it is.
            bool isOnlyReader = operands.Length > 0 && uses[node.Operands[0]] == 1;
            var value = !isOnlyReader ? null : node.Op switch
            {
                FoldOp fold => Folded(fold, operands[0]),
                SliceOp slice => Sliced(slice, operands[0]),
                _ => null,
            };
            moved[i] = (value ?? builder.Add(node.Op, operands, node.Shape, node.PerRow)).Index;
        }
        return builder.Build(graph.Outputs.Select(o => o with { Node = moved[o.Node] }));
    }

    /// <summary>The sum over windows of a product whose positions come from one factor and whose taps from the other; else null.</summary>
    private Value? Folded(FoldOp fold, Value product)
    {
        if (product.Node.Op is not ContractOp { OverRows: false } contract) return null;
        int position = contract.Result[fold.Axis], tap = contract.Result[fold.Axis + 1];
        if (SideOf(contract, position) is not { } pixels || SideOf(contract, tap) != 1 - pixels) return null;
        var labels = new[] { contract.Left, contract.Right };
        var factors = product.Node.Operands.Select(builder.At).ToArray();
        int axis = labels[pixels].Items.IndexOf(position);
        factors[pixels] = Reached(factors[pixels], axis, fold.Extent, fold.Windows);
        labels[pixels] = labels[pixels].Take(axis + 1).Append(tap).Concat(labels[pixels].Skip(axis + 1)).ToEquatableArray();
        return builder.Add(new ContractOp(labels[0], labels[1], contract.Result.Where(l => l != tap).ToEquatableArray(), OverRows: false), factors);
    }

    /// <summary>For each of <paramref name="extent"/> elements and each tap the pixel whose window has its tap there, 0 where none has.</summary>
    private Value Reached(Value x, int axis, int extent, Windows windows)
    {
        // Element i and tap t meet at start + p·stride + t·step = i: at i - start - t·step in z, which begins `before` elements earlier.
        int before = windows.Start + Math.Max(0, (windows.Taps - 1) * windows.Step), interior = windows.Stride - 1;
        int length = before + ((x.Shape[axis] - 1) * windows.Stride) + 1;
        var reached = new Windows(extent, windows.Taps, before - windows.Start, 1, -windows.Step);
        int after = Math.Max(0, reached.Last + 1 - length);
        return Beneath(x, axis, addedAxes: 1, (source, along) => source.Pad(along, before, after, interior).Unfold(along, reached));
    }

    /// <summary>A part of a product along an axis that only one of its factors has: the product with that part of the factor; else null.</summary>
    private Value? Sliced(SliceOp slice, Value product)
    {
        if (product.Node.Op is not ContractOp { OverRows: false } contract) return null;
        int label = contract.Result[slice.Axis];
        if (SideOf(contract, label) is not { } side) return null;
        var factors = product.Node.Operands.Select(builder.At).ToArray();
        int axis = (side == 0 ? contract.Left : contract.Right).Items.IndexOf(label);
        factors[side] = Beneath(factors[side], axis, addedAxes: 0, (source, along) => Part(source, slice with { Axis = along }));
        return builder.Add(contract, factors);
    }

    /// <summary>What changes one axis of a value that holds windows along others changes it before they are taken: windows are not copied.</summary>
    /// <param name="addedAxes">How many axes it adds behind that one.</param>
    private Value Beneath(Value x, int axis, int addedAxes, Func<Value, int, Value> change)
    {
        if (x.Node.Op is not UnfoldOp unfold || axis == unfold.Axis || axis == unfold.Axis + 1) return change(x, axis);
        bool isBefore = axis < unfold.Axis;
        var source = Beneath(builder.At(x.Node.Operands[0]), isBefore ? axis : axis - 1, addedAxes, change);
        return builder.Add(unfold with { Axis = isBefore ? unfold.Axis + addedAxes : unfold.Axis }, source);
    }

    /// <summary>A slice of a factor; of the positions of windows, fewer windows and no more border than they read.</summary>
    private Value Part(Value factor, SliceOp slice)
    {
        if (factor.Node.Op is not UnfoldOp unfold || slice.Axis != unfold.Axis) return builder.Add(slice, factor);
        var source = builder.At(factor.Node.Operands[0]);
        var windows = unfold.Windows with
        {
            Positions = slice.Length,
            Start = unfold.Windows.Start + (slice.Start * unfold.Windows.Stride),
            Stride = unfold.Windows.Stride * slice.Step,
        };
        var (narrower, first) = WithoutBorder(source, unfold.Axis, windows.First, source.Shape[unfold.Axis] - 1 - windows.Last);
        return narrower.Unfold(unfold.Axis, windows with { Start = windows.Start - first });
    }

    /// <summary>The value without elements at both ends of an axis, as far as they are padding, and how many it lost at the beginning.</summary>
    private (Value Narrower, int First) WithoutBorder(Value x, int axis, int first, int last)
    {
        switch (x.Node.Op)
        {
            case PadOp pad when pad.Axis == axis:
                int before = Math.Min(pad.Before, first), after = Math.Min(pad.After, last);
                return (builder.At(x.Node.Operands[0]).Pad(axis, pad.Before - before, pad.After - after, pad.Interior, pad.Value), before);
            case UnfoldOp windows when axis == windows.Axis || axis == windows.Axis + 1:
                return (x, 0);
            case PadOp or UnfoldOp:
                if (x.Node.Op is UnfoldOp unfold && axis > unfold.Axis) axis--;
                var (narrower, lost) = WithoutBorder(builder.At(x.Node.Operands[0]), axis, first, last);
                return (builder.Add(x.Node.Op, narrower), lost);
            default:
                return (x, 0);
        }
    }

    /// <summary>The factor that alone carries a label: 0 or 1; null if both do.</summary>
    private static int? SideOf(ContractOp contract, int label)
        => contract.Left.Contains(label) == contract.Right.Contains(label) ? null : contract.Left.Contains(label) ? 0 : 1;
}
