namespace DlGen.Devices;

/// <summary>Where models get their devices: from the driver, unless a test puts another source here.</summary>
internal static class DeviceSource
{
    private static readonly AsyncLocal<Func<int, Device>?> Other = new();

    /// <summary>In this flow of control, in place of the driver; null for the driver.</summary>
    public static Func<int, Device>? Override
    {
        get => Other.Value;
        set => Other.Value = value;
    }

    public static Device Open(int device) => Override?.Invoke(device) ?? CudaDevice.Open(device);
}
