using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults where images keep their channels first: what is computed along their width, over windows of two there, and by vectors of terms.</summary>
public class ImageOrderMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("place of a turned index", "Lowering/FewOutputs.cs", "c with { A = c.A == last ? 0 : c.A + 1 }", "c", "an index names the axis of the node"),
        new("axis of turned windows", "Lowering/FewOutputs.cs", "reduce.Axes.Select(a => a + 1)", "reduce.Axes.Select(a => a)", "the axes behind the channels move up"),
        new("copy in the other order", "Lowering/FewOutputs.cs", "value.Transpose([.. Enumerable.Range(1, value.Shape.Rank - 1), 0])", "value.Reshape(new Shape(value.Shape.Extents.Skip(1).Append(value.Shape[0]).ToEquatableArray()))", "who needs the channels last gets them so"),
        new("axis of a channel's own windows", "Lowering/MemoryOrder.cs", "((PadOp)op).Axis - 1 }", "((PadOp)op).Axis - 1, Before = ((PadOp)op).After + 1, After = ((PadOp)op).Before - 1 }", "what is taken where the channels lie last is the same"),
        new("sums of what is transposed", "Lowering/Simplify.RowByRow.cs", "reduce.Axes.Select(a => axes[a])", "reduce.Axes.Select(a => axes[axes[a]])", "axes are those of what lies in memory"),
        new("terms behind a line", "Cpu/DotContractionTemplate.cs", "return tail is null ? load : $\"{load} & {form.Mask(tail)}\";", "return load;", "what lies behind the last term is no term"),
        new("sums of the shards before", "Cpu/DotContractionTemplate.cs", "(s == 0 ? 0 : {element}) + ", "0 + ", "every shard adds to the sum"),
        new("which of two", "Cpu/WindowTemplate.Pairs.cs", "code.A == position + 1 ? form.SecondOfPairs", "code.A == position + 1 ? form.Zero", "a window of two has two taps"),
        new("number of a pair", "Cpu/WindowTemplate.Pairs.cs", "first = (columns.First + (vector * form.Lanes)) / 2;", "first = columns.First + (vector * form.Lanes);", "a window's number is read for both of its elements"),
        new("taps upside down", "Cpu/ContractionTemplate.ImageRows.cs", "Tap(row - result, x)", "Tap(down - 1 - (row - result), x)", "a row's taps are told from the first row of the result"),
        new("first row of results", "Cpu/ContractionTemplate.ImageRows.cs", "Math.Max(0, row - down + 1)", "Math.Max(0, row - down + 2)", "a row of the image belongs to as many results as there are taps"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfImageOrder.Value);
}
