namespace DlGen.Devices;

/// <summary>
/// The entry points of NVIDIA's driver that are used, under their names in its manual. A name with a successor (<c>_v2</c>) is bound to that: the bare one is still exported, with
/// the signature of 32-bit days. All arguments are plain numbers and pointers: CUdevice is an int, CUdeviceptr and every handle 64 bits, size_t a nuint.
/// <para>They are pointers and no imports, so that a library that lacks one is told from no library, and tests put a driver of their own behind them.</para>
/// </summary>
/// <param name="exports">Where they are found.</param>
internal sealed unsafe class CudaDriver(CudaExports exports)
{
    public readonly delegate* unmanaged<uint, int> cuInit = (delegate* unmanaged<uint, int>)exports["cuInit"];
    public readonly delegate* unmanaged<int*, int> cuDriverGetVersion = (delegate* unmanaged<int*, int>)exports["cuDriverGetVersion"];
    public readonly delegate* unmanaged<int, byte**, int> cuGetErrorName = (delegate* unmanaged<int, byte**, int>)exports["cuGetErrorName"];
    public readonly delegate* unmanaged<int, byte**, int> cuGetErrorString = (delegate* unmanaged<int, byte**, int>)exports["cuGetErrorString"];

    public readonly delegate* unmanaged<int*, int> cuDeviceGetCount = (delegate* unmanaged<int*, int>)exports["cuDeviceGetCount"];
    public readonly delegate* unmanaged<int*, int, int> cuDeviceGet = (delegate* unmanaged<int*, int, int>)exports["cuDeviceGet"];
    public readonly delegate* unmanaged<byte*, int, int, int> cuDeviceGetName = (delegate* unmanaged<byte*, int, int, int>)exports["cuDeviceGetName"];
    public readonly delegate* unmanaged<int*, int, int, int> cuDeviceGetAttribute = (delegate* unmanaged<int*, int, int, int>)exports["cuDeviceGetAttribute"];
    public readonly delegate* unmanaged<nuint*, int, int> cuDeviceTotalMem = (delegate* unmanaged<nuint*, int, int>)exports["cuDeviceTotalMem_v2"];

    public readonly delegate* unmanaged<nint*, int, int> cuDevicePrimaryCtxRetain = (delegate* unmanaged<nint*, int, int>)exports["cuDevicePrimaryCtxRetain"];
    public readonly delegate* unmanaged<int, int> cuDevicePrimaryCtxRelease = (delegate* unmanaged<int, int>)exports["cuDevicePrimaryCtxRelease_v2"];
    public readonly delegate* unmanaged<nint*, int> cuCtxGetCurrent = (delegate* unmanaged<nint*, int>)exports["cuCtxGetCurrent"];
    public readonly delegate* unmanaged<nint, int> cuCtxSetCurrent = (delegate* unmanaged<nint, int>)exports["cuCtxSetCurrent"];
    public readonly delegate* unmanaged<int*, int> cuCtxGetDevice = (delegate* unmanaged<int*, int>)exports["cuCtxGetDevice"];

    public readonly delegate* unmanaged<nint*, byte*, uint, int*, nint*, int> cuModuleLoadDataEx = (delegate* unmanaged<nint*, byte*, uint, int*, nint*, int>)exports["cuModuleLoadDataEx"];
    public readonly delegate* unmanaged<nint*, nint, byte*, int> cuModuleGetFunction = (delegate* unmanaged<nint*, nint, byte*, int>)exports["cuModuleGetFunction"];
    public readonly delegate* unmanaged<nint, int> cuModuleUnload = (delegate* unmanaged<nint, int>)exports["cuModuleUnload"];
    public readonly delegate* unmanaged<nint, int, int, int> cuFuncSetAttribute = (delegate* unmanaged<nint, int, int, int>)exports["cuFuncSetAttribute"];

    public readonly delegate* unmanaged<nint*, int, int> cuDeviceGetDefaultMemPool = (delegate* unmanaged<nint*, int, int>)exports["cuDeviceGetDefaultMemPool"];
    public readonly delegate* unmanaged<nint, int, void*, int> cuMemPoolSetAttribute = (delegate* unmanaged<nint, int, void*, int>)exports["cuMemPoolSetAttribute"];
    public readonly delegate* unmanaged<nint, int, void*, int> cuMemPoolGetAttribute = (delegate* unmanaged<nint, int, void*, int>)exports["cuMemPoolGetAttribute"];
    public readonly delegate* unmanaged<nint, nuint, int> cuMemPoolTrimTo = (delegate* unmanaged<nint, nuint, int>)exports["cuMemPoolTrimTo"];
    public readonly delegate* unmanaged<nint*, nuint, nint, int> cuMemAllocAsync = (delegate* unmanaged<nint*, nuint, nint, int>)exports["cuMemAllocAsync"];
    public readonly delegate* unmanaged<nint, nint, int> cuMemFreeAsync = (delegate* unmanaged<nint, nint, int>)exports["cuMemFreeAsync"];
    public readonly delegate* unmanaged<nint*, nuint, uint, int> cuMemHostAlloc = (delegate* unmanaged<nint*, nuint, uint, int>)exports["cuMemHostAlloc"];
    public readonly delegate* unmanaged<nint, int> cuMemFreeHost = (delegate* unmanaged<nint, int>)exports["cuMemFreeHost"];
    public readonly delegate* unmanaged<nuint*, nuint*, int> cuMemGetInfo = (delegate* unmanaged<nuint*, nuint*, int>)exports["cuMemGetInfo_v2"];

