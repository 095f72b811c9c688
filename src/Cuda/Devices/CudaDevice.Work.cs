using System.Globalization;
using System.Text;

namespace DlGen.Devices;

/// <summary>Modules, launches, graphs and events.</summary>
internal sealed unsafe partial class CudaDevice
{
    private const int MaxDynamicSharedBytes = 8;
    private const uint WithoutTiming = 2;
    private const int ThreadLocalCapture = 1;

    // CUjit_option
    private const int ErrorLogBuffer = 5;
    private const int ErrorLogBufferBytes = 6;

    public override nint LoadModule(ReadOnlySpan<byte> text)
    {
        using var current = Enter();
        MustNotCapture();
        ReadOnlySpan<byte> ended = text is [.., 0] ? text : [.. text, 0];
        byte[] log = new byte[16 * 1024];
        nint module;
        fixed (byte* image = ended, errors = log)
        {
            int* options = stackalloc int[] { ErrorLogBuffer, ErrorLogBufferBytes };
            nint* values = stackalloc nint[] { (nint)errors, log.Length };
            int result = driver.cuModuleLoadDataEx(&module, image, 2, options, values);
            if (result != 0) throw ModuleRefused(result, log);
        }

        return Hold(Holding.Module, module);
    }

    public override nint Function(nint module, string name, int sharedBytes)
    {
        using var current = Enter();
        MustNotCapture();
        nint function;
        int result;

        // Drivers from CUDA 12.2 on load an entry only now, which a capture would not allow.
        fixed (byte* ended = Encoding.UTF8.GetBytes(name + '\0')) result = driver.cuModuleGetFunction(&function, module, ended);
        if (result != 0) throw Failure(result, "cuModuleGetFunction", $" of {name}");
        if (sharedBytes == 0) return function;

        // The driver allows 48 KB, declared and dynamic together, unless told otherwise. Telling it always spares asking what the text declares.
        result = driver.cuFuncSetAttribute(function, MaxDynamicSharedBytes, sharedBytes);
        if (result != 0) throw Failure(result, "cuFuncSetAttribute", string.Create(
            CultureInfo.InvariantCulture, $" for {sharedBytes:N0} bytes of shared memory of {name}"), string.Create(CultureInfo.InvariantCulture, $" A block of this device may have {SharedBytesPerBlock:N0}."));
        return function;
    }

    public override void Unload(nint module) => GiveBack(driver.cuModuleUnload, Holding.Module, module, "cuModuleUnload");

    public override void Launch(nint function, int blocks, int threads, int sharedBytes, ReadOnlySpan<long> arguments)
    {
        using var current = Enter();
        void** places = stackalloc void*[arguments.Length];
        fixed (long* values = arguments)
        {
            // The driver reads as many bytes as a parameter has, and the lower ones come first.
            for (int i = 0; i < arguments.Length; i++) places[i] = values + i;
            Check(driver.cuLaunchKernel(function, (uint)blocks, 1, 1, (uint)threads, 1, 1, (uint)sharedBytes, stream, places, null));
        }
    }

    public override void BeginCapture()
    {
        using var current = Enter();
        MustNotCapture();
        Check(driver.cuStreamBeginCapture(stream, ThreadLocalCapture));
        capturing = true;
    }

    public override nint EndCapture()
    {
        using var current = Enter();
        if (!capturing) throw new InvalidOperationException("There is no capture to end: none was begun, or a call that threw ended it.");
        capturing = false;
        nint graph, executable;
        Check(driver.cuStreamEndCapture(stream, &graph));
        int result = driver.cuGraphInstantiateWithFlags(&executable, graph, 0);
        driver.cuGraphDestroy(graph);
        Check(result, "cuGraphInstantiateWithFlags");
        result = driver.cuGraphUpload(executable, stream);
        if (result != 0) driver.cuGraphExecDestroy(executable);
        Check(result, "cuGraphUpload");
        return Hold(Holding.Graph, executable);
    }

    public override void LaunchGraph(nint graph)
    {
        using var current = Enter();
        MustNotCapture();
        Check(driver.cuGraphLaunch(graph, stream));
    }

    public override void FreeGraph(nint graph) => GiveBack(driver.cuGraphExecDestroy, Holding.Graph, graph, "cuGraphExecDestroy");

    public override nint CreateEvent()
    {
        using var current = Enter();
        nint created;
        Check(driver.cuEventCreate(&created, WithoutTiming));
        return Hold(Holding.Event, created);
    }

    public override void Record(nint done)
    {
        using var current = Enter();
        Check(driver.cuEventRecord(done, stream));
    }

    public override void Wait(nint done)
    {
        using var current = Enter();
        Check(driver.cuEventSynchronize(done));
    }

    public override bool IsDone(nint done)
    {
        using var current = Enter();
        int result = driver.cuEventQuery(done);
        if (result == CudaError.NotReady) return false;
        Check(result, "cuEventQuery");
        return true;
    }

    public override void FreeEvent(nint done) => GiveBack(driver.cuEventDestroy, Holding.Event, done, "cuEventDestroy");

    private void MustNotCapture()
    {
        if (!capturing) return;
        AbandonCapture();
        throw new InvalidOperationException("Between BeginCapture and EndCapture there are copies, clears and launches alone. The capture is ended.");
    }

    /// <summary>The stream takes work again; what was written down is dropped.</summary>
    private void AbandonCapture()
    {
        capturing = false;
        nint graph = 0;
        driver.cuStreamEndCapture(stream, &graph);
        if (graph != 0) driver.cuGraphDestroy(graph);
    }
}
