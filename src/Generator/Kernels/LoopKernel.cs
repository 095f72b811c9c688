using DlGen.Graphs;

namespace DlGen.Kernels;

/// <summary>
/// The rounds of a loop in which no row sees another: kernels that run one after the other, <paramref name="Steps"/> times, on each row by itself. A backend makes it of launches, where it can run all
/// rounds at once.
/// </summary>
/// <param name="Buffers">What comes from outside of the loop, and what stays when it is done.</param>
/// <param name="RowLength">Elements a row of memory of its own, for what lives within a round.</param>
/// <param name="Launches">A round.</param>
internal sealed record LoopKernel(EquatableArray<KernelBuffer> Buffers, int Steps, int RowLength, EquatableArray<LoopLaunch> Launches) : Kernel(Buffers);

/// <summary>A kernel of a round, and what its formal buffers are.</summary>
internal sealed record LoopLaunch(Kernel Kernel, EquatableArray<LoopBuffer> Buffers);

/// <summary>
/// A formal buffer of a round's kernel: the loop's buffer of that number from element <paramref name="Offset"/> on, and <paramref name="StepStride"/> further in each round. Of memory of the loop's own (<see cref="Own"/>) it is
/// the part that begins behind <paramref name="Start"/> elements a row.
/// </summary>
/// <param name="RowStride">How far the rows lie apart; 0 for what is the same for all rows.</param>
internal readonly record struct LoopBuffer(int Buffer, int Offset, int StepStride, int RowStride, int Start = 0)
{
    public const int Own = -1;

    public bool IsOwn => Buffer == Own;
}
