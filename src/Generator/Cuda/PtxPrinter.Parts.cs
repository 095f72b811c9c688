using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>Kernels as parts of an entry that computes more than one.</summary>
internal sealed partial class PtxPrinter
{
    private PtxPrinter(PtxPrinter entry, Kernel kernel, string[] buffers, IReadOnlyCollection<int> shared)
    {
        (this.kernel, this.buffers, this.shared) = (kernel, buffers, shared);
        (writer, math, NarrowRows, rows) = (entry.writer, entry.math, entry.NarrowRows, entry.rows);
        draws = workspace = "";
    }

    /// <summary>Prints a kernel as a part of this entry.</summary>
    /// <param name="kernel">The kernel.</param>
    /// <param name="buffers">The addresses of its buffers, in 64 bits.</param>
    /// <param name="shared">Which of them lie in shared memory.</param>
    public PtxPrinter Part(Kernel kernel, string[] buffers, IReadOnlyCollection<int> shared) => new(this, kernel, buffers, shared);

    /// <summary>A result of a reduction by one thread, in the order of the record.</summary>
    public void PrintResult(ReductionKernel reduction, string[] kept)
    {
        if (reduction.Kind == ReduceKind.ArgMax) PrintPlace(reduction, kept);
        else Print(reduction, kept);
    }

    /// <summary>A result of a contraction by one thread, in the order of the record.</summary>
    public void PrintResult(ContractionKernel contraction, string[] outside)
    {
        string sum = math.Variable(0);
        AddTerms(contraction, outside, sum, []);
        Finish(contraction.Epilogue, outside, sum);
    }
}
