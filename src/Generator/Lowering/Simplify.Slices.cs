using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>
/// Slices: what is put together only to be taken apart again is read where it is, and what is made of parts by adding them up, padded, is put together.
/// </summary>
internal sealed partial class Simplify
{
    /// <summary>A slice of a slice is one slice; one of a part of a Concat is that part's; one of a Pad is the padded value's, with the padding that it meets.</summary>
    private Value Slice(Value x, int axis, int start, int length)
    {
        while (true)
        {
            if (start == 0 && length == x.Shape[axis]) return x;
            switch (x.Node.Op)
            {
                case SliceOp { Step: 1 } inner when inner.Axis == axis:
                    (x, start) = (builder.At(x.Node.Operands[0]), start + inner.Start);
                    continue;
                case ConcatOp concat when concat.Axis == axis && Part(x, axis, start, length) is var (part, first) && part is not null && part.PerRow == x.PerRow:
                    (x, start) = (part, first);
                    continue;
                case PadOp { Interior: 0 } pad when pad.Axis == axis:
                    return SlicePad(builder.At(x.Node.Operands[0]), pad, start, length);
                default:
                    return x.Slice(axis, start, length);
            }
        }
    }

    /// <summary>The operand of a Concat that holds all of the slice, and where in it the slice begins.</summary>
    private (Value? Part, int Start) Part(Value concat, int axis, int start, int length)
    {
        foreach (int operand in concat.Node.Operands)
        {
            var part = builder.At(operand);
            int extent = part.Shape[axis];
            if (start < extent) return start + length <= extent ? (part, start) : (null, 0);
            start -= extent;
        }
        return (null, 0);
    }

    /// <summary>
    /// The sum of paddings whose elements lie side by side is the padding of all of them together: so the gradients of a value's slices become its
    /// gradient without being added to zeros. Null for any other Map.
    /// </summary>
    private Value? SideBySide(MapOp map, Node node, IEnumerable<Value> operands)
    {
        if (!IsSum(map)) return null;
        var addends = new List<Value>();
        var waiting = new Stack<Value>(operands);
        while (waiting.Count > 0)
        {
            var value = waiting.Pop();
            if (!value.Shape.Equals(node.Shape) || value.PerRow != node.PerRow) return null;
            if (value.Node.Op is MapOp inner && IsSum(inner)) foreach (int operand in value.Node.Operands) waiting.Push(builder.At(operand));
            else if (value.Node.Op is PadOp { Interior: 0, Value: 0 }) addends.Add(value);
            else return null;
        }

        addends = addends.OrderBy(a => ((PadOp)a.Node.Op).Before).ToList();
        var pads = addends.Select(a => (PadOp)a.Node.Op).ToList();
        int axis = pads[0].Axis;
        for (int i = 1; i < pads.Count; i++)
            if (pads[i].Axis != axis || node.Shape[axis] - pads[i - 1].After != pads[i].Before) return null;
        var parts = addends.Select(a => builder.At(a.Node.Operands[0]))
            .SelectMany(p => p.Node.Op is ConcatOp concat && concat.Axis == axis ? p.Node.Operands.Select(builder.At) : [p]).ToArray();
        var together = builder.Add(new ConcatOp(axis), parts);
        int before = pads[0].Before, after = pads[pads.Count - 1].After;
        return before + after == 0 ? together : together.Pad(axis, before, after);
    }

    private static bool IsSum(MapOp map) => map.Expression.Code is { Count: 3 } code && code[2].Op == ScalarOp.Add && code[0].Op == ScalarOp.Operand && code[1].Op == ScalarOp.Operand;

    private Value SlicePad(Value x, PadOp pad, int start, int length)
    {
        int first = Math.Max(0, start - pad.Before), end = Math.Min(x.Shape[pad.Axis], start + length - pad.Before);
        if (end <= first) return builder.Broadcast(builder.Scalar(pad.Value), x.Shape.With(pad.Axis, length), x.PerRow);
        var inner = Slice(x, pad.Axis, first, end - first);
        int before = first + pad.Before - start, after = length - before - (end - first);
        return before + after == 0 ? inner : inner.Pad(pad.Axis, before, after, value: pad.Value);
    }
}
