using System.Runtime.InteropServices;

namespace DlGen.Devices;

/// <summary>NVIDIA's driver as it is found on a machine: with the devices that it shows, or with what is missing. Asking never throws.</summary>
internal sealed unsafe partial class CudaInstallation
{
    /// <summary>The oldest driver, in the driver's own counting: CUDA 11.4 has the youngest entry that is used, cuGraphInstantiateWithFlags. (Pools of memory are from 11.2, PTX 7.0 from 11.0.)</summary>
    public const int OldestVersion = 11_04_0;

    /// <summary>The oldest chip, times ten: the PTX is for sm_70 or newer.</summary>
    public const int OldestCapability = 70;

    private const string Upgrade = "install NVIDIA's driver 470 or newer";

    private static readonly string[] Names = OperatingSystem.IsWindows()
        ? ["nvcuda.dll"]
        : ["libcuda.so.1", "libcuda.so", "/usr/lib/wsl/lib/libcuda.so.1"];

    private static readonly Lazy<CudaInstallation> Found = new(() => Find(Environment.GetEnvironmentVariable("DLGEN_LIBCUDA")));

    private readonly CudaDriver? driver;
    private readonly string? why;

    /// <summary>A driver behind a table of entries, which is started if it can be.</summary>
    /// <param name="library">Its name, for errors.</param>
    /// <param name="exports">Its entries.</param>
    public CudaInstallation(string library, CudaExports exports)
    {
        driver = new(exports);
        why = WhyNotStarted(driver, library);
    }

    private CudaInstallation(string why) => this.why = why;

    /// <summary>What this process sees. Loaded once, and never unloaded: a driver does not outlive that.</summary>
    public static CudaInstallation Here => Found.Value;

    /// <summary>Loads the driver.</summary>
    /// <param name="path">The path of its library; null or empty: where systems have it.</param>
    public static CudaInstallation Find(string? path)
    {
        string[] names = string.IsNullOrEmpty(path) ? Names : [path];
        foreach (string name in names)
        {
            if (!NativeLibrary.TryLoad(name, out nint library)) continue;
            return new(name, new(entry => NativeLibrary.TryGetExport(library, entry, out nint address) ? address : 0));
        }

        return new(string.IsNullOrEmpty(path)
            ? $"There is no CUDA driver: {string.Join(" or ", names)} can't be loaded; {Upgrade}, or set DLGEN_LIBCUDA to the path of its library."
            : $"DLGEN_LIBCUDA is {path}, which can't be loaded; set it to the path of the CUDA driver's library, or to nothing for the one that is installed.");
    }

    /// <summary>The newest CUDA that the driver is for, as 12.4; null where there is no driver or it does not say.</summary>
    public string? Version
    {
        get
        {
            int version;
            return why is null && driver!.cuDriverGetVersion(&version) == 0 ? Text(version) : null;
        }
    }

    /// <summary>Why no model can run on a GPU, in a sentence; null if one can.</summary>
    public string? WhyUnavailable()
    {
        if (why is not null) return why;
        var devices = Devices();
        if (devices.Any(device => device.WhyUnusable is null)) return null;
        return devices.Count == 0 ? NoDevice : string.Join(" ", devices.Select(device => device.WhyUnusable));
    }

    /// <summary>A device, to run on.</summary>
    /// <exception cref="CudaUnavailableException">There is none, not this one, or it can't be used.</exception>
    public CudaDevice Open(CudaOptions options)
    {
        if (why is not null) throw new CudaUnavailableException(why);
        var devices = Devices();
        int number = options.Handles?.Device ?? options.Device;
        if (devices.Count == 0) throw new CudaUnavailableException(NoDevice);
        if (number < 0 || number >= devices.Count)
        {
            string range = devices.Count == 1 ? "one device, 0" : $"{devices.Count} devices, 0 to {devices.Count - 1}";
            throw new CudaUnavailableException($"There is no CUDA device {number}: this process sees {range}; CUDA_VISIBLE_DEVICES may hide others.");
        }

        if (devices[number].WhyUnusable is { } reason) throw new CudaUnavailableException(reason);
        return new(driver!, devices[number], options.Handles);
    }

    private const string NoDevice = "The CUDA driver shows no device; see whether nvidia-smi lists one, whether CUDA_VISIBLE_DEVICES hides it, and in a container whether it was given one.";

    private static string? WhyNotStarted(CudaDriver driver, string library)
    {
        if (driver.Missing.Contains("cuInit") || driver.Missing.Contains("cuDriverGetVersion"))
            return $"{library} is not the CUDA driver: it has no cuInit and cuDriverGetVersion; set DLGEN_LIBCUDA to the path of the driver's library, or to nothing for the one that is installed.";

        int version;
        int result = driver.cuDriverGetVersion(&version);
        if (result == 0 && version < OldestVersion) return $"The CUDA driver is too old: it is for CUDA {Text(version)}, and {Text(OldestVersion)} is needed; {Upgrade}.";
        if (driver.Missing.Count > 0) return $"{library} lacks {string.Join(", ", driver.Missing)} of the CUDA driver {Text(OldestVersion)}; {Upgrade}.";
        if (result == 0) result = driver.cuInit(0);
        return result switch
        {
            0 => null,
            CudaError.NoDevice => NoDevice,
            CudaError.StubLibrary => $"{library} is the stub that comes with NVIDIA's toolkit for linking, not the driver; {Upgrade}, and let it be found before the stub.",
            CudaError.SystemDriverMismatch => "The CUDA driver's library and its kernel module are of different versions; restart the machine after the driver's update.",
            _ => $"The CUDA driver does not start: {CudaError.Describe(driver, result)}; see whether nvidia-smi runs.",
        };
    }

    /// <summary>12040 is 12.4.</summary>
    private static string Text(int version) => $"{version / 1000}.{version % 1000 / 10}";
}
