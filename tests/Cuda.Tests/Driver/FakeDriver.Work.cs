using System.Runtime.InteropServices;
using System.Text;

namespace DlGen.Tests.Driver;

internal sealed unsafe partial class FakeDriver
{
    private readonly Dictionary<nint, string> modules = [];
    private readonly Dictionary<nint, Function> functions = [];
    private readonly Dictionary<nint, List<Action>> graphs = [];

    [UnmanagedCallersOnly]
    private static int ModuleLoadDataEx(nint* module, byte* image, uint options, int* names, nint* values)
    {
        int result = now.Begin("cuModuleLoadDataEx");
        string text = Marshal.PtrToStringUTF8((nint)image)!;
        if (result == 0 && !text.Contains(".version", StringComparison.Ordinal)) result = InvalidPtx;
        if (result != 0)
        {
            // Options 5 and 6 are where the log of errors goes, and how long that place is.
            int log = new Span<int>(names, (int)options).IndexOf(5), length = new Span<int>(names, (int)options).IndexOf(6);
            if (result == InvalidPtx) Encoding.UTF8.GetBytes("ptxas fatal   : Missing .version directive\0", new Span<byte>((void*)values[log], (int)values[length]));
            return result;
        }

        *module = now.Add("module", currentContext);
        now.modules[*module] = text;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int ModuleGetFunction(nint* function, nint module, byte* name)
    {
        int result = now.Begin("cuModuleGetFunction");
        if (result != 0) return result;
        var found = Function.Of(now.modules[module], module).FirstOrDefault(f => f.Name == Marshal.PtrToStringUTF8((nint)name));
        if (found is null) return NotFound;
        *function = (nint)(now.lastHandle += 0x10);
        now.functions[*function] = found;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int ModuleUnload(nint module)
    {
        int result = now.Begin("cuModuleUnload");
        return result != 0 ? result : now.Remove(module, "module");
    }

    [UnmanagedCallersOnly]
    private static int FuncSetAttribute(nint function, int attribute, int value)
    {
        int result = now.Begin("cuFuncSetAttribute");
        if (result != 0) return result;
        if (attribute != 8 || value > now.Chips[(int)now.Live[currentContext].Of].SharedBytes) return InvalidValue;
        now.functions[function].SharedLimit = value;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int LaunchKernel(nint function, uint x, uint y, uint z, uint threads, uint threadsY, uint threadsZ, uint shared, nint stream, void** arguments, void** extra)
    {
        var entry = now.functions[function];
        if (x == 0 || (y, z, threadsY, threadsZ) != (1, 1, 1, 1) || extra is not null || shared > entry.SharedLimit) return InvalidValue;
        var values = new long[entry.Parameters.Length];
        for (int i = 0; i < values.Length; i++) values[i] = entry.Parameters[i] == 8 ? *(long*)arguments[i] : *(int*)arguments[i];
        return now.Queue("cuLaunchKernel", stream, () =>
        {
            now.Launches.Add(new(entry.Name, (int)x, (int)threads, (int)shared, values));
            if (entry.Name == "astray") now.Sticky = IllegalAddress;
        });
    }

    [UnmanagedCallersOnly]
    private static int StreamCreate(nint* stream, uint flags)
    {
        int result = now.Begin("cuStreamCreate");
        if (result != 0) return result;
        if (flags != 1) return InvalidValue;
        *stream = now.Add("stream", currentContext);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int StreamGetCtx(nint stream, nint* context)
    {
        int result = now.Begin("cuStreamGetCtx");
        if (result == 0) *context = (nint)now.Live[stream].Of;
        return result;
    }

    [UnmanagedCallersOnly]
    private static int StreamSynchronize(nint stream)
    {
        int result = now.Begin("cuStreamSynchronize");
        if (now.captures.TryGetValue(stream, out var capture))
        {
            capture.Invalid = true;
            return CaptureUnsupported;
        }

        now.Busy = false;
        return result;
    }

    [UnmanagedCallersOnly]
    private static int StreamDestroy(nint stream)
    {
        int result = now.Begin("cuStreamDestroy_v2");
        return result != 0 ? result : now.Remove(stream, "stream");
    }

    [UnmanagedCallersOnly]
    private static int EventCreate(nint* created, uint flags)
    {
        int result = now.Begin("cuEventCreate");
        if (result != 0) return result;
        if (flags != 2) return InvalidValue;
        *created = now.Add("event", currentContext);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int EventRecord(nint done, nint stream) => now.Queue("cuEventRecord", stream, () => { });

    [UnmanagedCallersOnly]
    private static int EventQuery(nint done)
    {
        int result = now.Begin("cuEventQuery");
        return result != 0 ? result : now.Busy ? NotReady : Success;
    }

    [UnmanagedCallersOnly]
    private static int EventSynchronize(nint done)
    {
        now.Busy = false;
        return now.Begin("cuEventSynchronize");
    }

    [UnmanagedCallersOnly]
    private static int EventDestroy(nint done)
    {
        int result = now.Begin("cuEventDestroy_v2");
        return result != 0 ? result : now.Remove(done, "event");
    }

    [UnmanagedCallersOnly]
    private static int StreamBeginCapture(nint stream, int mode)
    {
        int result = now.Begin("cuStreamBeginCapture_v2");
        if (result != 0) return result;
        return mode == 1 && now.captures.TryAdd(stream, new()) ? Success : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int StreamEndCapture(nint stream, nint* graph)
    {
        *graph = 0;
        int result = now.Begin("cuStreamEndCapture");
        if (!now.captures.Remove(stream, out var capture)) return InvalidValue;
        if (result != 0) return result;
        if (capture.Invalid) return CaptureInvalidated;
        *graph = now.Add("graph", currentContext);
        now.graphs[*graph] = capture.Work;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int GraphInstantiateWithFlags(nint* executable, nint graph, ulong flags)
    {
        int result = now.Begin("cuGraphInstantiateWithFlags");
        if (result != 0) return result;
        *executable = now.Add("executable", currentContext);
        now.graphs[*executable] = now.graphs[graph];
        return flags == 0 ? Success : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int GraphUpload(nint executable, nint stream) => now.Queue("cuGraphUpload", stream, () => { });

    [UnmanagedCallersOnly]
    private static int GraphLaunch(nint executable, nint stream) => now.Queue("cuGraphLaunch", stream, () => now.graphs[executable].ForEach(work => work()));

    [UnmanagedCallersOnly]
    private static int GraphExecDestroy(nint executable)
    {
        int result = now.Begin("cuGraphExecDestroy");
        return result != 0 ? result : now.Remove(executable, "executable");
    }

    [UnmanagedCallersOnly]
    private static int GraphDestroy(nint graph)
    {
        int result = now.Begin("cuGraphDestroy");
        return result != 0 ? result : now.Remove(graph, "graph");
    }
}
