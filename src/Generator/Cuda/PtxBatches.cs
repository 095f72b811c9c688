using static DlGen.Ptx.RegisterKind;

namespace DlGen.Ptx;

/// <summary>A thread's elements: every so manieth from its first to an end, several at a time as long as there are so many, so that their loads do not wait for each other.</summary>
internal static class PtxBatches
{
    public const int AtATime = 4;

    /// <param name="first">A register of 32 bits or a number, as is the end.</param>
    /// <param name="print">What becomes of so many elements from an index on.</param>
    public static void Each(PtxWriter writer, string first, string end, int step, Action<string, int> print)
    {
        string index = writer.Emit(Integer32, "mov.u32", first);
        foreach (int count in new[] { AtATime, 1 })
        {
            string again = writer.Label("again"), done = writer.Label("done");
            writer.Place(again);
            string last = count == 1 ? index : writer.Emit(Integer32, "add.s32", index, PtxWriter.Number((count - 1) * step));
            writer.BranchIf(writer.Emit(Predicate, "setp.ge.s32", last, end), done);
            print(index, count);
            writer.Do("add.s32", index, index, PtxWriter.Number(count * step));
            writer.Do("bra", again);
            writer.Place(done);
        }
    }
}
