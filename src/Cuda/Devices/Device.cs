namespace DlGen.Devices;

/// <summary>
/// What running a model needs of a GPU: modules, memory, and one stream on which copies, launches and graphs run in the order of the calls. Modules, functions, graphs, events and
/// addresses are numbers of the device's own, 0 for none.
/// <para>For several threads one after the other, not at once. What is asynchronous returns when it is queued: its host memory must be pinned, and stay as it is until an event that is
/// recorded behind it is done. An error of queued work may show in any later call.</para>
/// </summary>
internal abstract class Device : IDisposable
{
    /// <summary>The name of the chip.</summary>
    public abstract string Name { get; }

    /// <summary>Its compute capability times ten: 70, 80, 90.</summary>
    public abstract int ComputeCapability { get; }

    /// <summary>All of its memory, in bytes, whoever has it.</summary>
    public abstract long Memory { get; }

    /// <summary>The most shared memory that a block may have, declared and given at the launch together, in bytes.</summary>
    public abstract int SharedBytesPerBlock { get; }

    /// <summary>How many multiprocessors blocks are spread over.</summary>
    public abstract int Multiprocessors { get; }

    /// <summary>What other users of the driver need to work in the same context and stream; all 0 for a device without a driver.</summary>
    public virtual CudaHandles Handles => default;

    /// <summary>Compiles a module for the chip, or takes it from the driver's cache. Not during a capture.</summary>
    /// <param name="text">PTX, with or without a zero byte at its end.</param>
    /// <returns>The module, to be given to <see cref="Unload"/>.</returns>
    public abstract nint LoadModule(ReadOnlySpan<byte> text);

    /// <summary>An entry of a module. It ends with the module. Not during a capture.</summary>
    /// <param name="module">The module.</param>
    /// <param name="name">The name of the entry.</param>
    /// <param name="sharedBytes">The most shared memory that its launches will give it; what a chip allows only when told so (over 48 KB) is allowed here.</param>
    public abstract nint Function(nint module, string name, int sharedBytes);

    /// <summary>Ends a module and its functions. Their launches must be done.</summary>
    /// <param name="module">The module.</param>
    public abstract void Unload(nint module);

    /// <summary>Memory of the device, aligned to 256 bytes, of any content; queued work behind the call may use it. Not during a capture.</summary>
    /// <param name="bytes">How much, at least 1.</param>
    /// <returns>The address, to be given to <see cref="Free"/>.</returns>
    public abstract nint Allocate(long bytes);

    /// <summary>Gives memory of the device back once the work queued so far is done. Not during a capture.</summary>
    /// <param name="address">Of <see cref="Allocate"/>, or 0.</param>
    public abstract void Free(nint address);

    /// <summary>Memory of the host that the device copies from and to by itself, of any content. Not during a capture.</summary>
    /// <param name="bytes">How much, at least 1.</param>
    /// <returns>The address, to be given to <see cref="FreePinned"/>.</returns>
    public abstract nint AllocatePinned(long bytes);

    /// <summary>Gives pinned memory back. Copies from and to it must be done.</summary>
    /// <param name="address">Of <see cref="AllocatePinned"/>, or 0.</param>
    public abstract void FreePinned(nint address);

    /// <summary>Queues a copy from the host.</summary>
    /// <param name="to">An address of the device.</param>
    /// <param name="from">An address of pinned memory.</param>
    /// <param name="bytes">How much; 0 is nothing to do.</param>
    public abstract void CopyToDevice(nint to, nint from, long bytes);

    /// <summary>Queues a copy to the host.</summary>
    /// <param name="to">An address of pinned memory.</param>
    /// <param name="from">An address of the device.</param>
    /// <param name="bytes">How much; 0 is nothing to do.</param>
    public abstract void CopyToHost(nint to, nint from, long bytes);

    /// <summary>Queues a copy within the device. The two places may not overlap.</summary>
    /// <param name="to">An address of the device.</param>
    /// <param name="from">An address of the device.</param>
    /// <param name="bytes">How much; 0 is nothing to do.</param>
    public abstract void CopyOnDevice(nint to, nint from, long bytes);

    /// <summary>Queues zeros.</summary>
    /// <param name="address">An address of the device.</param>
    /// <param name="bytes">How much; 0 is nothing to do.</param>
    public abstract void Clear(nint address, long bytes);

    /// <summary>Queues a launch. A captured one keeps the values of its arguments.</summary>
    /// <param name="function">The entry.</param>
    /// <param name="blocks">How many blocks, at least 1, along one axis.</param>
    /// <param name="threads">How many threads each has, along one axis.</param>
    /// <param name="sharedBytes">Shared memory beyond what the text declares; no more than <see cref="Function"/> was told.</param>
    /// <param name="arguments">As many as the entry has parameters: each one of 8 bytes, or of 4, which are then the lower half.</param>
    public abstract void Launch(nint function, int blocks, int threads, int sharedBytes, ReadOnlySpan<long> arguments);

    /// <summary>From now on copies, clears and launches are written down instead of run. For the thread that begins it alone; an error of the driver meanwhile ends the capture, and nothing
    /// of it is kept.</summary>
    public abstract void BeginCapture();

    /// <summary>Ends the capture.</summary>
    /// <returns>What was captured, ready to be launched any number of times, to be given to <see cref="FreeGraph"/>.</returns>
    public abstract nint EndCapture();

    /// <summary>Queues everything that a graph holds.</summary>
    /// <param name="graph">Of <see cref="EndCapture"/>.</param>
    public abstract void LaunchGraph(nint graph);

    /// <summary>Ends a graph. Its launches must be done.</summary>
    /// <param name="graph">Of <see cref="EndCapture"/>, or 0.</param>
    public abstract void FreeGraph(nint graph);

    /// <summary>An event, done until it is recorded.</summary>
    /// <returns>The event, to be given to <see cref="FreeEvent"/>.</returns>
    public abstract nint CreateEvent();

    /// <summary>Queues an event: it is done when the work queued before it is. It may be recorded again, which makes it one that is not done.</summary>
    /// <param name="done">The event.</param>
    public abstract void Record(nint done);

    /// <summary>Waits on the host until an event is done.</summary>
    /// <param name="done">The event.</param>
    public abstract void Wait(nint done);

    /// <summary>Whether an event is done. Does not wait.</summary>
    /// <param name="done">The event.</param>
    public abstract bool IsDone(nint done);

    /// <summary>Ends an event.</summary>
    /// <param name="done">The event, or 0.</param>
    public abstract void FreeEvent(nint done);

    /// <summary>Waits on the host until everything queued is done.</summary>
    public abstract void Synchronize();

    /// <summary>Waits for what is queued and gives back what the device itself holds. Modules, memory, graphs and events are their owners', and given back before.</summary>
    public abstract void Dispose();
}
