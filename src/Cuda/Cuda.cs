using DlGen.Devices;

namespace DlGen;

/// <summary>Whether models can run on NVIDIA GPUs here. Nothing but NVIDIA's driver is needed, and asking never throws.</summary>
public static class Cuda
{
    /// <summary>The GPUs that the driver shows to this process, those included that no model can run on; empty where there is no driver.</summary>
    public static IReadOnlyList<CudaDeviceInfo> Devices => CudaInstallation.Here.Devices();

    /// <summary>What is missing and what to do about it, in a sentence; null if a model can run on at least one of the <see cref="Devices"/>.</summary>
    public static string? WhyUnavailable() => CudaInstallation.Here.WhyUnavailable();
}
