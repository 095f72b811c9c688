namespace DlGen.Gpu.Checks;

/// <summary>What a check needs.</summary>
internal enum CheckSize
{
    /// <summary>Little enough for an emulated device.</summary>
    Small,

    /// <summary>The networks that are timed.</summary>
    Large,

    /// <summary>Buffers beyond 2 GiB: so much memory on the device, and several times as much on the host.</summary>
    Tall,
}

/// <summary>Something that a device must do as the processor does it.</summary>
/// <param name="Name">What it is, for the table.</param>
/// <param name="Size">What it needs.</param>
/// <param name="Bound">The largest error that is none: see <see cref="Findings"/>.</param>
/// <param name="Run">Does it on both, and tells what differs.</param>
internal sealed record Check(string Name, CheckSize Size, double Bound, Action<Findings> Run);
