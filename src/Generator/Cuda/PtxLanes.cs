using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Threads that share the elements of a row: neighbouring lanes of a warp, as many as a power of two, or a whole block. Several groups of lanes stand in a
/// block, each with a row of its own. What they have is joined in a fixed tree, so that sums depend on nothing else.
/// </summary>
internal sealed class PtxLanes
{
    public const int WarpLanes = 32;

    /// <summary>A row as long as this keeps a block busy.</summary>
    public const int BlockLanes = 256;

    /// <summary>Longer rows take a block: a lane of a warp would have more than 32 elements.</summary>
    private const int LongestOfWarp = 1024;

    /// <summary>Few threads, so that few rows are spread over many multiprocessors.</summary>
    private const int BlockOfWarps = 128;

    private const string SharedName = "partial";

    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly int lanes;
    private readonly string thread;
    private int slots;

    /// <summary>Begins an entry whose blocks take the rows in order. Threads without a row end.</summary>
    /// <param name="block">The number of the block among those that the rows are divided over, a register of 32 bits; null for its number in the launch.</param>
    public PtxLanes(PtxPrinter printer, int lanes, IReadOnlyList<Extent> rows, string? block = null)
    {
        this.lanes = lanes;
        (writer, math) = (printer.Writer, printer.Math);
        thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        block ??= writer.Emit(Integer32, "mov.u32", "%ctaid.x");
        Lane = lanes == 1 ? "0" : lanes == BlockLanes ? thread : writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(lanes - 1));
        string first = writer.Emit(Integer64, "mul.wide.u32", block, PtxWriter.Number(RowsOfBlock(lanes)));
        Row = RowsOfBlock(lanes) == 1 ? first
            : writer.Emit(Integer64, "add.s64", first, writer.Emit(Integer64, "cvt.u64.u32", lanes == 1 ? thread : writer.Emit(Integer32, "shr.u32", thread, PtxWriter.Number(Log2(lanes)))));

        // A thread that ends here is one less of its warp, in which the others exchange values; a branch to the end would leave it there.
        writer.ReturnIf(writer.Emit(Predicate, "setp.ge.s64", Row, printer.Product(rows)));
        // Rows themselves are counted by 32 bits.
        long constant = rows.Aggregate(1L, (product, axis) => product * axis.Constant);
        bool narrow = rows.Any(axis => axis.TimesRows) ? constant == 1 : constant <= int.MaxValue;
        Indices = printer.Indices(narrow ? writer.Emit(Integer32, "cvt.u32.u64", Row) : Row, rows);
    }

    /// <summary>Whole warps that have rows already, at this place of a longer entry.</summary>
    /// <param name="lane">The thread's number in its warp, a register of 32 bits.</param>
    /// <param name="indices">Of the warp's row.</param>
    public PtxLanes(PtxPrinter printer, string lane, string[] indices)
    {
        lanes = WarpLanes;
        (writer, math) = (printer.Writer, printer.Math);
        (thread, Lane, Indices, Row) = (lane, lane, indices, "");
    }

    /// <summary>The thread's number among those that share its row: a register of 32 bits, or "0" for one alone.</summary>
    public string Lane { get; }

    /// <summary>The number of the row, in 64 bits, where rows are divided over the blocks of a launch.</summary>
    public string Row { get; }

    /// <summary>The row's index along each axis of the rows.</summary>
    public string[] Indices { get; }

    /// <summary>How many threads share a row of so many elements.</summary>
    public static int For(long length)
    {
        if (length > LongestOfWarp) return BlockLanes;
        int lanes = 1;
        while (lanes < length && lanes < WarpLanes) lanes *= 2;
        return lanes;
    }

    public static int Threads(int lanes) => lanes == BlockLanes ? BlockLanes : BlockOfWarps;

    public static int RowsOfBlock(int lanes) => Threads(lanes) / lanes;

    /// <summary>Joins what the threads of a row have: the first of them has all of it, and where joining is symmetric, each of them.</summary>
    public void Join(IReadOnlyList<(PtxAccumulation Accumulation, string[] State)> sums)
    {
        for (int distance = Math.Min(lanes, WarpLanes) / 2; distance > 0; distance /= 2)
            foreach (var (accumulation, state) in sums) accumulation.Join(state, [.. state.Select(value => math.FromLane(value, distance))]);
        if (lanes > WarpLanes && sums.Count > 0) JoinWarps(sums);
    }

    /// <summary>What the first thread of a row does alone.</summary>
    public void First(Action statements)
    {
        if (lanes == 1)
        {
            statements();
            return;
        }
        string others = writer.Label("others");
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s32", Lane, "0"), others);
        statements();
        writer.Place(others);
    }

    /// <summary>Declares what the joins shared.</summary>
    public void End()
    {
        if (slots > 0) writer.Share(SharedName, slots * (BlockLanes / WarpLanes) * math.Bytes);
    }

    /// <summary>Each warp leaves its part, and all of them join the parts of all. Every value has a place of its own, so that one barrier is enough.</summary>
    private void JoinWarps(IReadOnlyList<(PtxAccumulation Accumulation, string[] State)> sums)
    {
        const int warps = BlockLanes / WarpLanes;
        int first = slots;
        slots += sums.Sum(sum => sum.State.Length);
        string shared = writer.Emit(Integer32, "mov.u32", SharedName);
        string lane = writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(WarpLanes - 1)), warp = writer.Emit(Integer32, "shr.u32", thread, PtxWriter.Number(Log2(WarpLanes)));

        string others = writer.Label("others");
        writer.BranchIf(writer.Emit(Predicate, "setp.ne.s32", lane, "0"), others);
        string own = writer.Emit(Integer32, "mad.lo.s32", warp, PtxWriter.Number(math.Bytes), shared);
        int slot = first;
        foreach (string value in sums.SelectMany(sum => sum.State)) writer.Do("st.shared." + math.Type, Place(own, slot++), value);
        writer.Place(others);
        writer.Do("bar.sync", "0");

        string part = writer.Emit(Integer32, "mad.lo.s32", writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(warps - 1)), PtxWriter.Number(math.Bytes), shared);
        slot = first;
        foreach (string value in sums.SelectMany(sum => sum.State)) writer.Do("ld.shared." + math.Type, value, Place(part, slot++));
        for (int distance = warps / 2; distance > 0; distance /= 2)
            foreach (var (accumulation, state) in sums) accumulation.Join(state, [.. state.Select(value => math.FromLane(value, distance))]);

        string Place(string address, int number) => $"[{address}+{PtxWriter.Number(number * warps * math.Bytes)}]";
    }

    private static int Log2(int power) => power == 1 ? 0 : 1 + Log2(power / 2);
}
