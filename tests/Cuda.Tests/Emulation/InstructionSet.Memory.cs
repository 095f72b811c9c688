using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    private delegate AddressSpace Space(Warp warp);

    private static void AddMemory(Action<string, string, Semantics> add)
    {
        // Addresses of shared memory are the same in its own and in the common space, which no instruction here uses.
        foreach (string conversion in new[] { "cvta.to.global.u64", "cvta.to.shared.u64" }) add(conversion, "l=l", Move<ulong>());
        add("ld.const.u64", "l=[", (warp, lanes, o) =>
        {
            warp.CheckAddress(o, 1, lanes);
            var result = warp.Write<ulong>(o[0], lanes);
            foreach (int lane in Warp.Each(lanes))
            {
                warp.As(lane);
                result[lane] = warp.Table.Load(warp.Address(o, 1, lane));
            }
        });
        AddLoadsAndStores("ld.global", "st.global", warp => warp.Block.Memory, add);
        AddLoadsAndStores("ld.shared", "st.shared", warp => warp.Block.Shared, add);
        AddLoads("ld.global.nc", warp => warp.Block.Memory, isConstant: true, add);
    }

    private static void AddLoadsAndStores(string load, string store, Space space, Action<string, string, Semantics> add)
    {
        AddLoads(load, space, isConstant: false, add);
        void Add<TRegister, TMemory>(string type, char letter, Func<TRegister, TMemory> cut)
            where TRegister : unmanaged
            where TMemory : unmanaged
        {
            foreach (int count in Counts<TMemory>())
                add($"{store}{VectorOf(count)}.{type}", "[" + Registers(letter, count), Store(space, count, cut));
        }

        foreach (string type in new[] { "b8", "u8", "s8" }) Add<uint, byte>(type, 'r', x => unchecked((byte)x));
        foreach (string type in new[] { "b16", "u16", "s16" })
        {
            Add<uint, ushort>(type, 'h', x => unchecked((ushort)x));
            Add<uint, ushort>(type, 'r', x => unchecked((ushort)x));
        }
        foreach (var (type, letter) in Types32) Add<uint, uint>(type, letter, x => x);
        foreach (var (type, letter) in Types64) Add<ulong, ulong>(type, letter, x => x);
    }

    private static void AddLoads(string load, Space space, bool isConstant, Action<string, string, Semantics> add)
    {
        void Add<TMemory, TRegister>(string type, char letter, Func<TMemory, TRegister> extend)
            where TMemory : unmanaged
            where TRegister : unmanaged
        {
            foreach (int count in Counts<TMemory>())
                add($"{load}{VectorOf(count)}.{type}", Registers(letter, count) + "=[", Load(space, isConstant, count, extend));
        }

        Add<byte, uint>("b8", 'r', x => x);
        Add<byte, uint>("u8", 'r', x => x);
        Add<sbyte, int>("s8", 'r', x => x);
        foreach (char letter in "hr")
        {
            Add<ushort, uint>("b16", letter, x => x);
            Add<ushort, uint>("u16", letter, x => x);
        }
        Add<short, int>("s16", 'r', x => x);
        foreach (var (type, letter) in Types32) Add<uint, uint>(type, letter, x => x);
        foreach (var (type, letter) in Types64) Add<ulong, ulong>(type, letter, x => x);
    }

    private static (string Type, char Letter)[] Types32 => [("f32", 'f'), ("b32", 'b'), ("u32", 'r'), ("s32", 'r')];
    private static (string Type, char Letter)[] Types64 => [("f64", 'd'), ("b64", 'q'), ("u64", 'l'), ("s64", 'l')];

    /// <summary>An access has 16 bytes at most.</summary>
    private static IEnumerable<int> Counts<T>() => new[] { 1, 2, 4 }.Where(count => count * Unsafe.SizeOf<T>() <= 16);

    private static string VectorOf(int count) => count == 1 ? "" : $".v{count}";

    private static string Registers(char letter, int count) => count == 1 ? letter.ToString() : $"{{{new string(letter, count)}}}";

    private static Semantics Load<TMemory, TRegister>(Space space, bool isConstant, int count, Func<TMemory, TRegister> extend)
        where TMemory : unmanaged
        where TRegister : unmanaged
    {
        int size = count * Unsafe.SizeOf<TMemory>();
        return [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            warp.CheckAddress(o, count, lanes);
            var memory = space(warp);
            foreach (int lane in Warp.Each(lanes))
            {
                var accessor = warp.As(lane);
                var allocation = memory.Find(warp.Address(o, count, lane), size, out int offset);
                if (isConstant && allocation.IsWrittenSince(accessor.LaunchEpoch, offset)) throw new PtxException($"{allocation.Name} is read as constant at byte {offset}, which the launch has written");
                var values = MemoryMarshal.Cast<byte, TMemory>(allocation.Load(offset, size, accessor));
                for (int i = 0; i < values.Length; i++) warp.Write<TRegister>(o[i], 1u << lane)[lane] = extend(values[i]);
            }
        };
    }

    private static Semantics Store<TRegister, TMemory>(Space space, int count, Func<TRegister, TMemory> cut)
        where TRegister : unmanaged
        where TMemory : unmanaged
    {
        int size = count * Unsafe.SizeOf<TMemory>();
        return [MethodImpl(MethodImplOptions.AggressiveOptimization)] (warp, lanes, o) =>
        {
            warp.CheckAddress(o, 0, lanes);
            var memory = space(warp);
            foreach (int lane in Warp.Each(lanes))
            {
                var accessor = warp.As(lane);
                var allocation = memory.Find(warp.Address(o, 0, lane), size, out int offset);
                var values = MemoryMarshal.Cast<byte, TMemory>(allocation.Store(offset, size, accessor));
                for (int i = 0; i < values.Length; i++) values[i] = cut(warp.Read<TRegister>(o[2 + i], 1u << lane)[lane]);
            }
        };
    }
}
