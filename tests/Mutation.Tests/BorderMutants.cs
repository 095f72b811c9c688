using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in what is taken for the zeros around an image, and in where an image lies within them.</summary>
public class BorderMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("first line of an image", "Lowering/ContractionBuilder.Borders.cs", "int start = windows.Start - before", "int start = windows.Start - before - 1", "lines of the image are no border"),
        new("last line of an image", "Lowering/ContractionBuilder.Borders.cs", "value.Shape[pad.Axis] - pad.Before - pad.After", "value.Shape[pad.Axis] - pad.Before - pad.After - 1", "lines of the image are no border"),
        new("steps of strided windows", "Lowering/ContractionBuilder.Borders.cs", "new Border(position, taps, windows.Stride, windows.Step", "new Border(position, taps, 1, windows.Step", "windows lie a stride apart"),
        new("line behind the last of backward taps", "Cpu/ContractionTemplate.Borders.cs", ": highest + 1;", ": highest;", "the first tap is at the last line that counts"),
        new("lines of one row for all of a tile", "Cpu/ContractionTemplate.Borders.cs", "(tile.Vectors / VectorsOfRow(kernel, form)) - 1 : 0", "0 : 0", "a term counts if it does for one row of the tile"),
        new("first element within a padding", "Lowering/InsideAssemblies.cs", "offset += pad.Before *", "offset += pad.After *", "what is padded lies behind the numbers before it"),
        new("gaps within a padding", "Lowering/InsideAssemblies.cs", "strides[pad.Axis] *= pad.Interior + 1;", "strides[pad.Axis] *= 1;", "between the elements there may be gaps"),
        new("lines within a padding", "Lowering/FusedGraph.cs", "View.Of(i => Graph[i], index, new View(view.Root, inside.Strides, 0))", "view", "who reads a padded value steps over its border"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfBorders.Value);
}
