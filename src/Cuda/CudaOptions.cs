namespace DlGen;

/// <summary>Where a model runs.</summary>
public sealed record CudaOptions
{
    /// <summary>The number of the device among <see cref="Cuda.Devices"/>, from 0. Where <see cref="Handles"/> is given, its device is taken.</summary>
    public int Device { get; init; }

    /// <summary>A context and stream of yours to run on; you keep them until the model has left the device, and end them. Null: the primary context of the device, which every library over
    /// CUDA's runtime shares, and a stream of the model's own.</summary>
    public CudaHandles? Handles { get; init; }
}
