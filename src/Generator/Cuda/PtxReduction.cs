using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>What reductions and moments have in common: for each element of the kept axes something is accumulated over the reduced ones.</summary>
/// <param name="Root">The instruction of the source that is accumulated.</param>
/// <param name="Numbers">How many numbers an accumulation is.</param>
/// <param name="Finish">Stores the result at indices along the kept axes.</param>
/// <param name="Plain">The plain printing.</param>
internal sealed record PtxReduction(
    EquatableArray<Extent> Kept, EquatableArray<Extent> Reduced, KernelBody Source, int Root, bool Float64, int Numbers, Func<PtxMath, PtxAccumulation> Accumulation,
    Action<PtxPrinter, string[], string[]> Finish, PtxPlan Plain)
{
    /// <summary>Elements that are reduced to a result, or those of a row.</summary>
    public long PerRow { get; } = Reduced.Aggregate(1L, (product, axis) => product * axis.Constant);

    public bool IsOverRows { get; } = Reduced.Any(axis => axis.TimesRows);

    /// <summary>Whether neighbouring results are made of neighbouring elements.</summary>
    public bool IsByColumns { get; } = Kept.Count > 0 && Kept[Kept.Count - 1] is { TimesRows: false, Constant: > 1 } && Source.Accesses.Any(access =>
        access.IsAffineAlong(Kept.Count - 1) && access.Strides[Kept.Count - 1] == 1 && Enumerable.Range(Kept.Count, Reduced.Count).Any(access.Varies));

    public static PtxReduction Of(ReductionKernel kernel, bool float64) => new(
        kernel.Kept, kernel.Reduced, kernel.Source, Last(kernel.Source), float64, kernel.Kind == ReduceKind.ArgMax ? 2 : 1, math => PtxAccumulation.Of(kernel.Kind, math),
        (printer, kept, state) => printer.Finish(kernel.Epilogue, kept, state[state.Length - 1]), PtxPrinter.PlainPlan(kernel));

    public static PtxReduction Of(MomentsKernel kernel, bool float64) => new(
        kernel.Kept, kernel.Reduced, kernel.Source, Last(kernel.Source), float64, 3, math => new PtxMoments(math),
        (printer, kept, state) => Store(printer, kernel, kept, state), PtxPrinter.PlainPlan(kernel));

    private static int Last(KernelBody source) => source.Stores.Count > 0 ? source.Stores[0].Value : source.Code.Count - 1;

    private static void Store(PtxPrinter printer, MomentsKernel kernel, string[] kept, string[] state)
    {
        var math = printer.Math;
        // Of nothing there is no mean.
        string mean = math.Select(math.Equal(state[0], math.Constant(0)), math.Constant(double.NaN), state[1]);
        string address = printer.Address(kernel.Result, kept).Trim('[', ']');
        string[] statistics = [state[0], mean, math.Divide(state[2], state[0])];
        for (int i = 0; i < statistics.Length; i++) printer.Writer.Do("st.global." + math.Type, $"[{address}+{PtxWriter.Number((long)i * kernel.StatisticStride * math.Bytes)}]", statistics[i]);
    }
}
