using DlGen.Emission;
using DlGen.Graphs;
using DlGen.Kernels;

namespace DlGen.Cpu;

internal sealed partial class PlainPrinter
{
    /// <summary>A stable counting sort of the ids, then each id adds its own positions in their order: one owner per sum, whatever runs beside it.</summary>
    private void Print(ScatterKernel scatter)
    {
        string count = Literal.Of(scatter.Count), listed = "b" + Literal.Of(scatter.List);
        int perRow = scatter.Positions.Aggregate(1, (product, axis) => product * axis.Constant);
        string Ends(string id) => Addressing.Element("b" + Literal.Of(scatter.Ends), id);
        string Listed(string place) => Addressing.Element(listed, $"{place} / perShard * s{Literal.Of(scatter.List)} + {place} % perShard");

        writer.Line($"nint perShard = (nint)shardRows * {Literal.Of(perRow)};");
        writer.Line($"for (nint id = 0; id < {count}; id++) {Ends("id")} = 0;");
        PrintPositions(scatter, id => writer.Line($"{Ends(id)}++;"));
        writer.Line("int before = 0;");
        using (writer.Block($"for (nint id = 0; id < {count}; id++)"))
        {
            writer.Line($"int own = {Ends("id")};");
            writer.Line($"{Ends("id")} = before;");
            writer.Line("before += own;");
        }
        writer.Line("int position = 0;");
        PrintPositions(scatter, id =>
        {
            writer.Line($"nint place = {Ends(id)}++;");
            writer.Line($"{Listed("place")} = position++;");
        });

        bool byRows = !options.Plain && AddsRows(scatter);
        if (byRows) writer.Line($"Span<{options.Element}> sums = stackalloc {options.Element}[{Literal.Of(scatter.Inner[0].Constant)}];");
        writer.Line("nint begin = 0;");
        using var ids = writer.Block($"for (nint id = 0; id < {count}; id++)");
        writer.Line($"nint end = {Ends("id")};");
        if (byRows)
        {
            writer.Line("sums.Clear();");
            using (writer.Block("for (nint place = begin; place < end; place++)"))
            {
                string[] axes = PrintPosition(scatter, Listed("place"));
                var row = scatter.Source.Accesses[scatter.Source.Code[0].A];
                string source = Addressing.Element("b" + Literal.Of(row.Buffer), Addressing.Offset(row, [null, null, .. axes], sharded: true));
                writer.Line($"RowSum.Add(ref MemoryMarshal.GetReference(sums), ref {source}, {Literal.Of(scatter.Inner[0].Constant)});");
            }
            using var each = writer.Block($"for (int i = 0; i < {Literal.Of(scatter.Inner[0].Constant)}; i++)");
            PrintBody(scatter.Epilogue, [scatter.Count == 1 ? null : "id", "i"], "sums[i]");
        }
        else using (var inner = new LoopNest(writer, scatter.Inner, LoopNest.Numbered("i", scatter.Inner.Count)))
        {
            writer.Line($"{options.Element} sum = {notation.Constant(0)};");
            using (writer.Block("for (nint place = begin; place < end; place++)")) PrintTerm(scatter, inner.Indices, Listed("place"));
            PrintBody(scatter.Epilogue, [scatter.Count == 1 ? null : "id", .. inner.Indices], "sum");
        }
        writer.Line("begin = end;");
    }

    /// <summary>Once per position, in their order, with the id that stands there.</summary>
    private void PrintPositions(ScatterKernel scatter, Action<string> printBody)
    {
        using var shards = new ShardLoop(writer, sharded: true);
        using var nest = new LoopNest(writer, scatter.Positions, LoopNest.Numbered("k", scatter.Positions.Count), "shard");
        string?[] indices = [null, .. scatter.Inner.Select(_ => (string?)null), .. nest.Indices];
        printBody(Addressing.Element("b" + Literal.Of(scatter.Ids.Buffer), Addressing.Offset(scatter.Ids, indices, sharded: true)));
    }

    /// <summary>Most elements of an entry whose sums stand on the stack.</summary>
    private const int LongestRow = 4096;

    /// <summary>Whether what is added lies side by side, so that a position's row is added as a whole.</summary>
    private static bool AddsRows(ScatterKernel scatter)
        => scatter.Inner.Count == 1 && scatter.Inner[0].Constant is > 1 and <= LongestRow && scatter.Source.Code.Count == 1
        && scatter.Source.Accesses[scatter.Source.Code[0].A] is { IsAffine: true } row && row.Strides[1] == 1 && scatter.Buffers[row.Buffer].IsNumbers;

    /// <summary>Adds what stands at a listed position.</summary>
    private void PrintTerm(ScatterKernel scatter, string?[] inner, string listed)
    {
        string[] axes = PrintPosition(scatter, listed);
        var printer = new BodyPrinter(scatter.Source, notation, Leaf(scatter.Source, [null, .. inner, .. axes], null, sharded: true), "k");
        int result = scatter.Source.Code.Count - 1;
        printer.Print(writer, [result]);
        writer.Line($"sum += {printer.Whole(result)};");
    }

    /// <summary>The number of a listed position taken apart into shard and axes, which it returns.</summary>
    private string[] PrintPosition(ScatterKernel scatter, string listed)
    {
        string[] names = LoopNest.Numbered("k", scatter.Positions.Count);
        writer.Line($"nint at = {listed}, s = at / perShard;");
        writer.Line("at %= perShard;");
        for (int axis = names.Length - 1; axis > 0; axis--)
        {
            string extent = Literal.Of(scatter.Positions[axis].Constant);
            writer.Line($"nint {names[axis]} = at % {extent};");
            writer.Line($"at /= {extent};");
        }
        return ["at", .. names.Skip(1)];
    }
}
