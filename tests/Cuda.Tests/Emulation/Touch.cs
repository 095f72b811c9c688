using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

/// <summary>Who accesses memory, and when, as far as the order between threads goes.</summary>
internal sealed class Accessor
{
    /// <summary>Its number in the launch.</summary>
    public int Thread { get; set; }

    /// <summary>The first thread of its block.</summary>
    public int BlockStart { get; set; }

    public int BlockThreads { get; set; }

    /// <summary>Rises with each block that begins and with each barrier of a block, over all launches.</summary>
    public int Epoch { get; set; }

    /// <summary>The epoch in which the launch began.</summary>
    public int LaunchEpoch { get; set; }

    /// <summary>Rises with each synchronization of the whole warp.</summary>
    public int Synchronizations { get; set; }

    public bool SharesBlockWith(int thread) => (uint)(thread - BlockStart) < (uint)BlockThreads;

    public bool SharesWarpWith(int thread) => (thread - BlockStart) / Warp.Size == (Thread - BlockStart) / Warp.Size;
}

/// <summary>Who has touched a place since everyone before was waited for.</summary>
internal enum TouchScope : byte { Nobody, Thread, Warp, Block, Launch }

/// <summary>The last touches of a place, of one kind: by one thread, or by several that did not wait for each other.</summary>
internal struct Touch
{
    private int thread;
    private int synchronizations;
    private TouchScope scope;

    /// <summary>The epoch of the last one; 0 before the first.</summary>
    public int Epoch { get; private set; }

    /// <summary>Whether all of them are over for this thread: they are its own, or a barrier, or the end of a launch, stands between.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public readonly bool IsBefore(Accessor now)
    {
        if (Epoch < now.LaunchEpoch || scope == TouchScope.Nobody) return true;
        if (scope == TouchScope.Thread && thread == now.Thread) return true;
        if (scope == TouchScope.Launch || !now.SharesBlockWith(thread)) return false;
        if (Epoch < now.Epoch) return true;
        return scope != TouchScope.Block && synchronizations < now.Synchronizations && now.SharesWarpWith(thread);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Add(Accessor now)
    {
        scope = IsBefore(now) ? TouchScope.Thread
            : scope == TouchScope.Launch || !now.SharesBlockWith(thread) ? TouchScope.Launch
            : scope == TouchScope.Block || !now.SharesWarpWith(thread) ? TouchScope.Block : TouchScope.Warp;
        (thread, Epoch, synchronizations) = (now.Thread, now.Epoch, now.Synchronizations);
    }

    /// <summary>From outside of a launch.</summary>
    public void ByHost(int epoch)
    {
        scope = TouchScope.Nobody;
        Epoch = epoch;
    }
}
