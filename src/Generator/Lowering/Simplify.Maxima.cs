using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Maxima by their place, which a gradient follows: the element at the place of the largest is the largest. Whoever still asks for the place has it beside that.</summary>
internal sealed partial class Simplify
{
    /// <summary>The maximum that a sum of elements at a place is; null for any other sum.</summary>
    private Value? Maximum(Node node, ReduceOp reduce)
    {
        var chosen = graph[node.Operands[0]];
        if (reduce is not { Kind: ReduceKind.Sum, OverRows: false } || chosen.Op is not MapOp || chosen.Operands.Count != 2 || uses[node.Operands[0]] != 1) return null;
        var summed = builder.At(moved[node.Operands[0]]);
        foreach (int operand in chosen.Operands)
        {
            if (graph[operand].Op is not ReduceOp { Kind: ReduceKind.ArgMax } place || !place.Axes.Equals(reduce.Axes)) continue;
            var windows = builder.At(moved[graph[operand].Operands[0]]);
            if (windows.AtPlace(builder.At(moved[operand]), [.. reduce.Axes]).Index == summed.Index) return windows.Max([.. reduce.Axes]);
        }
        return null;
    }
}
