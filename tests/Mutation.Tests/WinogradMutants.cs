using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults in convolutions by Winograd's products: where tiles lie, what they share, which way the taps run.</summary>
public class WinogradMutants(ITestOutputHelper output) : MutantTests(output)
{
    private static readonly Mutant[] All =
    [
        new("tiles across", "Cpu/WinogradTiles.cs", "Position(kind, kind.Across, Across(across), width)", "Position(kind, kind.Across, Across(across), height)", "an image may be wider than high"),
        new("numbers of shorter tiles", "Cpu/WinogradTiles.cs", "right == 0 ? \"0\"", "right >= 0 ? \"0\"", "tiles with two results across have no numbers 3 and 4 to be summed"),
        new("tiles at the lower edge", "Cpu/WinogradTiles.cs", "Kind(WinogradSize.Edge, side, below * across, down * (right + across))", "Kind(WinogradSize.Edge, side, below * across, down * right)", "they come behind the whole ones"),
        new("pixels of the last tiles", "Cpu/WinogradTiles.cs", "Literal.Of(extent - WinogradSize.Edge)", "Literal.Of(extent - size.Side)", "the last two results begin two before the end"),
        new("results of two tiles", "Cpu/WinogradGradientTemplate.cs", "if (!tiles.Overlap)", "if (!tiles.Overlap || winograd.Tiles > 0)", "what two tiles share counts once"),
        new("sums of the batch before", "Cpu/WinogradGradientTemplate.cs", "blocks * {sumLength}).Clear();", "blocks * {sumLength}).Slice(0);", "sums begin at 0"),
        new("taps forwards", "Lowering/WinogradFilters.cs", "isReversed ? taps - 1 - tap : tap", "tap", "the input's gradient reads the taps backwards"),
        new("pixel of the last tap", "Lowering/ContractionBuilder.Winograd.cs", "convolution.IsReversedDown ? last * taps.Strides[3] : 0", "0 * taps.Strides[3]", "backwards, the last tap reads the first pixel"),
        new("points of five taps", "Lowering/WinogradFilters.cs", "Math.Pow(Points[point].Point, tap)", "Math.Pow(Points[point].Point, Math.Min(tap, 2))", "each tap takes another power of the point"),
        new("taps within a border", "Lowering/WinogradFilters.cs", "convolution.IsReversedDown && !convolution.IsTransposed", "convolution.IsReversedDown", "what adds to pixels takes the taps forwards"),
        new("border of the image", "Lowering/WinogradConvolution.cs", "pad.Before != width || pad.After != width", "pad.Before > width", "tiles of what stands within a narrower border would miss pixels"),
        new("images before", "Cpu/WinogradTemplate.cs", "winograd.TileOfSums)}).Clear();", "winograd.TileOfSums)}).Slice(0);", "tiles add to zeros"),
        new("line of tiles", "Cpu/WinogradTemplate.cs", "$\"{tiles.AlongLine(\"t\")} * {channels}\"", "$\"t * {channels}\"", "tiles of a line lie two or four results apart"),
        new("line of an image", "Cpu/WinogradTiles.cs", "step > 1 && step == inImage ? null : \"y\"", "step > 1 ? null : \"y\"", "lines lie below each other"),
        new("results of two tiles of two", "Cpu/WinogradGradientTemplate.cs", "CopyRest(ref gradient, {height}, {width}, {Literal.Of(winograd.Size.Side)}", "CopyRest(ref gradient, {height}, {width}, 4", "a tile has two results along each axis"),
        new("turned beside", "Lowering/FewOutputs.cs", "InOrder(index).Transpose([last, .. Enumerable.Range(0, last)])", "InOrder(index).Transpose([last, .. Enumerable.Range(0, last).Reverse()])", "height and width stay in their order"),
        new("shard of a tile", "Cpu/WinogradGradientTemplate.cs", "row -= s * shardRows;", "row -= 0 * s;", "rows are numbered within their shard"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory]
    [MemberData(nameof(Names))]
    public void Is_found(string mutant) => MustBeFound(All, mutant, Trial.OfWinograd.Value);
}
