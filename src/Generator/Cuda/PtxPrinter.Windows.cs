using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

internal sealed partial class PtxPrinter
{
    /// <summary>A result of windows by one thread.</summary>
    public void PrintResult(WindowKernel window, string[] kept)
    {
        string sum = math.Variable(0);
        PrintWindows(window, sum, kept);
        Finish(window.Epilogue, kept, sum);
    }

    /// <summary>A loop over the taps of each window; where one reaches the element, from a position that there is, the term is added.</summary>
    private void PrintWindows(WindowKernel kernel, string sum, string[] indices)
    {
        int number = (indices.Length - kernel.Kept.Count) / 2;
        if (number == kernel.Windows.Count)
        {
            math.Assign(sum, math.Add(sum, Last(new PtxBody(kernel.Source, math, Leaf(kernel.Source, indices, null)), kernel.Source)));
            return;
        }
        var window = kernel.Windows[number];
        Loop(window.Taps, tap =>
        {
            string next = writer.Label("next"), reach = Plus(PtxWriter.Number(window.Start), tap, window.Step);
            string position = writer.Emit(Integer64, "sub.s64", window.Axis < 0 ? "0" : indices[window.Axis], reach);
            // As a number without a sign, a position before the first is beyond the last.
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.u64", position, PtxWriter.Number((long)window.Positions * window.Stride)), next);
            if (window.Stride > 1)
            {
                string stride = PtxWriter.Number(window.Stride);
                writer.BranchIf(writer.Emit(Predicate, "setp.ne.s64", writer.Remainder(position, stride), "0"), next);
                position = writer.Quotient(position, stride);
            }
            PrintWindows(kernel, sum, [.. indices, position, tap]);
            writer.Place(next);
        });
    }
}
