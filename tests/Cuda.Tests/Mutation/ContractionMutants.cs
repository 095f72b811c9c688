using DlGen.Ptx;
using DlGen.Tests.Emulation;
using DlGen.Tests.Kernels;
using Xunit.Abstractions;

namespace DlGen.Tests.Mutation;

/// <summary>Faults planted in the tiles of contractions: each must be found by the checks that they pass as they are.</summary>
public class ContractionMutants(ITestOutputHelper output) : PlantedFaults(output)
{
    private const string Tile = "Cuda/TileContraction.cs", Operand = "Cuda/TileContraction.Operand.cs", Epilogue = "Cuda/TileContraction.Epilogue.cs", Places = "Cuda/TileContraction.Places.cs", Ways = "Cuda/PtxPrinter.Contractions.cs",
        Matrices = "Cuda/TileContraction.Matrices.cs";

    private static readonly Mutant[] All =
    [
        new("no barrier in the loop", Tile, "            right.Store();\n            writer.Do(\"bar.sync\", \"0\");\n            writer.Do(\"bra\", again);", "            right.Store();\n            writer.Do(\"bra\", again);", "a step reads what others wrote before its barrier"),
        new("no barrier before the loop", Tile, "            writer.Do(\"bar.sync\", \"0\");\n            string flip", "            string flip", "the first step reads what others wrote"),
        new("no barrier after the loop", Tile, "            writer.Do(\"bar.sync\", \"0\");\n            FindTileAgain", "            FindTileAgain", "the sums overwrite what others still read"),
        new("one copy of the operands", Tile, "PtxWriter.Number(stage));\n\n            writer.Place(again);", "\"0\");\n\n            writer.Place(again);", "the next terms would overwrite what others still read"),
        new("no limit of terms", Tile, "limit = writer.Emit(Integer32, \"selp.b32\", steps.Tail,", "limit = writer.Emit(Integer32, \"selp.b32\", PtxWriter.Number(tile.Depth),", "behind the last term is another's memory"),
        new("a part's border", Tile, "writer.Emit(Integer32, \"mul.lo.u32\", part, share)", "writer.Emit(Integer32, \"mad.lo.u32\", part, share, part)", "the parts share all terms, and none twice"),
        new("swapped indices of tiles", Tile, "m = OriginOf(sides.M, found[2], tile.Rows);", "m = OriginOf(sides.M, found[3], tile.Rows);", "each tile has rows and columns of its own"),
        new("rows in front of the tile", Tile, "string begin = writer.Emit(Integer64, \"mul.wide.u32\", index, PtxWriter.Number(extent));", "string begin = writer.Emit(Integer64, \"mul.wide.u32\", index, PtxWriter.Number(extent - 1));", "tiles follow each other without an overlap"),
        new("rows beyond the last are read", Operand, "return origin.Limit is null ? wanted", "return origin.Limit?.Length > 0 ? wanted", "behind the last row is another's memory"),
        new("always 16 bytes", Operand, "\"and.b64\", block.entry.buffers[access.Buffer], \"15\")", "\"and.b64\", block.entry.buffers[access.Buffer], \"0\")", "not every buffer begins on a boundary of 16 bytes"),
        new("vectors of any length", "Cuda/ContractionSides.cs", "return !extent.TimesRows && extent.Constant % vector == 0 &&", "return !extent.TimesRows &&", "the last vector must end where the axis does"),
        new("a row's next term", Operand, "foreach (string pointer in pointers) writer.Do(\"mov.b64\", pointer, block.Step(pointer, further, StepBytes(0)));", "_ = further;", "terms go on in the next row"),
        new("terms stored without their distance", Operand, "At(storeAddress, bytes + (products.Before(term, extent) * block.size))", "At(storeAddress, bytes + (term * block.size))", "a term's positions lie side by side, and the next term's behind them"),
        new("no barrier between slices", Epilogue, "if (slice > 0) writer.Do(\"bar.sync\", \"0\");", "", "the next slice's sums overwrite what others still read"),
        new("no barrier before a slice is read", Epilogue, "                products.WriteSlice(sums, slice, write);\n                writer.Do(\"bar.sync\", \"0\");", "                products.WriteSlice(sums, slice, write);", "a slice is read by others than wrote it"),
        new("rows beyond the last are stored", Epilogue, "if (m.Limit is not null) writer", "if (m.Limit?.Length == 0) writer", "behind the last row is another's memory"),
        new("columns beyond the last are stored", Epilogue, "if (n.Limit is not null) writer", "if (n.Limit?.Length == 0) writer", "behind the last column is the next row"),
        new("axes taken apart the wrong way", Places, "position = Quotient(position, side.Extents[axis].Constant);", "position = Quotient(position, side.Extents[0].Constant);", "an index is taken apart by the inner axes' extents"),
        new("panels as long as wide", Places, "(long)access.PanelStride * bytes);", "(long)access.PanelWidth * bytes);", "the next panel lies a panel further"),
        new("parts at one place", Ways, "if (rows >= 0) strides[rows] = inner * parts;", "if (rows >= 0) strides[rows] = inner;", "a row's parts lie behind each other"),
        new("operands that are cut off", Matrices, "\"cvt.rna.tf32.f32\"", "\"mov.b32\"", "operands are rounded to nearest"),
        new("neighbours that are one", Operand, "(alongTerms ? 0 : load * apart) + neighbour;", "(alongTerms ? 0 : load * apart) + (neighbour / 2);", "an element of bf16 has two terms"),
        new("a half of the depth twice", Matrices, "new[] { term, term + half }", "new[] { term, term }", "the second registers go on in depth"),
        new("rows of the other half", Matrices, "i * MatrixRows * WarpsOfColumn, 0, MatrixRows / 2)", "i * MatrixRows * WarpsOfColumn, MatrixRows / 2, 0)", "the first register has the upper rows"),
        new("rows of another warp", Matrices, "i * MatrixRows * WarpsOfColumn,", "i * MatrixRows,", "the warps' matrices lie between each other"),
        new("one warp's columns", Matrices, "block.Scaled(block.Remainder(Warp, WarpsOfRow), tile.OwnColumns)", "block.Scaled(block.Remainder(Warp, 1), tile.OwnColumns)", "each warp has columns of its own"),
        new("sums of the same matrix", Matrices, "sums.Skip(((row * (tile.OwnColumns / MatrixColumns)) + column) * SumsOfLane)", "sums.Skip(column * SumsOfLane)", "each matrix has sums of its own"),
        new("the lower rows of a slice", Matrices, "(half * (MatrixRows / 2) * block.SlicePitch)", "(half * (MatrixRows / 4) * block.SlicePitch)", "the second pair of sums is eight rows further"),
        new("lanes added twice", "Cuda/PtxMath.Lanes.cs", "distance > 0; distance /= 2)", "distance > 1; distance /= 2)", "the tree ends with neighbours"),
    ];

    public static TheoryData<string> Names => Mutant.Chosen(All);

    [Theory, MemberData(nameof(Names))]
    public void Is_found(string name) => MustBeFound(All, name);

    private protected override void Check(MutatedPrinter printer)
    {
        var tiles = ContractionCost.TilesFor(float64: false).ToList();
        foreach (int parts in new[] { 1, 2 })
        {
            ContractionChecks.Borders(new(ContractionForm.Tile, tiles[1], parts), float64: false, printer.PrintInWay);
            ContractionChecks.Layouts(new(ContractionForm.Tile, tiles[2], parts), float64: false, printer.PrintInWay);
        }
        ContractionChecks.Layouts(new(ContractionForm.Warp), float64: false, printer.PrintInWay);
        foreach (var numbers in new[] { MatrixNumbers.Tf32, MatrixNumbers.BFloat16 })
        {
            var way = new ContractionWay(ContractionForm.Tile, ContractionCost.TilesFor(numbers).ElementAt(2));
            ContractionChecks.Borders(way, float64: false, printer.PrintInWay);
            ContractionChecks.Layouts(way, float64: false, printer.PrintInWay);
        }
    }
}
