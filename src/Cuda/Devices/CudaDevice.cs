namespace DlGen.Devices;

/// <summary>
/// A GPU behind the driver: a context, a stream that waits for no other, and the driver's pool of memory. Every call makes the context current on the calling thread for as long as it
/// takes, where another one is, so a thread that works in a context of its own keeps it.
/// </summary>
internal sealed unsafe partial class CudaDevice : Device
{
    private const int LegacyStream = 1;
    private const int StreamPerThread = 2;
    private const uint NonBlockingStream = 1;

    private readonly CudaDriver driver;
    private readonly CudaDeviceInfo info;
    private readonly bool ownsContext;
    private readonly bool ownsStream;
    private nint context;
    private nint stream;
    private nint pool;
    private int device;
    private bool capturing;
    private bool lost;
    private bool disposed;

    /// <summary>What was taken and not given back, in its order.</summary>
    private readonly List<(Holding Kind, nint Handle)> held = [];

    private enum Holding
    {
        Memory,
        Pinned,
        Module,
        Graph,
        Event,
    }

    /// <summary>Takes a device, in its primary context or in a context and a stream of the caller's.</summary>
    /// <param name="driver">A driver that is started.</param>
    /// <param name="info">The device, one that can be used.</param>
    /// <param name="shared">The caller's context and stream, which stay the caller's; null for the primary context and a new stream.</param>
    public CudaDevice(CudaDriver driver, CudaDeviceInfo info, CudaHandles? shared)
    {
        this.driver = driver;
        this.info = info;
        ownsContext = shared is null;
        ownsStream = shared is null or { Stream: 0 };
        try
        {
            Start(shared);
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public override string Name => info.Name;

    public override int ComputeCapability => (info.ComputeCapability.Major * 10) + info.ComputeCapability.Minor;

    public override long Memory => info.Memory;

    public override int SharedBytesPerBlock => info.SharedBytesPerBlock;

    public override int Multiprocessors => info.Multiprocessors;

    public override CudaHandles Handles => new(context, stream, info.Device);

    public override void Synchronize()
    {
        using var current = Enter();
        Check(driver.cuStreamSynchronize(stream));
    }

    /// <summary>Gives back what was taken from it and is still held, the last first: whoever fails in the middle of taking leaves nothing in a context that others share. Never throws: what failed on the device was told by
    /// the call that waited for it, or nobody waits for it any more.</summary>
    public override void Dispose()
    {
        if (disposed) return;
        if (context != 0 && !lost)
        {
            nint before = 0;
            driver.cuCtxGetCurrent(&before);
            driver.cuCtxSetCurrent(context);
            if (capturing) AbandonCapture();
            if (stream != 0) driver.cuStreamSynchronize(stream);
            GiveAllBack();
            if (stream != 0) driver.cuStreamSynchronize(stream);
            if (pool != 0) driver.cuMemPoolTrimTo(pool, 0);
            if (ownsStream && stream != 0) driver.cuStreamDestroy(stream);
            driver.cuCtxSetCurrent(before == context && ownsContext ? 0 : before);
        }

        if (ownsContext && context != 0) driver.cuDevicePrimaryCtxRelease(device);
        disposed = true;
    }

    private nint Hold(Holding kind, nint handle)
    {
        held.Add((kind, handle));
        return handle;
    }

    private void GiveAllBack()
    {
        for (int i = held.Count - 1; i >= 0; i--)
        {
            (Holding kind, nint handle) = held[i];
            _ = kind switch
            {
                Holding.Memory => driver.cuMemFreeAsync(handle, stream),
                Holding.Pinned => driver.cuMemFreeHost(handle),
                Holding.Module => driver.cuModuleUnload(handle),
                Holding.Graph => driver.cuGraphExecDestroy(handle),
                _ => driver.cuEventDestroy(handle),
            };
        }

        held.Clear();
    }

    private void Start(CudaHandles? shared)
    {
        int found;
        Check(driver.cuDeviceGet(&found, info.Device));
        device = found;
        if (shared is { Stream: LegacyStream or StreamPerThread })
            throw new ArgumentException($"The stream {shared.Value.Stream} is the driver's legacy stream (1) or the stream of each thread (2); give a stream that was created, or 0 for a new one.");

        nint retained = shared?.Context ?? 0;
        if (ownsContext) Check(driver.cuDevicePrimaryCtxRetain(&retained, device));
        if (retained == 0) throw new ArgumentException("The context is 0; give a CUcontext, or no handles for the primary context of the device.");
        context = retained;

        using var current = Enter();
        nint running = shared?.Stream ?? 0;
        if (!ownsContext) MustBelongTogether(shared!.Value);
        if (ownsStream) Check(driver.cuStreamCreate(&running, NonBlockingStream));
        stream = running;
        TakePool();
    }

    private void MustBelongTogether(CudaHandles shared)
    {
        int actual;
        Check(driver.cuCtxGetDevice(&actual));
        if (actual != device) throw new ArgumentException($"The context is of device {actual}, but the handles say device {shared.Device}; give the device that the context is of.");
        if (shared.Stream == 0) return;
        nint owner;
        Check(driver.cuStreamGetCtx(shared.Stream, &owner));
        if (owner != context) throw new ArgumentException("The stream is of another context than the one given; give a stream that was created in it, or 0 for a new one.");
    }

    /// <summary>The context is current until the end of the scope. The other one that was before comes back then; where there was none it stays, so that the next call has nothing to do.</summary>
    private Scope Enter()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        nint before;
        Check(driver.cuCtxGetCurrent(&before));
        if (before == context) return default;
        Check(driver.cuCtxSetCurrent(context));
        return new(driver, before);
    }

    private readonly ref struct Scope(CudaDriver? driver, nint before)
    {
        public void Dispose()
        {
            if (before != 0) driver!.cuCtxSetCurrent(before);
        }
    }
}
