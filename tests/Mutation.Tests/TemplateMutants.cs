using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in the vector templates: tails, masks, rows that are left over, the order of additions.</summary>
public class TemplateMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("tail of a map over the rows", "Cpu/MapTemplate.cs", "if (j < count)", "if (j + 1 < count)", "a tail of one element is one too"),
        new("tail of a known number", "Cpu/MapTemplate.cs", "if (whole < count)", "if (whole + 1 < count)", "a tail of one element is one too"),
        new("lanes behind the row in a sum", "Cpu/RowTemplate.cs", " & {form.Mask(tail)};", ";", "what lies behind the row is added"),
        new("lanes behind the row in a maximum", "Cpu/RowTemplate.cs", "{form.Name}.ConditionalSelect({form.Mask(tail)}, {value}, {new VectorNotation(form).Constant(Kind(reduce).Neutral())})", "{value}", "what lies behind the row competes"),
        new("padding of a panel", "Cpu/VectorForm.cs", "({value} & {Mask(tail)}).StoreUnsafe", "({value}).StoreUnsafe", "the optimizer moves parameters that do not exist"),
        new("last row of a contraction", "Cpu/ContractionTemplate.cs", "(rest >= {Literal.Of(height)})", "(rest > {Literal.Of(height)})", "rows that fill a tile exactly are skipped"),
        new("last columns of a contraction", "Cpu/ContractionTiles.cs", "(rest + lanes - 1) / lanes, rest % lanes", "Math.Max(1, rest / lanes), rest % lanes", "the columns of the last, partial vector are skipped"),
        new("columns' offset in a panel", "Cpu/ContractionTemplate.cs", "(column / access.PanelWidth * access.PanelStride) + (column % access.PanelWidth)", "column", "the next panel lies a panel further"),
        new("a single row's products", "Cpu/ContractionTemplate.Tile.cs", "form.MultiplyAdd(\"l\", \"r\" + Literal.Of(v), Sum(r, v))", "(tile.Rows == 1 ? form.MultiplyAdd(\"l * 3\", \"r\" + Literal.Of(v) + \" / 3\", Sum(r, v)) : form.MultiplyAdd(\"l\", \"r\" + Literal.Of(v), Sum(r, v)))", "rounded otherwise, a row's bits depend on the rows beside it"),
        new("columns of a reduction", "Cpu/ColumnVectors.cs", "int column = whole; column < columns; column += step", "int column = whole; column + 1 < columns; column += step", "a single column that is left over is skipped"),
        new("rows of the last shard", "Cpu/ShardLoop.cs", "Math.Min(shardRows, rows - first)", "shardRows", "rows that the batch does not have are added"),
        new("tiles of a thread", "Cpu/ContractionTemplate.cs", "Within(\"endTile\")", "Within(\"(endTile - part % 2)\")", "the last tile of every second thread's share is nobody's"),
        new("rows within a shard", "Emission/ProgramWriter.References.cs", "Scaled(\"within\", argument.RowStride)", "Scaled(\"within / 2\", argument.RowStride)", "a share that begins within a shard writes over another's rows"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfTemplates.Value);
}
