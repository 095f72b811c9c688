namespace DlGen;

/// <summary>Memory of a GPU, or pinned memory of the host for it, that could not be had.</summary>
public sealed class CudaOutOfMemoryException : DlGenException
{
    internal CudaOutOfMemoryException(string message, long? requested, long? free, long? total)
        : base(message)
    {
        Requested = requested;
        Free = free;
        Total = total;
    }

    /// <summary>How many bytes were asked for; null where the driver needed them for itself, as for a module, and does not say.</summary>
    public long? Requested { get; }

    /// <summary>How many bytes the GPU had left, in pieces; null where memory of the host was asked for, or the driver does not say.</summary>
    public long? Free { get; }

    /// <summary>How many bytes the GPU has; null where memory of the host was asked for.</summary>
    public long? Total { get; }
}
