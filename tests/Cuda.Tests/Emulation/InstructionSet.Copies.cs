namespace DlGen.Tests.Emulation;

internal static partial class InstructionSet
{
    /// <summary>Copies from global to shared memory that go on beside the thread.</summary>
    private static void AddCopies(Action<string, string, Semantics> add)
    {
        add("cp.async.ca.shared.global", "[[i", Copy(hasLength: false, 4, 8, 16));
        add("cp.async.ca.shared.global", "[[ir", Copy(hasLength: true, 4, 8, 16));
        add("cp.async.cg.shared.global", "[[i", Copy(hasLength: false, 16));
        add("cp.async.cg.shared.global", "[[ir", Copy(hasLength: true, 16));
        add("cp.async.commit_group", "", (warp, lanes, _) =>
        {
            foreach (int lane in Warp.Each(lanes)) warp.Copies.CloseGroup(lane);
        });
        add("cp.async.wait_group", "i", (warp, lanes, o) =>
        {
            foreach (int lane in Warp.Each(lanes)) warp.Copies.Wait(lane, o[0], warp.As(lane));
        });
        add("cp.async.wait_all", "", (warp, lanes, _) =>
        {
            foreach (int lane in Warp.Each(lanes)) warp.Copies.WaitForAll(lane, warp.As(lane));
        });
    }

    /// <param name="hasLength">Whether an operand says how many of the bytes are copied; the others become 0.</param>
    private static Semantics Copy(bool hasLength, params int[] sizes) => (warp, lanes, o) =>
    {
        int size = o[4];
        if (!sizes.Contains(size)) throw new PtxException($"{size} bytes are copied at once, which can be {string.Join(", ", sizes)}");
        warp.CheckAddress(o, 0, lanes);
        warp.CheckAddress(o, 2, lanes);
        var lengths = hasLength ? warp.Read<uint>(o[5], lanes) : default;
        foreach (int lane in Warp.Each(lanes))
        {
            var accessor = warp.As(lane);
            int length = hasLength ? (int)lengths[lane] : size;
            if (length > size) throw new PtxException($"{length} bytes of {size} are copied");
            var target = warp.Block.Shared.Find(warp.Address(o, 0, lane), size, out int to);
            byte[] bytes = new byte[size];
            if (length > 0)
            {
                ulong address = warp.Address(o, 2, lane);
                if (address % (ulong)size != 0) throw new PtxException($"{size} bytes are copied from {address:x}, which is no multiple of that");
                var source = warp.Block.Memory.FindBytes(address, length, out int from);
                source.Load(from, length, accessor).CopyTo(bytes);
            }
            warp.Copies.Begin(lane, target, to, bytes, accessor);
        }
    };
}
