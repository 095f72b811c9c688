using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

/// <summary>Windows of two side by side along the lanes, as those of a pool where the width of an image is: what a window holds is read once for both of its elements.</summary>
internal sealed partial class WindowTemplate
{
    /// <summary>The axis of such windows, if what they hold lies window by window, and all others lie side by side too; -1 for none.</summary>
    private static int PairsAxis(WindowKernel kernel, bool float64)
    {
        if (!kernel.Windows.All(w => CoversAxis(kernel, w))) return -1;
        for (int number = 0; number < kernel.Windows.Count; number++)
        {
            var (axis, position, tap) = (kernel.Windows[number].Axis, PositionAxis(kernel, number), PositionAxis(kernel, number) + 1);
            if (kernel.Windows[number].Taps == 2
                && kernel.Source.Accesses.All(a => a.IsAffine && a.Strides[axis] == 0 && a.Strides[tap] == 0 && (a.Strides[position] == 0 || (a.Strides[position] == 1 && kernel.Buffers[a.Buffer] is { IsNumbers: true, IsExact: false })))
                && !kernel.Source.Code.Any(c => c is { Op: BodyOp.Scalar, Function: ScalarOp.Index } && (c.A == axis || c.A == position))
                && VectorAxis.Fits(kernel.Epilogue, kernel.Buffers, axis, float64)) return axis;
        }
        return -1;
    }

    /// <summary>The axis of a window's positions among those of the source; that of its taps is the next.</summary>
    private static int PositionAxis(WindowKernel kernel, int window) => kernel.Kept.Count + (2 * window);

    private Func<BodyInstruction, string> PairsLeaf(string?[] indices, Columns columns, int vector) => code =>
    {
        int position = PositionAxis(kernel, pairs), first = (columns.First + (vector * form.Lanes)) / 2;
        if (code.Op != BodyOp.Load) return code.A == position + 1 ? form.SecondOfPairs : vectors.Index(indices[code.A]);
        var access = kernel.Source.Accesses[code.A];
        string?[] all = [.. indices];
        all[position] = columns.Index is null ? null : columns.Index + " / 2";
        string element = Addressing.Element("b" + Literal.Of(access.Buffer), Addressing.Offset(access, all, known: first * access.Strides[position]));
        return access.Strides[position] == 0 ? form.LoadBroadcast(kernel.Buffers[access.Buffer], element) : form.LoadPairs(element);
    };
}
