using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in convolutions by Winograd's products: where tiles lie, what they share, which way the taps run.</summary>
public class WinogradMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("tiles across", "Cpu/WinogradTiles.cs", "Position(kind, kind.Across, Across(across), width)", "Position(kind, kind.Across, Across(across), height)", "an image may be wider than high"),
        new("numbers of shorter tiles", "Cpu/WinogradTiles.cs", "right == 0 ? \"0\"", "right >= 0 ? \"0\"", "tiles with two results across have no numbers 3 and 4 to be summed"),
        new("tiles at the lower edge", "Cpu/WinogradTiles.cs", "new TileKind(Winograd.Edge, Winograd.Side, below * across, down * (right + across))", "new TileKind(Winograd.Edge, Winograd.Side, below * across, down * right)", "they come behind the whole ones"),
        new("pixels of the last tiles", "Cpu/WinogradTiles.cs", "Literal.Of(extent - Winograd.Edge)", "Literal.Of(extent - Winograd.Side)", "the last two results begin two before the end"),
        new("results of two tiles", "Cpu/WinogradGradientTemplate.cs", "if (!tiles.Overlap)", "if (!tiles.Overlap || winograd.Tiles > 0)", "what two tiles share counts once"),
        new("sums of the batch before", "Cpu/WinogradGradientTemplate.cs", "blocks * {sumLength}).Clear();", "blocks * {sumLength}).Slice(0);", "sums begin at 0"),
        new("taps forwards", "Lowering/WinogradFilters.cs", "isReversed ? Winograd.Taps - 1 - tap : tap", "tap", "the input's gradient reads the taps backwards"),
        new("pixel of the last tap", "Lowering/ContractionBuilder.Winograd.cs", "convolution.IsReversedDown ? 2 * taps.Strides[3] : 0", "0 * taps.Strides[3]", "backwards, the last tap reads the first pixel"),
        new("shard of a tile", "Cpu/WinogradGradientTemplate.cs", "row -= s * shardRows;", "row -= 0 * s;", "rows are numbered within their shard"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfWinograd.Value);
}
