using System.Runtime.InteropServices;
using System.Text;

namespace DlGen.Tests.Driver;

internal sealed unsafe partial class FakeDriver
{
    private static readonly Dictionary<int, (nint Name, nint Text)> Errors = new()
    {
        [InvalidValue] = ((nint)Text("CUDA_ERROR_INVALID_VALUE"), (nint)Text("invalid argument")),
        [100] = ((nint)Text("CUDA_ERROR_NO_DEVICE"), (nint)Text("no CUDA-capable device is detected")),
        [101] = ((nint)Text("CUDA_ERROR_INVALID_DEVICE"), (nint)Text("invalid device ordinal")),
        [InvalidContext] = ((nint)Text("CUDA_ERROR_INVALID_CONTEXT"), (nint)Text("invalid device context")),
        [InvalidPtx] = ((nint)Text("CUDA_ERROR_INVALID_PTX"), (nint)Text("a PTX JIT compilation failed")),
        [NotFound] = ((nint)Text("CUDA_ERROR_NOT_FOUND"), (nint)Text("named symbol not found")),
        [IllegalAddress] = ((nint)Text("CUDA_ERROR_ILLEGAL_ADDRESS"), (nint)Text("an illegal memory access was encountered")),
    };

    /// <summary>What the library exports.</summary>
    public static Dictionary<string, nint> Entries { get; } = new()
    {
        ["cuInit"] = (nint)(delegate* unmanaged<uint, int>)&Init,
        ["cuDriverGetVersion"] = (nint)(delegate* unmanaged<int*, int>)&DriverGetVersion,
        ["cuGetErrorName"] = (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorName,
        ["cuGetErrorString"] = (nint)(delegate* unmanaged<int, byte**, int>)&GetErrorString,
        ["cuDeviceGetCount"] = (nint)(delegate* unmanaged<int*, int>)&DeviceGetCount,
        ["cuDeviceGet"] = (nint)(delegate* unmanaged<int*, int, int>)&DeviceGet,
        ["cuDeviceGetName"] = (nint)(delegate* unmanaged<byte*, int, int, int>)&DeviceGetName,
        ["cuDeviceGetAttribute"] = (nint)(delegate* unmanaged<int*, int, int, int>)&DeviceGetAttribute,
        ["cuDeviceTotalMem_v2"] = (nint)(delegate* unmanaged<nuint*, int, int>)&DeviceTotalMem,
        ["cuDevicePrimaryCtxRetain"] = (nint)(delegate* unmanaged<nint*, int, int>)&DevicePrimaryCtxRetain,
        ["cuDevicePrimaryCtxRelease_v2"] = (nint)(delegate* unmanaged<int, int>)&DevicePrimaryCtxRelease,
        ["cuCtxGetCurrent"] = (nint)(delegate* unmanaged<nint*, int>)&CtxGetCurrent,
        ["cuCtxSetCurrent"] = (nint)(delegate* unmanaged<nint, int>)&CtxSetCurrent,
        ["cuCtxGetDevice"] = (nint)(delegate* unmanaged<int*, int>)&CtxGetDevice,
        ["cuModuleLoadDataEx"] = (nint)(delegate* unmanaged<nint*, byte*, uint, int*, nint*, int>)&ModuleLoadDataEx,
        ["cuModuleGetFunction"] = (nint)(delegate* unmanaged<nint*, nint, byte*, int>)&ModuleGetFunction,
        ["cuModuleUnload"] = (nint)(delegate* unmanaged<nint, int>)&ModuleUnload,
        ["cuFuncSetAttribute"] = (nint)(delegate* unmanaged<nint, int, int, int>)&FuncSetAttribute,
        ["cuDeviceGetDefaultMemPool"] = (nint)(delegate* unmanaged<nint*, int, int>)&DeviceGetDefaultMemPool,
        ["cuMemPoolSetAttribute"] = (nint)(delegate* unmanaged<nint, int, void*, int>)&MemPoolSetAttribute,
        ["cuMemPoolGetAttribute"] = (nint)(delegate* unmanaged<nint, int, void*, int>)&MemPoolGetAttribute,
        ["cuMemPoolTrimTo"] = (nint)(delegate* unmanaged<nint, nuint, int>)&MemPoolTrimTo,
        ["cuMemAllocAsync"] = (nint)(delegate* unmanaged<nint*, nuint, nint, int>)&MemAllocAsync,
        ["cuMemFreeAsync"] = (nint)(delegate* unmanaged<nint, nint, int>)&MemFreeAsync,
        ["cuMemHostAlloc"] = (nint)(delegate* unmanaged<nint*, nuint, uint, int>)&MemHostAlloc,
        ["cuMemFreeHost"] = (nint)(delegate* unmanaged<nint, int>)&MemFreeHost,
        ["cuMemGetInfo_v2"] = (nint)(delegate* unmanaged<nuint*, nuint*, int>)&MemGetInfo,
        ["cuMemcpyHtoDAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, int>)&MemcpyHtoDAsync,
        ["cuMemcpyDtoHAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, int>)&MemcpyDtoHAsync,
        ["cuMemcpyDtoDAsync_v2"] = (nint)(delegate* unmanaged<nint, nint, nuint, nint, int>)&MemcpyDtoDAsync,
        ["cuMemsetD8Async"] = (nint)(delegate* unmanaged<nint, byte, nuint, nint, int>)&MemsetD8Async,
        ["cuLaunchKernel"] = (nint)(delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)&LaunchKernel,
        ["cuStreamCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&StreamCreate,
        ["cuStreamGetCtx"] = (nint)(delegate* unmanaged<nint, nint*, int>)&StreamGetCtx,
        ["cuStreamSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&StreamSynchronize,
        ["cuStreamDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&StreamDestroy,
        ["cuEventCreate"] = (nint)(delegate* unmanaged<nint*, uint, int>)&EventCreate,
        ["cuEventRecord"] = (nint)(delegate* unmanaged<nint, nint, int>)&EventRecord,
        ["cuEventQuery"] = (nint)(delegate* unmanaged<nint, int>)&EventQuery,
        ["cuEventSynchronize"] = (nint)(delegate* unmanaged<nint, int>)&EventSynchronize,
        ["cuEventDestroy_v2"] = (nint)(delegate* unmanaged<nint, int>)&EventDestroy,
        ["cuStreamBeginCapture_v2"] = (nint)(delegate* unmanaged<nint, int, int>)&StreamBeginCapture,
        ["cuStreamEndCapture"] = (nint)(delegate* unmanaged<nint, nint*, int>)&StreamEndCapture,
        ["cuGraphInstantiateWithFlags"] = (nint)(delegate* unmanaged<nint*, nint, ulong, int>)&GraphInstantiateWithFlags,
        ["cuGraphUpload"] = (nint)(delegate* unmanaged<nint, nint, int>)&GraphUpload,
        ["cuGraphLaunch"] = (nint)(delegate* unmanaged<nint, nint, int>)&GraphLaunch,
        ["cuGraphExecDestroy"] = (nint)(delegate* unmanaged<nint, int>)&GraphExecDestroy,
        ["cuGraphDestroy"] = (nint)(delegate* unmanaged<nint, int>)&GraphDestroy,
    };

    [UnmanagedCallersOnly]
    private static int Init(uint flags) => now.Begin("cuInit", inContext: false);

    [UnmanagedCallersOnly]
    private static int DriverGetVersion(int* version)
    {
        *version = now.Version;
        return now.Begin("cuDriverGetVersion", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int GetErrorName(int error, byte** name)
    {
        bool known = Errors.TryGetValue(error, out var found);
        *name = (byte*)found.Name;
        return known ? Success : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int GetErrorString(int error, byte** text)
    {
        bool known = Errors.TryGetValue(error, out var found);
        *text = (byte*)found.Text;
        return known ? Success : InvalidValue;
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetCount(int* count)
    {
        *count = now.Chips.Count;
        return now.Begin("cuDeviceGetCount", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int DeviceGet(int* device, int number)
    {
        *device = number;
        return now.Begin("cuDeviceGet", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetName(byte* name, int length, int device)
    {
        int written = Encoding.UTF8.GetBytes(now.Chips[device].Name, new Span<byte>(name, length));
        name[written] = 0;
        return now.Begin("cuDeviceGetName", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int DeviceGetAttribute(int* value, int attribute, int device)
    {
        var chip = now.Chips[device];
        *value = attribute switch { 16 => 132, 75 => chip.Major, 76 => chip.Minor, 97 => chip.SharedBytes, 115 => chip.Pools ? 1 : 0, _ => -1 };
        return now.Begin("cuDeviceGetAttribute", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int DeviceTotalMem(nuint* bytes, int device)
    {
        *bytes = (nuint)now.Chips[device].Memory;
        return now.Begin("cuDeviceTotalMem_v2", inContext: false);
    }

    [UnmanagedCallersOnly]
    private static int DevicePrimaryCtxRetain(nint* context, int device)
    {
        int result = now.Begin("cuDevicePrimaryCtxRetain", inContext: false);
        if (result != 0) return result;
        if (!now.primary.TryGetValue(device, out *context)) now.primary[device] = *context = now.Add("context", device);
        now.Retained[device] = now.Retained.GetValueOrDefault(device) + 1;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int DevicePrimaryCtxRelease(int device)
    {
        now.Calls.Add("cuDevicePrimaryCtxRelease_v2");
        if (--now.Retained[device] > 0) return Success;
        now.Live.Remove(now.primary[device]);
        now.primary.Remove(device);
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CtxGetCurrent(nint* context)
    {
        *context = currentContext;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CtxSetCurrent(nint context)
    {
        now.Calls.Add("cuCtxSetCurrent");
        if (context != 0 && !now.Live.ContainsKey(context)) return InvalidContext;
        currentContext = context;
        return Success;
    }

    [UnmanagedCallersOnly]
    private static int CtxGetDevice(int* device)
    {
        int result = now.Begin("cuCtxGetDevice");
        if (result == 0) *device = (int)now.Live[currentContext].Of;
        return result;
    }
}
