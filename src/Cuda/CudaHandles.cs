namespace DlGen;

/// <summary>
/// A context and a stream of the CUDA driver, as numbers, so that any library over the driver can share them. Work of several libraries on one stream runs in the order of the calls, and
/// addresses of one are valid for the other.
/// </summary>
/// <param name="Context">The <c>CUcontext</c>.</param>
/// <param name="Stream">The <c>CUstream</c>. Given to run on, 0 stands for a new stream of that context; the legacy stream and the stream of each thread (1 and 2) are refused, for the one
/// can't be captured and the other changes with the thread.</param>
/// <param name="Device">The number of the device that the context is of, from 0.</param>
public readonly record struct CudaHandles(nint Context, nint Stream, int Device);
