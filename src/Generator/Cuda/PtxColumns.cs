using DlGen.Kernels;
using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>
/// Blocks of columns: neighbouring threads have neighbouring columns, so that what they load lies side by side, and several threads share a column, each with
/// every so manieth of its elements. What they have is joined through shared memory in a fixed tree.
/// </summary>
internal sealed class PtxColumns
{
    public const int BlockThreads = 256;

    /// <summary>A warp's.</summary>
    private const int Widest = 32;

    /// <summary>Fewer columns side by side do not fill a sector of memory.</summary>
    private const int Narrowest = 4;

    private const string SharedName = "partial";

    private readonly PtxWriter writer;
    private readonly PtxMath math;
    private readonly int width;
    private readonly string row;
    private readonly string thread;
    private readonly string isBeyond;

    /// <summary>Begins an entry whose blocks take the columns in order.</summary>
    /// <param name="columns">The last axis is that along which they lie side by side.</param>
    /// <param name="block">The number of the block among those that the columns are divided over, a register of 32 bits.</param>
    public PtxColumns(PtxPrinter printer, IReadOnlyList<Extent> columns, string block)
    {
        (writer, math) = (printer.Writer, printer.Math);
        var last = columns[columns.Count - 1];
        width = Width(last.Constant);
        thread = writer.Emit(Integer32, "mov.u32", "%tid.x");
        row = writer.Emit(Integer32, "shr.u32", thread, PtxWriter.Number(Log2(width)));
        string tiles = PtxWriter.Number((last.Constant + width - 1) / width);
        string tile = writer.Remainder(block, tiles), outer = writer.Quotient(block, tiles);

        Extent[] others = [.. columns.Take(columns.Count - 1)];
        writer.ReturnIf(writer.Emit(Predicate, "setp.ge.s64", writer.Emit(Integer64, "cvt.u64.u32", outer), printer.Product(others)));

        string column = writer.Emit(Integer32, "and.b32", thread, PtxWriter.Number(width - 1));
        if (tile != "0") column = writer.Emit(Integer32, "mad.lo.s32", tile, PtxWriter.Number(width), column);
        isBeyond = writer.Emit(Predicate, "setp.ge.s32", column, PtxWriter.Number(last.Constant));
        // A thread beyond the last column waits with the others, and stands at the last one meanwhile.
        column = writer.Emit(Integer32, "min.s32", column, PtxWriter.Number(last.Constant - 1));
        Indices = [.. printer.Indices(outer, others), column];
        Column = printer.Plus(printer.Plus("0", outer, last.Constant), column, 1);
    }

    /// <summary>The thread's number among those that share its column.</summary>
    public string Row => row;

    /// <summary>Whether the thread has no column: it takes no elements.</summary>
    public string IsBeyond => isBeyond;

    /// <summary>The column's index along each axis.</summary>
    public string[] Indices { get; }

    /// <summary>The number of the column, in 64 bits.</summary>
    public string Column { get; }

    /// <summary>How many threads share a column.</summary>
    public static int Rows(int side) => BlockThreads / Width(side);

    /// <summary>How many of the columns that lie side by side a block takes.</summary>
    public static int Width(int side)
    {
        int width = Narrowest;
        while (width < side && width < Widest) width *= 2;
        return width;
    }

    /// <summary>Joins what the threads of a column have: the first of them has all of it.</summary>
    public void Join(PtxAccumulation accumulation, string[] state)
    {
        int part = BlockThreads * math.Bytes;
        writer.Share(SharedName, accumulation.Count * part);
        string own = writer.Emit(Integer32, "mad.lo.s32", thread, PtxWriter.Number(math.Bytes), writer.Emit(Integer32, "mov.u32", SharedName));
        Leave();
        for (int rows = Rows(width) / 2; rows > 0; rows /= 2)
        {
            writer.Do("bar.sync", "0");
            string others = writer.Label("others");
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", row, PtxWriter.Number(rows)), others);
            accumulation.Join(state, [.. state.Select((_, i) => writer.Emit(math.Kind, "ld.shared." + math.Type, Place(i, rows * width * math.Bytes)))]);
            if (rows > 1) Leave();
            writer.Place(others);
        }

        void Leave()
        {
            for (int i = 0; i < state.Length; i++) writer.Do("st.shared." + math.Type, Place(i, 0), state[i]);
        }
        string Place(int i, int further) => $"[{own}+{PtxWriter.Number((i * part) + further)}]";
    }

    /// <summary>What the first thread of a column does alone.</summary>
    public void First(Action statements)
    {
        string others = writer.Label("others");
        writer.BranchIf(math.Or(writer.Emit(Predicate, "setp.ne.s32", row, "0"), isBeyond), others);
        statements();
        writer.Place(others);
    }

    private static int Log2(int power) => power == 1 ? 0 : 1 + Log2(power / 2);
}
