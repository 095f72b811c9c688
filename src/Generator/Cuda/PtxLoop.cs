using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>A counted loop, whose count may be zero; disposing it closes it.</summary>
internal sealed class PtxLoop : IDisposable
{
    private readonly PtxWriter writer;
    private readonly string again;
    private readonly string done;
    private readonly string step;
    private readonly int bits;

    /// <param name="count">How far the index counts: a register of 64 bits or a number.</param>
    /// <param name="step">By how much: likewise.</param>
    /// <param name="first">From where: likewise.</param>
    /// <param name="isNarrow">All of these have 32 bits.</param>
    /// <param name="isRolled">Whether the assembler must leave it a loop, where what it would load ahead has no registers.</param>
    public PtxLoop(PtxWriter writer, string count, string step = "1", string first = "0", bool isNarrow = false, bool isRolled = false)
    {
        this.writer = writer;
        this.step = step;
        bits = isNarrow ? 32 : 64;
        again = writer.Label("again");
        done = writer.Label("done");
        Index = writer.Emit(isNarrow ? Integer32 : Integer64, $"mov.b{bits}", first);
        writer.Place(again);
        if (isRolled) writer.Do(".pragma", "\"nounroll\"");
        writer.BranchIf(writer.Emit(Predicate, $"setp.ge.s{bits}", Index, count), done);
    }

    public string Index { get; }

    public void Dispose()
    {
        writer.Do($"add.s{bits}", Index, Index, step);
        writer.Do("bra", again);
        writer.Place(done);
    }
}
