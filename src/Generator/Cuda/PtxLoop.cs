using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>A counted loop, whose count may be zero; disposing it closes it.</summary>
internal sealed class PtxLoop : IDisposable
{
    private readonly PtxWriter writer;
    private readonly string again;
    private readonly string done;
    private readonly string step;

    /// <param name="count">How far the index counts: a register of 64 bits or a number.</param>
    /// <param name="step">By how much: likewise.</param>
    /// <param name="first">From where: likewise.</param>
    public PtxLoop(PtxWriter writer, string count, string step = "1", string first = "0")
    {
        this.writer = writer;
        this.step = step;
        again = writer.Label("again");
        done = writer.Label("done");
        Index = writer.Emit(Integer64, "mov.b64", first);
        writer.Place(again);
        writer.BranchIf(writer.Emit(Predicate, "setp.ge.s64", Index, count), done);
    }

    public string Index { get; }

    public void Dispose()
    {
        writer.Do("add.s64", Index, Index, step);
        writer.Do("bra", again);
        writer.Place(done);
    }
}
