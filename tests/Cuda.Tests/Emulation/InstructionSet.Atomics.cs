using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    /// <summary>Of integers only: floats that are added in whatever order the threads come have no sum to compare.</summary>
    private static void AddAtomics(Action<string, string, Semantics> add)
    {
        foreach (var (name, space) in new (string, Space)[] { ("global", warp => warp.Block.Memory), ("shared", warp => warp.Block.Shared) })
        {
            void Add<T>(string operation, string type, char letter, Func<T, T, T> value)
                where T : unmanaged
            {
                add($"atom.{name}.{operation}.{type}", $"{letter}=[{letter}", Atomic(space, isResultUsed: true, value));
                add($"red.{name}.{operation}.{type}", $"[{letter}", Atomic(space, isResultUsed: false, value));
            }

            unchecked
            {
                Add<uint>("add", "u32", 'r', (old, by) => old + by);
                Add<uint>("add", "s32", 'r', (old, by) => old + by);
                Add<ulong>("add", "u64", 'l', (old, by) => old + by);
            }
            Add<uint>("min", "u32", 'r', Math.Min);
            Add<uint>("max", "u32", 'r', Math.Max);
            Add<int>("min", "s32", 'r', Math.Min);
            Add<int>("max", "s32", 'r', Math.Max);
            Add<uint>("or", "b32", 'b', (old, by) => old | by);
            Add<uint>("and", "b32", 'b', (old, by) => old & by);
            Add<uint>("inc", "u32", 'r', (old, bound) => old >= bound ? 0 : old + 1);
            add($"atom.{name}.exch.b32", "b=[b", Atomic<uint>(space, isResultUsed: true, (_, by) => by));
        }

        // They order a thread's accesses as others see them; nobody waits at one, so that they alone make no exchange of data sound.
        foreach (string fence in new[] { "membar.cta", "membar.gl", "fence.acq_rel.cta", "fence.acq_rel.gpu" }) add(fence, "", (_, _, _) => { });
    }

    private static Semantics Atomic<T>(Space space, bool isResultUsed, Func<T, T, T> value)
        where T : unmanaged
    {
        int address = isResultUsed ? 1 : 0;
        return (warp, lanes, o) =>
        {
            warp.CheckAddress(o, address, lanes);
            var by = warp.Read<T>(o[address + 2], lanes);
            var memory = space(warp);
            foreach (int lane in Warp.Each(lanes))
            {
                var accessor = warp.As(lane);
                var allocation = memory.Find(warp.Address(o, address, lane), Unsafe.SizeOf<T>(), out int offset);
                ref var place = ref MemoryMarshal.Cast<byte, T>(allocation.Exchange(offset, Unsafe.SizeOf<T>(), accessor))[0];
                var old = place;
                place = value(old, by[lane]);
                if (isResultUsed) warp.Write<T>(o[0], 1u << lane)[lane] = old;
            }
        };
    }
}