    public readonly delegate* unmanaged<nint, nint, nuint, nint, int> cuMemcpyHtoDAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)exports["cuMemcpyHtoDAsync_v2"];
    public readonly delegate* unmanaged<nint, nint, nuint, nint, int> cuMemcpyDtoHAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)exports["cuMemcpyDtoHAsync_v2"];
    public readonly delegate* unmanaged<nint, nint, nuint, nint, int> cuMemcpyDtoDAsync = (delegate* unmanaged<nint, nint, nuint, nint, int>)exports["cuMemcpyDtoDAsync_v2"];
    public readonly delegate* unmanaged<nint, byte, nuint, nint, int> cuMemsetD8Async = (delegate* unmanaged<nint, byte, nuint, nint, int>)exports["cuMemsetD8Async"];
    public readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> cuLaunchKernel
        = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)exports["cuLaunchKernel"];

    public readonly delegate* unmanaged<nint*, uint, int> cuStreamCreate = (delegate* unmanaged<nint*, uint, int>)exports["cuStreamCreate"];
    public readonly delegate* unmanaged<nint, nint*, int> cuStreamGetCtx = (delegate* unmanaged<nint, nint*, int>)exports["cuStreamGetCtx"];
    public readonly delegate* unmanaged<nint, int> cuStreamSynchronize = (delegate* unmanaged<nint, int>)exports["cuStreamSynchronize"];
    public readonly delegate* unmanaged<nint, int> cuStreamDestroy = (delegate* unmanaged<nint, int>)exports["cuStreamDestroy_v2"];

    public readonly delegate* unmanaged<nint*, uint, int> cuEventCreate = (delegate* unmanaged<nint*, uint, int>)exports["cuEventCreate"];
    public readonly delegate* unmanaged<nint, nint, int> cuEventRecord = (delegate* unmanaged<nint, nint, int>)exports["cuEventRecord"];
    public readonly delegate* unmanaged<nint, int> cuEventQuery = (delegate* unmanaged<nint, int>)exports["cuEventQuery"];
    public readonly delegate* unmanaged<nint, int> cuEventSynchronize = (delegate* unmanaged<nint, int>)exports["cuEventSynchronize"];
    public readonly delegate* unmanaged<nint, int> cuEventDestroy = (delegate* unmanaged<nint, int>)exports["cuEventDestroy_v2"];

    public readonly delegate* unmanaged<nint, int, int> cuStreamBeginCapture = (delegate* unmanaged<nint, int, int>)exports["cuStreamBeginCapture_v2"];
    public readonly delegate* unmanaged<nint, nint*, int> cuStreamEndCapture = (delegate* unmanaged<nint, nint*, int>)exports["cuStreamEndCapture"];
    public readonly delegate* unmanaged<nint*, nint, ulong, int> cuGraphInstantiateWithFlags = (delegate* unmanaged<nint*, nint, ulong, int>)exports["cuGraphInstantiateWithFlags"];
    public readonly delegate* unmanaged<nint, nint, int> cuGraphUpload = (delegate* unmanaged<nint, nint, int>)exports["cuGraphUpload"];
    public readonly delegate* unmanaged<nint, nint, int> cuGraphLaunch = (delegate* unmanaged<nint, nint, int>)exports["cuGraphLaunch"];
    public readonly delegate* unmanaged<nint, int> cuGraphExecDestroy = (delegate* unmanaged<nint, int>)exports["cuGraphExecDestroy"];
    public readonly delegate* unmanaged<nint, int> cuGraphDestroy = (delegate* unmanaged<nint, int>)exports["cuGraphDestroy"];

    /// <summary>The names that were not found.</summary>
    public IReadOnlyList<string> Missing { get; } = exports.Missing;
}

/// <summary>Finds entry points by name, and remembers which are missing.</summary>
/// <param name="find">The address, or 0.</param>
internal sealed class CudaExports(Func<string, nint> find)
{
    private readonly List<string> missing = [];

    public IReadOnlyList<string> Missing => missing;

    public nint this[string name]
    {
        get
        {
            nint address = find(name);
            if (address == 0) missing.Add(name);
            return address;
        }
    }
}
