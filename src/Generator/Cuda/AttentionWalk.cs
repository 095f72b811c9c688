using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Where the threads of an entry of attention stand: each lane has a part of a row of its own side in registers, in whole vectors that lie a vector of every
/// lane apart, while the rows of the other side pass through shared memory in their order, the same for all threads of a block.
/// </summary>
internal sealed class AttentionWalk
{
    private const string SharedName = "tile";

    private readonly PtxPrinter printer;
    private readonly AttentionKernel attention;
    private readonly AttentionTiling tiling;
    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly string done;
    private readonly string thread;
    private readonly string firstFeature;
    private readonly string shared;
    private readonly string sharedOfLane;
    private readonly List<Passing> passing = [];
    private readonly string firstRow;
    private int sharedBytes;

    /// <summary>What passes of each row of the other side.</summary>
    /// <param name="Offset">In bytes, where it begins in shared memory.</param>
    public sealed record Passing(Access Access, int Width, int Pitch, int Offset);

    /// <summary>Rows of the other side that are taken together.</summary>
    /// <param name="Index">The number of the first.</param>
    /// <param name="InTile">Its number within the tile.</param>
    public sealed record Group(string Index, string InTile);

    /// <param name="lastFirst">Whether the blocks of the last rows, which have the most to do, are the first to run.</param>
    public AttentionWalk(PtxPrinter printer, AttentionKernel attention, AttentionTiling tiling, bool lastFirst)
    {
        (this.printer, this.attention, this.tiling) = (printer, attention, tiling);
        (writer, math) = (printer.Writer, printer.Math);
        done = writer.Label("end");
        thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        string block = writer.Emit(Integer32, "mov.u32", "%ctaid.x"), blocks = PtxWriter.Number(tiling.Blocks);
        string own = writer.Remainder(block, blocks), outer = writer.Emit(Integer64, "cvt.u64.u32", writer.Quotient(block, blocks));
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", outer, printer.Product(attention.Outer)), done);
        Outer = printer.Indices(outer, attention.Outer);

        if (lastFirst && tiling.Blocks > 1) own = writer.Emit(Integer32, "sub.s32", PtxWriter.Number(tiling.Blocks - 1), own);
        firstRow = tiling.Blocks == 1 ? "0" : writer.Emit(Integer32, "mul.lo.s32", own, PtxWriter.Number(tiling.Rows));
        string row = Narrow("add.s32", firstRow, tiling.Lanes == 1 ? thread : writer.Emit(Integer32, "shr.u32", thread, PtxWriter.Number(Log2(tiling.Lanes))));
        IsRow = tiling.Own % tiling.Rows == 0 ? null : writer.Emit(Predicate, "setp.lt.s32", row, PtxWriter.Number(tiling.Own));
        // A thread without a row computes that of another, and stores nothing.
        Row = IsRow is null ? row : writer.Emit(Integer32, "min.s32", row, PtxWriter.Number(tiling.Own - 1));
        Lane = tiling.Lanes == 1 ? "0" : writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(tiling.Lanes - 1));
        firstFeature = tiling.Lanes == 1 ? "0" : writer.Emit(Integer32, "shl.b32", Lane, PtxWriter.Number(Log2(tiling.Vector)));
        shared = writer.Emit(Integer32, "mov.u32", SharedName);
        sharedOfLane = tiling.Lanes == 1 ? shared : writer.Emit(Integer32, "mad.lo.s32", Lane, "16", shared);
    }

    /// <summary>The indices of the outer axes.</summary>
    public string[] Outer { get; }

    /// <summary>The thread's own row, of 32 bits.</summary>
    public string Row { get; }

    /// <summary>Whether it is the thread's; null where each has one.</summary>
    public string? IsRow { get; }

    /// <summary>The number of the lane among those of a row.</summary>
    public string Lane { get; }

    /// <summary>What the lane has of its row: 0 beyond the last feature.</summary>
    public string[] Own(Access access, int width)
    {
        string start = Start(access, Row);
        string[] values = new string[tiling.Share(width)];
        for (int i = 0; i < values.Length; i++)
        {
            var (feature, exists) = Feature(i, width);
            string address = Beyond(start, feature * (long)access.Strides[access.Strides.Count - 1] * printer.BytesPerElement(access.Buffer));
            values[i] = exists == Never ? math.Constant(0) : LoadIf(exists, access.Buffer, address);
        }
        return values;
    }

    /// <summary>A number of the row.</summary>
    public string OwnNumber(Access access) => printer.Load(access, [.. Outer, Row, "0"]);

    public string[] Sums(int width) => [.. Enumerable.Range(0, tiling.Share(width)).Select(_ => math.Variable(0))];

    public void Store(Access access, int width, IReadOnlyList<string> values)
    {
        string start = Start(access, Row);
        for (int i = 0; i < values.Count; i++)
        {
            var (feature, exists) = Feature(i, width);
            if (exists == Never) continue;
            string address = Beyond(start, feature * (long)access.Strides[access.Strides.Count - 1] * printer.BytesPerElement(access.Buffer));
            string? condition = Both(exists, IsRow);
            writer.Do((condition is null ? "" : $"@{condition} ") + "st.global." + math.Type, address, values[i]);
        }
    }

    /// <summary>A number of the row, which its first lane stores.</summary>
    public void StoreNumber(Access access, int feature, string value)
    {
        string? condition = Both(IsRow, tiling.Lanes == 1 ? null : writer.Emit(Predicate, "setp.eq.s32", Lane, "0"));
        writer.Do((condition is null ? "" : $"@{condition} ") + "st.global." + math.Type, printer.Address(access, [.. Outer, Row, PtxWriter.Number(feature)]), value);
    }

    public Passing Let(Access access, int width) => Let(access, width, tiling.Pitch(width));

    public Passing LetNumber(Access access) => Let(access, 1, 1);

    private Passing Let(Access access, int width, int pitch)
    {
        var added = new Passing(access, width, pitch, sharedBytes);
        sharedBytes += (tiling.TileRows * added.Pitch * math.Bytes + 15) / 16 * 16;
        passing.Add(added);
        return added;
    }

    /// <summary>The rows of the other side, tile by tile and group by group. Rows behind the last are 0.</summary>
    /// <param name="end">How many of them the block sees: a number, or a register of 32 bits.</param>
    /// <param name="first">A row before which it sees none, likewise.</param>
    public void Each(string first, string end, Action<Group> body)
    {
        string tileRows = PtxWriter.Number(tiling.TileRows);
        if (first != "0") first = writer.Emit(Integer32, "mul.lo.s32", writer.Quotient(first, tileRows), tileRows);
        using (var tiles = new PtxLoop(writer, end, tileRows, first, isNarrow: true))
        {
            // What the last tile was read for is done.
            writer.Do("bar.sync", "0");
            foreach (var each in passing) Stage(each, tiles.Index);
            writer.Do("bar.sync", "0");
            string left = writer.Emit(Integer32, "min.s32", writer.Emit(Integer32, "sub.s32", end, tiles.Index), tileRows);
            using var groups = new PtxLoop(writer, left, PtxWriter.Number(AttentionTiling.Together), isNarrow: true);
            body(new Group(writer.Emit(Integer32, "add.s32", tiles.Index, groups.Index), groups.Index));
        }
        writer.Share(SharedName, sharedBytes);
    }

    /// <summary>The first row of the block's own, of 32 bits, and the one behind its last.</summary>
    public (string First, string End) BlockRows => (firstRow, firstRow == "0" ? PtxWriter.Number(tiling.Rows) : writer.Emit(Integer32, "add.s32", firstRow, PtxWriter.Number(tiling.Rows)));

    /// <summary>What the lane has of a row of the group.</summary>
    public string[] Read(Passing each, Group group, int row)
    {
        string address = writer.Emit(Integer32, "mad.lo.s32", group.InTile, PtxWriter.Number(each.Pitch * math.Bytes), sharedOfLane);
        string[] values = [.. Enumerable.Range(0, tiling.Share(each.Width)).Select(_ => writer.Register(math.Kind))];
        for (int i = 0; i < values.Length; i += tiling.Vector)
        {
            string place = PtxWriter.Number(each.Offset + (((row * each.Pitch) + (i * tiling.Lanes)) * math.Bytes));
            writer.Do($"ld.shared.v{PtxWriter.Number(tiling.Vector)}.{math.Type}", $"{{{string.Join(", ", values.Skip(i).Take(tiling.Vector))}}}", $"[{address}+{place}]");
        }
        return values;
    }

    public string ReadNumber(Passing each, Group group, int row)
    {
        string address = writer.Emit(Integer32, "mad.lo.s32", group.InTile, PtxWriter.Number(math.Bytes), shared);
        return writer.Emit(math.Kind, "ld.shared." + math.Type, $"[{address}+{PtxWriter.Number(each.Offset + (row * math.Bytes))}]");
    }

    /// <summary>The product of two rows, of which each lane has a part. All lanes of the row get it.</summary>
    public string Dot(string[] own, string[] other)
    {
        string sum = math.Multiply(own[0], other[0]);
        for (int i = 1; i < own.Length; i++) if (own[i] != math.Constant(0)) sum = math.MultiplyAdd(own[i], other[i], sum);
        return math.SumOfLanes(sum, tiling.Lanes);
    }

    /// <summary>Whether a query sees a key, where one of them passes; null where it always does.</summary>
    public string? Sees(Group group, int number, bool keysPass)
    {
        string other = number == 0 ? group.Index : writer.Emit(Integer32, "add.s32", group.Index, PtxWriter.Number(number));
        string query = keysPass ? Row : other, key = keysPass ? other : Row;
        string? sees = null;
        void Only(string condition) => sees = sees is null ? condition : math.And(sees, condition);
        if (attention.IsCausal) Only(writer.Emit(Predicate, "setp.le.s32", key, query));
        bool isWhole = tiling.Passing % AttentionTiling.Together == 0;
        if (!isWhole) Only(writer.Emit(Predicate, "setp.lt.s32", other, PtxWriter.Number(tiling.Passing)));
        if (attention.Mask is { } mask)
        {
            if (!isWhole) other = writer.Emit(Integer32, "min.s32", other, PtxWriter.Number(tiling.Passing - 1));
            Only(math.IsTrue(printer.Load(mask, keysPass ? [.. Outer, Row, other] : [.. Outer, other, Row])));
        }
        return sees;
    }

    public void End() => writer.Place(done);

    /// <summary>Threads side by side copy elements side by side, each a column, every so many rows.</summary>
    private void Stage(Passing each, string firstOfTile)
    {
        int columns = 1;
        while (columns < each.Pitch && columns < tiling.Threads) columns *= 2;
        int rows = tiling.Threads / columns;
        string column = columns == 1 ? "0" : columns == tiling.Threads ? thread : writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(columns - 1));
        string row = rows == 1 ? "0" : columns == 1 ? thread : writer.Emit(Integer32, "shr.u32", thread, PtxWriter.Number(Log2(columns)));
        string passingRow = Narrow("add.s32", firstOfTile, row);
        string from = printer.Address(each.Access, [.. Outer, passingRow, column]).Trim('[', ']'), to = shared;
        if (row != "0") to = writer.Emit(Integer32, "mad.lo.s32", row, PtxWriter.Number(each.Pitch * math.Bytes), to);
        if (column != "0") to = writer.Emit(Integer32, "mad.lo.s32", column, PtxWriter.Number(math.Bytes), to);
        int rank = each.Access.Strides.Count, bytes = printer.BytesPerElement(each.Access.Buffer);
        for (int r = 0; r < tiling.TileRows; r += rows)
        {
            string? isRow = tiling.Passing % tiling.TileRows == 0 ? null : writer.Emit(Predicate, "setp.lt.s32", passingRow, PtxWriter.Number(tiling.Passing - r));
            string? isInTile = r + rows <= tiling.TileRows ? null : writer.Emit(Predicate, "setp.lt.s32", row, PtxWriter.Number(tiling.TileRows - r));
            for (int c = 0; c < each.Pitch; c += columns)
            {
                string? isFeature = c + columns <= each.Width ? null : c >= each.Width ? Never : writer.Emit(Predicate, "setp.lt.s32", column, PtxWriter.Number(each.Width - c));
                string? isInRow = c + columns <= each.Pitch ? null : writer.Emit(Predicate, "setp.lt.s32", column, PtxWriter.Number(each.Pitch - c));
                string value = isFeature == Never ? math.Variable(0)
                    : LoadIf(Both(Both(isRow, isInTile), isFeature), each.Access.Buffer, Beyond(from, ((long)r * each.Access.Strides[rank - 2] + (long)c * each.Access.Strides[rank - 1]) * bytes));
                string? stores = Both(isInTile, isInRow);
                writer.Do((stores is null ? "" : $"@{stores} ") + "st.shared." + math.Type, $"[{to}+{PtxWriter.Number(each.Offset + ((r * each.Pitch + c) * math.Bytes))}]", value);
            }
        }
    }

    /// <summary>Stands for a condition that never holds.</summary>
    private const string Never = "never";

    private string? Both(string? x, string? y) => x is null ? y : y is null || x == y ? x : math.And(x, y);

    /// <summary>The feature of a lane's number i, beyond the lane's first, and whether the row has it: null if in every lane.</summary>
    private (int Feature, string? Exists) Feature(int i, int width)
    {
        int feature = (i / tiling.Vector * tiling.Vector * tiling.Lanes) + (i % tiling.Vector), beyond = feature + ((tiling.Lanes - 1) * tiling.Vector);
        if (beyond < width) return (feature, null);
        return (feature, feature >= width ? Never : writer.Emit(Predicate, "setp.lt.s32", firstFeature, PtxWriter.Number(width - feature)));
    }

    /// <summary>The address of the lane's first feature.</summary>
    private string Start(Access access, string row) => printer.Address(access, [.. Outer, row, firstFeature]).Trim('[', ']');

    private string LoadIf(string? condition, int buffer, string address)
    {
        if (condition is null) return printer.Load(buffer, address);
        string value = math.Variable(0);
        writer.Do($"@{condition} ld.global.{math.Type}", value, address);
        return value;
    }

    private static string Beyond(string address, long bytes) => bytes == 0 ? $"[{address}]" : $"[{address}+{PtxWriter.Number(bytes)}]";

    private string Narrow(string operation, string x, string y) => x == "0" ? y : y == "0" ? x : writer.Emit(Integer32, operation, x, y);

    private static int Log2(int power) => power == 1 ? 0 : 1 + Log2(power / 2);
}
