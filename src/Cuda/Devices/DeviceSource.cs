namespace DlGen.Devices;

/// <summary>Where models get their devices: from the driver, unless a test puts another source here.</summary>
internal static class DeviceSource
{
    private static readonly AsyncLocal<Func<Device>?> Other = new();

    /// <summary>In this flow of control, in place of the driver; null for the driver.</summary>
    public static Func<Device>? Override
    {
        get => Other.Value;
        set => Other.Value = value;
    }

    public static Device Open(CudaOptions options) => Override?.Invoke() ?? CudaInstallation.Here.Open(options);
}
