using DlGen.Devices;

namespace DlGen.Gpu.Bench;

/// <summary>A launch as it was captured.</summary>
internal sealed record CapturedLaunch(string Entry, nint Function, int Blocks, int Threads, int SharedBytes, long[] Arguments)
{
    /// <summary>The kernel that the entry is of: contraction_3 of contraction_3_sum.</summary>
    public string Kernel => string.Join('_', Entry.Split('_').Take(2));
}

/// <summary>
/// A device that remembers what a model captured and launched last, so that it can be launched again by itself: what is timed then is the kernels, without the batch's way to the device and back.
/// </summary>
internal sealed class MeasuredDevice(Device inner) : Device
{
    private readonly Dictionary<nint, string> entries = [];
    private readonly Dictionary<nint, CapturedLaunch[]> graphs = [];
    private readonly List<CapturedLaunch> capturing = [];

    /// <summary>What was launched last; 0 before.</summary>
    public nint Graph { get; private set; }

    /// <summary>The launches in it, in their order.</summary>
    public IReadOnlyList<CapturedLaunch> Launches => graphs[Graph];

    public override string Name => inner.Name;

    public override int ComputeCapability => inner.ComputeCapability;

    public override long Memory => inner.Memory;

    public override int SharedBytesPerBlock => inner.SharedBytesPerBlock;

    public override int Multiprocessors => inner.Multiprocessors;

    public override CudaHandles Handles => inner.Handles;

    /// <summary>Some launches, often, as one graph of their own: to be given to <see cref="FreeGraph"/>.</summary>
    public nint Repeat(IEnumerable<CapturedLaunch> launches, int times)
    {
        CapturedLaunch[] repeated = [.. launches];
        inner.BeginCapture();
        for (int time = 0; time < times; time++)
        {
            foreach (var (_, function, blocks, threads, sharedBytes, arguments) in repeated) inner.Launch(function, blocks, threads, sharedBytes, arguments);
        }

        return inner.EndCapture();
    }

    public override nint LoadModule(ReadOnlySpan<byte> text) => inner.LoadModule(text);

    public override nint Function(nint module, string name, int sharedBytes)
    {
        nint function = inner.Function(module, name, sharedBytes);
        entries[function] = name;
        return function;
    }

    public override void Unload(nint module) => inner.Unload(module);

    public override nint Allocate(long bytes) => inner.Allocate(bytes);

    public override void Free(nint address) => inner.Free(address);

    public override nint AllocatePinned(long bytes) => inner.AllocatePinned(bytes);

    public override void FreePinned(nint address) => inner.FreePinned(address);

    public override void CopyToDevice(nint to, nint from, long bytes) => inner.CopyToDevice(to, from, bytes);

    public override void CopyToHost(nint to, nint from, long bytes) => inner.CopyToHost(to, from, bytes);

    public override void CopyOnDevice(nint to, nint from, long bytes) => inner.CopyOnDevice(to, from, bytes);

    public override void Clear(nint address, long bytes) => inner.Clear(address, bytes);

    public override void Launch(nint function, int blocks, int threads, int sharedBytes, ReadOnlySpan<long> arguments)
    {
        inner.Launch(function, blocks, threads, sharedBytes, arguments);
        capturing.Add(new CapturedLaunch(entries[function], function, blocks, threads, sharedBytes, arguments.ToArray()));
    }

    public override void BeginCapture()
    {
        capturing.Clear();
        inner.BeginCapture();
    }

    public override nint EndCapture()
    {
        nint graph = inner.EndCapture();
        graphs[graph] = [.. capturing];
        capturing.Clear();
        return graph;
    }

    public override void LaunchGraph(nint graph)
    {
        inner.LaunchGraph(graph);
        Graph = graph;
    }

    public override void FreeGraph(nint graph) => inner.FreeGraph(graph);

    public override nint CreateEvent() => inner.CreateEvent();

    public override void Record(nint done) => inner.Record(done);

    public override void Wait(nint done) => inner.Wait(done);

    public override bool IsDone(nint done) => inner.IsDone(done);

    public override void FreeEvent(nint done) => inner.FreeEvent(done);

    public override void Synchronize() => inner.Synchronize();

    public override void Dispose() => inner.Dispose();
}
