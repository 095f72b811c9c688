using System.Runtime.CompilerServices;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    /// <summary>The lane that a lane would read, and whether it lies within bounds: those bits of a lane's number that the mask has stay.</summary>
    private delegate (int Lane, bool Inside) Exchange(int lane, int by, int mask, int bound);

    private static void AddWarps(Action<string, string, Semantics> add)
    {
        add("shfl.sync.bfly.b32", "b=brrr", Shuffle((lane, by, _, bound) => (lane ^ by, (lane ^ by) <= bound)));
        add("shfl.sync.down.b32", "b=brrr", Shuffle((lane, by, _, bound) => (lane + by, lane + by <= bound)));
        add("shfl.sync.up.b32", "b=brrr", Shuffle((lane, by, _, bound) => (lane - by, lane - by >= bound)));
        add("shfl.sync.idx.b32", "b=brrr", Shuffle((lane, by, mask, bound) => ((lane & mask) | (by & ~mask), ((lane & mask) | (by & ~mask)) <= bound)));
        add("vote.sync.ballot.b32", "b=pr", (warp, lanes, o) =>
        {
            Named(warp, lanes, warp.Read<uint>(o[2], lanes));
            uint votes = warp.Read(o[1], lanes);
            var result = warp.Write<uint>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = votes;
        });
        add("vote.sync.any.pred", "p=pr", Vote((votes, _) => votes != 0));
        add("vote.sync.all.pred", "p=pr", Vote((votes, lanes) => votes == lanes));
        add("vote.sync.uni.pred", "p=pr", Vote((votes, lanes) => votes == 0 || votes == lanes));
        add("activemask.b32", "b=", (warp, lanes, o) =>
        {
            var result = warp.Write<uint>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes)) result[lane] = lanes;
        });
        add("bar.warp.sync", "r", (warp, lanes, o) =>
        {
            // Only what the whole warp waits for orders its accesses here.
            if (Named(warp, lanes, warp.Read<uint>(o[0], lanes)) == warp.Running) warp.Accessor.Synchronizations++;
        });
    }

    private static Semantics Vote(Func<uint, uint, bool> outcome) => (warp, lanes, o) =>
    {
        Named(warp, lanes, warp.Read<uint>(o[2], lanes));
        warp.Write(o[0], lanes, outcome(warp.Read(o[1], lanes), lanes) ? lanes : 0);
    };

    /// <summary>Shuffles hand on registers; they do not order accesses to memory.</summary>
    private static Semantics Shuffle(Exchange from) => [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
    {
        Named(warp, lanes, warp.Read<uint>(o[4], lanes));
        Span<uint> values = stackalloc uint[Warp.Size];
        warp.Read<uint>(o[1], lanes).CopyTo(values);
        var by = warp.Read<uint>(o[2], lanes);
        var bounds = warp.Read<uint>(o[3], lanes);
        var result = warp.Write<uint>(o[0], lanes);
        foreach (int lane in Warp.Each(lanes))
        {
            int mask = (int)(bounds[lane] >> 8) & 31, bound = (int)bounds[lane] & 31;
            var (source, isInside) = from(lane, (int)by[lane] & 31, mask, (lane & mask) | (bound & ~mask));
            if (!isInside) source = lane;
            warp.As(lane);
            if ((lanes >> source & 1) == 0) throw new PtxException($"lane {lane} reads lane {source}, which does not take part");
            result[lane] = values[source];
        }
    };

    /// <summary>The threads that a warp instruction names, all of which must be here, and no others.</summary>
    private static uint Named(Warp warp, uint lanes, ReadOnlySpan<uint> masks)
    {
        uint named = 0;
        foreach (int lane in Warp.Each(lanes))
        {
            named = masks[lane] & warp.Running;
            if (named != lanes) throw new PtxException($"the lanes {named:x8} are named, and {lanes:x8} are here");
        }
        return named;
    }
}
