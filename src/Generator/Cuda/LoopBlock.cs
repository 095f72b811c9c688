using DlGen.Graphs;
using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>A block of a loop's entry: its rows, its threads, its shared memory. Indices of rows are those within the block, and have 32 bits.</summary>
internal sealed class LoopBlock
{
    private const string SharedName = "loop_memory";

    private readonly PtxPrinter printer;
    private readonly PtxWriter writer;
    private readonly string thread;
    private readonly string shared;

    /// <summary>The block's rows, fewer in the last block; "1" where all have one.</summary>
    private readonly string rows;

    public LoopBlock(PtxPrinter printer, LoopLayout layout)
    {
        (this.printer, writer, Layout) = (printer, printer.Writer, layout);
        writer.BlockOf(layout.Threads);
        writer.Declare($".extern .shared .align 16 .b8 {SharedName}[];");
        thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        shared = writer.Emit(Integer32, "mov.u32", SharedName);
        FirstRow = writer.Emit(Integer64, "mul.wide.u32", writer.Emit(Integer32, "mov.u32", "%ctaid.x"), PtxWriter.Number(layout.Rows));
        string left = writer.Emit(Integer64, "sub.s64", printer.Count(Extent.Rows), FirstRow);
        // All threads of the block.
        writer.ReturnIf(writer.Emit(Predicate, "setp.le.s64", left, "0"));
        rows = layout.Rows == 1 ? "1" : writer.Emit(Integer32, "cvt.u32.u64", writer.Emit(Integer64, "min.s64", left, PtxWriter.Number(layout.Rows)));
    }

    public LoopLayout Layout { get; }

    /// <summary>The number of the block's first row, in 64 bits.</summary>
    public string FirstRow { get; }

    public void Wait() => writer.Do("bar.sync", "0");

    /// <summary>Every so manieth of elements, by its number.</summary>
    /// <param name="count">How many a row has.</param>
    /// <param name="ofAllRows">Whether it is so many of the whole block instead.</param>
    public void Each(long count, Action<string> print, bool ofAllRows = false)
    {
        bool isKnown = ofAllRows || Layout.Rows == 1;
        string number = PtxWriter.Number(count), end = isKnown ? number : Scaled(rows, count);
        if (count * (ofAllRows ? 1 : Layout.Rows) > Layout.Threads)
        {
            using var loop = new PtxLoop(writer, end, PtxWriter.Number(Layout.Threads), thread, isNarrow: true);
            print(loop.Index);
            return;
        }
        string others = writer.Label("others");
        if (!isKnown || count < Layout.Threads) writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", thread, end), others);
        print(thread);
        writer.Place(others);
    }

    /// <summary>The same of whole warps: each with the number of its element, and the thread's in the warp.</summary>
    public void EachByWarp(long count, Action<string, string> print)
    {
        const int lanes = PtxLanes.WarpLanes;
        string lane = writer.Remainder(thread, PtxWriter.Number(lanes)), warp = writer.Quotient(thread, PtxWriter.Number(lanes));
        using var loop = new PtxLoop(writer, Scaled(rows, count), PtxWriter.Number(Layout.Threads / lanes), warp, isNarrow: true);
        print(loop.Index, lane);
    }

    /// <summary>The index along each axis of an element of all rows, of which the axis of the rows is the outermost.</summary>
    public string[] Indices(RowNest nest, string number)
    {
        int[] order = [nest.Axis, .. Enumerable.Range(0, nest.Axes.Count).Where(axis => axis != nest.Axis)];
        string[] found = printer.Indices(number, [.. order.Select(axis => axis == nest.Axis ? Extent.Of(Layout.Rows * nest.PerRow) : nest.Axes[axis])]), indices = new string[order.Length];
        for (int i = 0; i < order.Length; i++) indices[order[i]] = found[i];
        return indices;
    }

    /// <summary>A row of the block, or its last one where there is none.</summary>
    /// <param name="row">A register; "" for the constant.</param>
    public string Existing(string row, int constant)
        => Layout.Rows == 1 || (row.Length == 0 && constant == 0) ? "0"
        : writer.Emit(Integer32, "min.s32", row.Length == 0 ? PtxWriter.Number(constant) : row, writer.Emit(Integer32, "sub.s32", rows, "1"));

    /// <summary>An address in shared memory, in 32 bits.</summary>
    public string Shared(long at) => at == 0 ? shared : writer.Emit(Integer32, "add.s32", shared, PtxWriter.Number(at));

    /// <summary>That of an element of numbers that begin somewhere in it.</summary>
    public string SharedElement(long at, string element) => writer.Emit(Integer32, "mad.lo.s32", element, PtxWriter.Number(printer.Math.Bytes), Shared(at));

    public string Wide(string address) => writer.Emit(Integer64, "cvt.u64.u32", address);

    private string Scaled(string count, long factor) => count == "1" ? PtxWriter.Number(factor) : factor == 1 ? count : writer.Emit(Integer32, "mul.lo.s32", count, PtxWriter.Number(factor));
}
