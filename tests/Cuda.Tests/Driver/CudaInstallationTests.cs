using System.Runtime.InteropServices;
using DlGen.Devices;

namespace DlGen.Tests.Driver;

/// <summary>What is missing is told in a sentence that says what was found, what is needed and what to do, by the property and by the exception alike.</summary>
[Collection("driver")]
public class CudaInstallationTests
{
    [Fact]
    public void No_library()
        => MustBeUnavailable(CudaInstallation.Find("/nowhere/libcuda.so.1"),
            "DLGEN_LIBCUDA is /nowhere/libcuda.so.1, which can't be loaded; set it to the path of the CUDA driver's library, or to nothing for the one that is installed.");

    [Fact]
    public void A_file_that_is_no_library()
    {
        string file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "not a library");
            MustBeUnavailable(CudaInstallation.Find(file), $"DLGEN_LIBCUDA is {file}, which can't be loaded; *");
        }
        finally
        {
            File.Delete(file);
        }
    }

    /// <summary>The runtime's own compiler, a native library that every machine with .NET has.</summary>
    [Fact]
    public void A_library_that_is_not_the_driver()
    {
        string library = Directory.GetFiles(RuntimeEnvironment.GetRuntimeDirectory(), "*clrjit.*").First(f => !f.EndsWith(".dbg", StringComparison.Ordinal));
        MustBeUnavailable(CudaInstallation.Find(library), $"{library} is not the CUDA driver: it has no cuInit and cuDriverGetVersion; *");
    }

    [Fact]
    public void A_driver_that_is_too_old()
    {
        var driver = FakeDriver.Fresh();
        driver.Version = 11_02_0;
        driver.Lacking.Add("cuGraphInstantiateWithFlags");
        MustBeUnavailable(driver.Install(), "The CUDA driver is too old: it is for CUDA 11.2, and 11.4 is needed; install NVIDIA's driver 470 or newer.");
    }

    [Fact]
    public void A_driver_that_lacks_an_entry()
    {
        var driver = FakeDriver.Fresh();
        driver.Lacking.UnionWith(["cuGraphUpload", "cuMemAllocAsync"]);
        MustBeUnavailable(driver.Install(), "libfake.so lacks cuMemAllocAsync, cuGraphUpload of the CUDA driver 11.4; *");
    }

    [Theory]
    [InlineData(100, "The CUDA driver shows no device; see whether nvidia-smi lists one, *")]
    [InlineData(34, "libfake.so is the stub that comes with NVIDIA's toolkit for linking, not the driver; *")]
    [InlineData(803, "The CUDA driver's library and its kernel module are of different versions; restart *")]
    [InlineData(101, "The CUDA driver does not start: CUDA_ERROR_INVALID_DEVICE (101): invalid device ordinal; *")]
    [InlineData(9999, "The CUDA driver does not start: unknown (9999): this driver has no text for it; *")]
    public void A_driver_that_does_not_start(int result, string why)
    {
        var driver = FakeDriver.Fresh();
        driver.Failing.Add("cuInit", result);
        MustBeUnavailable(driver.Install(), why);
    }

    [Fact]
    public void A_driver_without_devices()
    {
        var driver = FakeDriver.Fresh();
        driver.Chips.Clear();
        MustBeUnavailable(driver.Install(), "The CUDA driver shows no device; *");
    }

    [Fact]
    public void Chips_that_no_model_can_run_on()
    {
        var driver = FakeDriver.Fresh();
        driver.Chips.Clear();
        driver.Chips.AddRange([new("Tesla P100", 6, 0), new("GRID V100", 7, 0, Pools: false)]);
        var installation = driver.Install();
        Assert.Equal(
            "CUDA device 0 (Tesla P100) is too old: its compute capability is 6.0, and 7.0 is needed (Volta, of 2017, or newer). "
            + "CUDA device 1 (GRID V100) has no pools of memory, as virtual GPUs without unified memory; give this process a whole one.",
            installation.WhyUnavailable());
        Assert.Equal(installation.Devices()[1].WhyUnusable, Assert.Throws<CudaUnavailableException>(() => installation.Open(new() { Device = 1 })).Message);
    }

    [Fact]
    public void One_device_that_can_be_used_is_enough()
    {
        var driver = FakeDriver.Fresh();
        driver.Chips.Insert(0, new("Tesla P100", 6, 0));
        var installation = driver.Install();
        Assert.Null(installation.WhyUnavailable());
        Assert.Equal(new CudaDeviceInfo(1, "NVIDIA H200", new(9, 0), 1L << 30, 132, 232_448, WhyUnusable: null), installation.Devices()[1]);
        using var device = installation.Open(new() { Device = 1 });
        Assert.Equal(
            ("NVIDIA H200", 90, 1L << 30, 132, 232_448),
            (device.Name, device.ComputeCapability, device.Memory, device.Multiprocessors, device.SharedBytesPerBlock));
    }

    [Fact]
    public void A_device_that_does_not_answer()
    {
        var driver = FakeDriver.Fresh();
        driver.Failing.Add("cuDeviceGetAttribute", 101);
        Assert.Equal("CUDA device 0 (NVIDIA H200) does not answer: CUDA_ERROR_INVALID_DEVICE (101): invalid device ordinal.", driver.Install().WhyUnavailable());
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void A_number_without_a_device(int number)
    {
        var installation = FakeDriver.Fresh().Install();
        string message = Assert.Throws<CudaUnavailableException>(() => installation.Open(new() { Device = number })).Message;
        Assert.Equal($"There is no CUDA device {number}: this process sees one device, 0; CUDA_VISIBLE_DEVICES may hide others.", message);
    }

    /// <summary>The fake exports exactly what is asked for, so every entry is tried by it; the names with a successor are the ones whose bare name has the signature of 32-bit days.</summary>
    [Fact]
    public void Entries_are_bound_by_their_newest_names()
    {
        var asked = new List<string>();
        _ = new CudaDriver(new(name =>
        {
            asked.Add(name);
            return 0;
        }));
        Assert.Equal(FakeDriver.Entries.Keys.Order(StringComparer.Ordinal), asked.Order(StringComparer.Ordinal));
        Assert.Equal(
            ["cuDevicePrimaryCtxRelease", "cuDeviceTotalMem", "cuEventDestroy", "cuMemGetInfo", "cuMemcpyDtoDAsync", "cuMemcpyDtoHAsync", "cuMemcpyHtoDAsync", "cuStreamBeginCapture", "cuStreamDestroy"],
            asked.Where(name => name.EndsWith("_v2", StringComparison.Ordinal)).Select(name => name[..^3]).Order(StringComparer.Ordinal));
    }

    /// <summary>With a driver or without one: what this machine has. DLGEN_LIBCUDA tries a driver that is not installed.</summary>
    [Fact]
    public void This_machine_is_told_without_an_exception()
    {
        string? why = Cuda.WhyUnavailable();
        Assert.Equal(why is null, Cuda.Devices.Any(device => device.WhyUnusable is null));
        if (why is not null) Assert.EndsWith(".", why, StringComparison.Ordinal);
    }

    private static void MustBeUnavailable(CudaInstallation installation, string why)
    {
        string told = installation.WhyUnavailable()!;
        if (why.EndsWith('*')) Assert.StartsWith(why[..^1], told, StringComparison.Ordinal);
        else Assert.Equal(why, told);
        Assert.Empty(installation.Devices());
        Assert.Equal(told, Assert.Throws<CudaUnavailableException>(() => installation.Open(new())).Message);
    }
}
