using DlGen.Graphs;

namespace DlGen.Cpu;

/// <summary>The shape of a register tile: so many rows of a product by so many vectors of its columns.</summary>
internal readonly record struct TileShape(int Rows, int Vectors)
{
    public override string ToString() => $"{Literal.Of(Rows)}x{Literal.Of(Vectors)}";
}

/// <summary>
/// How contractions are cut for the processor, as data. A tile needs about 8 sums in flight to hide the latency of an FMA, and rows·vectors + vectors + 1 registers of 32
/// (512 bit) or 16; one register more is spilled in the innermost loop and halves the speed. So the fewer rows are left, the more columns a tile takes, and a single row
/// is not eight times slower than its share of eight.
/// </summary>
/// <param name="Tiles512">Tiles with AVX-512, by their rows.</param>
/// <param name="Tiles256">Tiles with AVX2.</param>
/// <param name="Tiles128">Tiles without: such processors are rare, and their rows that are left over go one by one, which spares everyone else's compiler their text.</param>
/// <param name="ResidentBytes">Up to so many bytes the right operand stays in the second-level cache while tiles pass over it: then rows are the outer loop.</param>
internal sealed record CpuSchedule(EquatableArray<TileShape> Tiles512, EquatableArray<TileShape> Tiles256, EquatableArray<TileShape> Tiles128, int ResidentBytes)
{
    public static CpuSchedule Default { get; } = new(Shapes("8x2+4x4+3x4+2x4+1x8"), Shapes("6x2+4x2+1x8"), Shapes("4x2+1x4"), 256 * 1024);

    /// <summary>Sums that stay in registers beside a vector of each operand: of 32 registers with AVX-512, of 16 without.</summary>
    public static int MostSums(int bits) => bits == 512 ? 28 : 12;

    public EquatableArray<TileShape> Tiles(int bits) => bits switch { 512 => Tiles512, 256 => Tiles256, _ => Tiles128 };

    /// <summary>As it stands in the header of a generated file.</summary>
    public string Notes => $"products in tiles of rows x vectors: {Tiles512} at 512 bit, {Tiles256} at 256, {Tiles128} at 128; up to 64 known rows in tiles that divide them; operands up to {Literal.Of(ResidentBytes / 1024)} KiB are passed over by rows, larger ones by columns";

    /// <summary>"8x2+4x4+1x8": shapes as text, each of another height, one of a single row among them.</summary>
    public static EquatableArray<TileShape> Shapes(string text)
    {
        var shapes = text.Split('+').Select(Shape).ToEquatableArray();
        if (shapes.All(s => s.Rows != 1)) throw new FormatException($"the tiles '{text}' lack one of a single row, as 1x8: else no batch of one could be computed");
        if (shapes.GroupBy(s => s.Rows).FirstOrDefault(g => g.Count() > 1) is { } twice) throw new FormatException($"the tiles '{text}' have two of {Literal.Of(twice.Key)} rows");
        return shapes;
    }

    private static TileShape Shape(string text)
    {
        string[] sides = text.Split('x');
        return sides.Length == 2 && int.TryParse(sides[0], out int rows) && int.TryParse(sides[1], out int vectors) && rows > 0 && vectors > 0
            ? new TileShape(rows, vectors)
            : throw new FormatException($"'{text}' is no tile; write rows x vectors, as 8x2");
    }
}
