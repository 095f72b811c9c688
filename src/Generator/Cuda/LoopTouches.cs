using DlGen.Kernels;

namespace DlGen.Ptx;

/// <summary>What a round's kernels have touched since all threads last waited for each other.</summary>
internal sealed class LoopTouches
{
    /// <summary>Sums on their way from some threads to others.</summary>
    private const int Sums = -2;

    private readonly List<Touch> since = [];

    /// <summary>A part of a buffer, from its place in the first round on. Memory of the loop's own is touched value by value.</summary>
    private readonly record struct Touch(int Buffer, long First, long Last, bool IsWrite)
    {
        public bool Meets(Touch other) => Buffer == other.Buffer && (IsWrite || other.IsWrite) && First <= other.Last && other.First <= Last;
    }

    /// <summary>Whether a kernel has to wait, and then notes what it touches itself.</summary>
    public bool MustWait(LoopPart part, bool hasSums)
    {
        List<Touch> touched = [.. Enumerable.Range(0, part.Launch.Buffers.Count).Select(i => Of(part, i))];
        if (hasSums) touched.Add(new Touch(Sums, 0, 0, IsWrite: true));
        bool meets = touched.Any(touch => since.Any(touch.Meets));
        if (meets) since.Clear();
        since.AddRange(touched);
        return meets;
    }

    private static Touch Of(LoopPart part, int formal)
    {
        var use = part.Launch.Buffers[formal];
        bool isWrite = part.Launch.Kernel.Buffers[formal].IsWritten;
        if (use.IsOwn) return new(use.Buffer, use.Start, (long)use.Start + use.RowStride - 1, isWrite);
        return part.Nest.OfRow(part.Launch.Kernel, formal) is var (first, last) ? new(use.Buffer, use.Offset + first, use.Offset + last, isWrite) : new(use.Buffer, 0, long.MaxValue, isWrite);
    }
}
