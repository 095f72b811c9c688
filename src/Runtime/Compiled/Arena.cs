using System.ComponentModel;
using System.Numerics;

namespace DlGen.Compiled;

/// <summary>The working memory of one Predict. It belongs to one caller from <see cref="ModelCore{T}.RentArena"/> to <see cref="ModelCore{T}.ReturnArena"/>.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class Arena<T>
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private AlignedBuffer<T> buffer;
    private double[] losses = [];
    private int owner;

    internal Arena(int length) => buffer = new AlignedBuffer<T>(length);

    /// <summary>The memory: PredictArenaLength elements for each thread, 64-byte aligned, 64 elements of slack behind.</summary>
    public Span<T> Span => buffer.Span;

    /// <summary>Room for the loss of each row of a batch.</summary>
    /// <param name="rows">The rows of the batch.</param>
    public Span<double> Losses(int rows)
    {
        if (losses.Length < rows)
            losses = new double[rows];
        return losses;
    }

    /// <summary>Makes it large enough; for its owner.</summary>
    internal void Grow(int length)
    {
        if (buffer.Length < length)
            buffer = new AlignedBuffer<T>(length);
    }

    /// <summary>Takes it for a thread if nobody has it.</summary>
    internal bool TryTake(int thread) => Volatile.Read(ref owner) == 0 && Interlocked.CompareExchange(ref owner, thread, 0) == 0;

    internal void Release() => Volatile.Write(ref owner, 0);

    internal bool IsHeldByAnotherThan(int thread) => Volatile.Read(ref owner) is not 0 and int holder && holder != thread;
}

/// <summary>The arenas of a model. The array only grows, to the largest number of concurrent callers seen; renting scans it without a lock.</summary>
internal sealed class ArenaPool<T>(int length)
    where T : unmanaged, IBinaryFloatingPointIeee754<T>
{
    private Arena<T>[] arenas = [];

    /// <summary>One that nobody uses, with room for so many threads.</summary>
    public Arena<T> Rent(int threads)
    {
        int thread = Environment.CurrentManagedThreadId;
        int needed = (int)Math.Min((long)length * threads, Array.MaxLength);
        foreach (Arena<T> arena in Volatile.Read(ref arenas))
        {
            if (!arena.TryTake(thread))
                continue;
            try
            {
                arena.Grow(needed);
                return arena;
            }
            catch
            {
                arena.Release();
                throw;
            }
        }

        var added = new Arena<T>(needed);
        added.TryTake(thread);
        Arena<T>[] known;
        do
        {
            known = Volatile.Read(ref arenas);
        }
        while (Interlocked.CompareExchange(ref arenas, [.. known, added], known) != known);
        return added;
    }

    /// <summary>Whether a thread other than the caller is between renting and returning.</summary>
    public bool IsUsedByAnotherThread()
    {
        int thread = Environment.CurrentManagedThreadId;
        foreach (Arena<T> arena in Volatile.Read(ref arenas))
        {
            if (arena.IsHeldByAnotherThan(thread))
                return true;
        }

        return false;
    }
}
