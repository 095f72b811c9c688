namespace DlGen;

/// <summary>A GPU that the driver shows to this process.</summary>
/// <param name="Device">Its number, from 0.</param>
/// <param name="Name">The name of the chip.</param>
/// <param name="ComputeCapability">What the chip can do, as NVIDIA counts it: 7.0, 8.0, 9.0.</param>
/// <param name="Memory">All of its memory, in bytes.</param>
/// <param name="Multiprocessors">How many multiprocessors it has.</param>
/// <param name="SharedBytesPerBlock">The most shared memory that a block of threads may have, in bytes.</param>
/// <param name="WhyUnusable">Why no model can run on it, in a sentence; null if one can.</param>
public sealed record CudaDeviceInfo(int Device, string Name, Version ComputeCapability, long Memory, int Multiprocessors, int SharedBytesPerBlock, string? WhyUnusable)
{
    /// <summary>Its number and name, as errors have them.</summary>
    internal string Title => $"device {Device} ({Name})";
}
