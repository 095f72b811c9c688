using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    /// <summary>Where the largest value stands, the first of equal ones and of those that are not numbers, which count as larger than all.</summary>
    private void PrintPlace(ReductionKernel reduction)
    {
        if (reduction.Sharded) throw new ArgumentException("the place of a maximum among the rows of a batch has no meaning within a shard", nameof(reduction));
        using var kept = new LoopNest(writer, reduction.Kept, LoopNest.Numbered("i", reduction.Kept.Count));
        writer.Line($"{options.Element} largest = {notation.Constant(double.NegativeInfinity)}, place = {notation.Constant(0)};");
        using (var reduced = new LoopNest(writer, reduction.Reduced, LoopNest.Numbered("k", reduction.Reduced.Count)))
        {
            var printer = new BodyPrinter(reduction.Source, notation, Leaf(reduction.Source, [.. kept.Indices, .. reduced.Indices], null, false), "k");
            int result = reduction.Source.Code.Count - 1;
            printer.Print(writer, [result]);
            writer.Line($"{options.Element} candidate = {printer.Whole(result)};");
            using (writer.Block($"if (candidate > largest || ({options.Element}.IsNaN(candidate) && !{options.Element}.IsNaN(largest)))"))
            {
                writer.Line("largest = candidate;");
                writer.Line($"place = {Place(reduction.Reduced, reduced.Indices)};");
            }
        }
        PrintBody(reduction.Epilogue, kept.Indices, "place");
    }

    /// <summary>The number of an element in row-major order of the axes.</summary>
    public static string Place(EquatableArray<Extent> axes, string?[] indices)
    {
        var terms = new List<string>();
        for (int axis = axes.Count - 1, stride = 1; axis >= 0; axis--)
        {
            if (indices[axis] is { } index) terms.Add(Addressing.Scaled(index, stride));
            stride *= axes[axis].Constant;
        }
        return terms.Count == 0 ? "0" : string.Join(" + ", terms.AsEnumerable().Reverse());
    }
}
