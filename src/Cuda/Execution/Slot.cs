using DlGen.Devices;

namespace DlGen.Execution;

/// <summary>A batch on its way: its block, what comes back of it, and the event behind it.</summary>
internal sealed class Slot : IDisposable
{
    /// <summary>The sum of the losses in double, then whether a loss was not finite, in 4 bytes.</summary>
    public const int ResultBytes = 16;

    private readonly Device device;

    public Slot(Device device)
    {
        this.device = device;
        Block = new PinnedBlock(device);
        Results = new PinnedBlock(device);
        Done = device.CreateEvent();
    }

    public PinnedBlock Block { get; }

    /// <summary>The result, then the outputs.</summary>
    public PinnedBlock Results { get; }

    /// <summary>Recorded when its results are there.</summary>
    public nint Done { get; }

    public BatchLayout? Layout { get; set; }

    public int Rows { get; set; }

    public double Divisor { get; set; }

    /// <summary>The number of the step, for its random numbers.</summary>
    public long Step { get; set; }

    /// <summary>The largest norm of its gradients, 0 for none.</summary>
    public double ClipNorm { get; set; }

    /// <summary>The number of the first part of its batch.</summary>
    public long BatchStep { get; set; }

    /// <summary>Whether running statistics were kept before its batch.</summary>
    public bool HasKeptStates { get; set; }

    /// <summary>Whether numbers are looked at when they are handed over: a network can hide a NaN from its loss, and update by it.</summary>
    public bool LooksAtNumbers { get; set; }

    /// <summary>Whether one of them is not finite.</summary>
    public bool HoldsNonFinite { get; set; }

    /// <summary>Whether a step is queued whose loss nobody has looked at.</summary>
    public bool IsPending { get; set; }

    /// <summary>Whether that step updates the parameters.</summary>
    public bool Updates { get; set; }

    public double Loss => Results.Values<double>(0, 1)[0];

    public bool HasFailed => Results.Values<int>(sizeof(double), 1)[0] != 0;

    public void Dispose()
    {
        Block.Dispose();
        Results.Dispose();
        device.FreeEvent(Done);
    }
}
