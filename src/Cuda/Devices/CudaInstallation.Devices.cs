using System.Text;

namespace DlGen.Devices;

internal sealed unsafe partial class CudaInstallation
{
    // CUdevice_attribute
    private const int MultiprocessorCount = 16;
    private const int ComputeCapabilityMajor = 75;
    private const int ComputeCapabilityMinor = 76;
    private const int MaxSharedMemoryPerBlockOptIn = 97;
    private const int MemoryPoolsSupported = 115;

    /// <summary>The devices in the driver's order; none where it did not start.</summary>
    public IReadOnlyList<CudaDeviceInfo> Devices()
    {
        int count = 0;
        if (why is not null || driver!.cuDeviceGetCount(&count) != 0) return [];
        return [.. Enumerable.Range(0, count).Select(number => InfoOf(driver, number))];
    }

    private static CudaDeviceInfo InfoOf(CudaDriver driver, int number)
    {
        const int longestName = 256;
        byte* name = stackalloc byte[longestName];
        name[0] = 0;
        int device = 0;
        nuint memory = 0;
        int failed = driver.cuDeviceGet(&device, number);
        if (failed == 0) failed = driver.cuDeviceGetName(name, longestName, device);
        if (failed == 0) failed = driver.cuDeviceTotalMem(&memory, device);
        var info = new CudaDeviceInfo(
            number, Encoding.UTF8.GetString(name, new ReadOnlySpan<byte>(name, longestName).IndexOf((byte)0)),
            new(Attribute(driver, device, ComputeCapabilityMajor, ref failed), Attribute(driver, device, ComputeCapabilityMinor, ref failed)),
            (long)memory, Attribute(driver, device, MultiprocessorCount, ref failed), Attribute(driver, device, MaxSharedMemoryPerBlockOptIn, ref failed), WhyUnusable: null);
        bool pools = Attribute(driver, device, MemoryPoolsSupported, ref failed) != 0;
        return info with { WhyUnusable = failed != 0 ? $"CUDA {info.Title} does not answer: {CudaError.Describe(driver, failed)}." : WhyUnusable(info, pools) };
    }

    private static int Attribute(CudaDriver driver, int device, int attribute, ref int failed)
    {
        int value = 0;
        if (failed == 0) failed = driver.cuDeviceGetAttribute(&value, attribute, device);
        return value;
    }

    private static string? WhyUnusable(CudaDeviceInfo info, bool pools)
    {
        if ((info.ComputeCapability.Major * 10) + info.ComputeCapability.Minor < OldestCapability)
            return $"CUDA {info.Title} is too old: its compute capability is {info.ComputeCapability}, and {OldestCapability / 10}.{OldestCapability % 10} is needed (Volta, of 2017, or newer).";
        return pools ? null : $"CUDA {info.Title} has no pools of memory, as virtual GPUs without unified memory; give this process a whole one.";
    }
}
