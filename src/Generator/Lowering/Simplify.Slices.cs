using DlGen.Graphs;
using DlGen.Ops;

namespace DlGen.Lowering;

/// <summary>Slices: what is put together only to be taken apart again is read where it is.</summary>
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

    private Value SlicePad(Value x, PadOp pad, int start, int length)
    {
        int first = Math.Max(0, start - pad.Before), end = Math.Min(x.Shape[pad.Axis], start + length - pad.Before);
        if (end <= first) return builder.Broadcast(builder.Scalar(pad.Value), x.Shape.With(pad.Axis, length), x.PerRow);
        var inner = Slice(x, pad.Axis, first, end - first);
        int before = first + pad.Before - start, after = length - before - (end - first);
        return before + after == 0 ? inner : inner.Pad(pad.Axis, before, after, value: pad.Value);
    }
}
