using System.Runtime.InteropServices;
using System.Text;
using DlGen.Devices;
using DlGen.Tests.Emulation;

namespace DlGen.Tests.Execution;

/// <summary>
/// A device that emulates what it is given to run. Work waits until somebody waits for it, so whoever looks at results too early, or changes what is being copied, sees it. What nobody wrote comes to the
/// host as bytes that are no number.
/// </summary>
internal sealed unsafe class EmulatedDevice : Device
{
    private const byte Unwritten = 0xFF;

    private readonly DeviceMemory memory = new();
    private readonly Dictionary<nint, IReadOnlyDictionary<string, PtxProgram>> modules = [];
    private readonly List<PtxProgram> functions = [];
    private readonly Dictionary<nint, nuint> pinned = [];
    private readonly Dictionary<nint, List<Action>> graphs = [];
    private readonly Dictionary<nint, bool> events = [];
    private readonly HashSet<nint> allocated = [];
    private readonly Queue<Action> queue = [];
    private readonly HashSet<string> launched = [];
    private List<Action>? captured;
    private nint last;

    /// <summary>Launches of graphs so far.</summary>
    public int GraphLaunches { get; private set; }

    /// <summary>Captures so far.</summary>
    public int Captures { get; private set; }

    /// <summary>Copies to the device so far, outside of graphs.</summary>
    public int CopiesToDevice { get; private set; }

    /// <summary>What happens within each of these copies.</summary>
    public Action? Copying { get; set; }

    /// <summary>Whatever has not been given back.</summary>
    public int Held => modules.Count + pinned.Count + graphs.Count + events.Count + allocated.Count;

    public override string Name => "an emulated device";

    public override int ComputeCapability => Capability;

    /// <summary>Work is done as soon as it is queued, as by a device that is faster than the host: whoever reads what it gives before a wait has it already.</summary>
    public bool IsFast { get; init; }

    /// <summary>The device's compute capability, times ten.</summary>
    public int Capability { get; init; } = 80;

    /// <summary>The entries that have run.</summary>
    public IReadOnlyCollection<string> Launched => launched;

    public override long Memory => 1L << 30;

    public override int SharedBytesPerBlock => 96 * 1024;

    public override int Multiprocessors => 2;

    public override CudaHandles Handles => new(1, 2, 0);

    public override nint LoadModule(ReadOnlySpan<byte> text)
    {
        Assert.Null(captured);
        modules.Add(++last, PtxParser.Parse(Encoding.UTF8.GetString(text).TrimEnd('\0')));
        return last;
    }

    public override nint Function(nint module, string name, int sharedBytes)
    {
        Assert.Null(captured);
        functions.Add(modules[module][name]);
        return functions.Count;
    }

    public override void Unload(nint module)
    {
        Assert.Null(captured);
        Synchronize();
        Assert.True(modules.Remove(module));
    }

    public override nint Allocate(long bytes)
    {
        Assert.Null(captured);
        Assert.InRange(bytes, 1, long.MaxValue);
        if (bytes > Memory) throw new CudaOutOfMemoryException($"{bytes} bytes could not be allocated on {Name}: it has {Memory}; take a smaller batch.", bytes, Memory, Memory);
        nint address = (nint)memory.Allocate("memory " + allocated.Count, (int)((bytes + 3) / 4 * 4));
        allocated.Add(address);
        return address;
    }

    public override void Free(nint address)
    {
        Assert.Null(captured);
        if (address != 0) Assert.True(allocated.Remove(address));
    }

    public override nint AllocatePinned(long bytes)
    {
        Assert.Null(captured);
        Assert.InRange(bytes, 1, int.MaxValue);
        nint address = (nint)NativeMemory.AlignedAlloc((nuint)bytes, 256);
        NativeMemory.Fill((void*)address, (nuint)bytes, Unwritten);
        pinned.Add(address, (nuint)bytes);
        return address;
    }

    public override void FreePinned(nint address)
    {
        if (address == 0) return;
        Synchronize();
        Assert.True(pinned.Remove(address));
        NativeMemory.AlignedFree((void*)address);
    }

    public override void CopyToDevice(nint to, nint from, long bytes)
    {
        MustBePinned(from, bytes);
        Copying?.Invoke();
        if (captured is null) CopiesToDevice++;
        Add(() => memory.CopyIn((ulong)to, new ReadOnlySpan<byte>((void*)from, (int)bytes)));
    }

    public override void CopyToHost(nint to, nint from, long bytes)
    {
        MustBePinned(to, bytes);
        Add(() => Read(from, (int)bytes).CopyTo(new Span<byte>((void*)to, (int)bytes)));
    }

    public override void CopyOnDevice(nint to, nint from, long bytes) => Add(() => memory.CopyIn<byte>((ulong)to, Read(from, (int)bytes)));

    public override void Clear(nint address, long bytes) => Add(() => memory.CopyIn<byte>((ulong)address, new byte[bytes]));

    public override void Launch(nint function, int blocks, int threads, int sharedBytes, ReadOnlySpan<long> arguments)
    {
        Assert.InRange(blocks, 1, int.MaxValue);
        long[] given = arguments.ToArray();
        var entry = functions[(int)function - 1];
        Add(() =>
        {
            launched.Add(entry.Name);
            new PtxMachine(entry, memory).Launch(blocks, threads, sharedBytes, given);
        });
    }

    public override void BeginCapture()
    {
        Assert.Null(captured);
        captured = [];
    }

    public override nint EndCapture()
    {
        graphs.Add(++last, captured!);
        captured = null;
        Captures++;
        return last;
    }

    public override void LaunchGraph(nint graph)
    {
        Assert.Null(captured);
        GraphLaunches++;
        foreach (var work in graphs[graph]) Queue(work);
    }

    public override void FreeGraph(nint graph)
    {
        if (graph != 0) Assert.True(graphs.Remove(graph));
    }

    public override nint CreateEvent()
    {
        events.Add(++last, true);
        return last;
    }

    public override void Record(nint done)
    {
        Assert.Null(captured);
        events[done] = false;
        Queue(() => events[done] = true);
    }

    public override void Wait(nint done)
    {
        while (!events[done]) queue.Dequeue()();
    }

    public override bool IsDone(nint done) => events[done];

    public override void FreeEvent(nint done)
    {
        if (done != 0) Assert.True(events.Remove(done));
    }

    public override void Synchronize()
    {
        Assert.Null(captured);
        while (queue.TryDequeue(out var work)) work();
    }

    public override void Dispose() => Synchronize();

    private void Add(Action work)
    {
        if (captured is null) Queue(work);
        else captured.Add(work);
    }

    private void Queue(Action work)
    {
        if (IsFast) work();
        else queue.Enqueue(work);
    }

    private byte[] Read(nint from, int bytes)
    {
        var values = new byte[bytes];
        for (int i = 0; i < bytes; i += 4)
        {
            int size = Math.Min(4, bytes - i);
            if (memory.IsWritten((ulong)(from + i))) memory.CopyOut<byte>((ulong)(from + i), size).CopyTo(values, i);
            else values.AsSpan(i, size).Fill(Unwritten);
        }
        return values;
    }

    private void MustBePinned(nint address, long bytes)
        => Assert.Contains(pinned, block => address >= block.Key && address + bytes <= block.Key + (nint)block.Value);
}
