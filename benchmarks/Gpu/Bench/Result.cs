namespace DlGen.Gpu.Bench;

/// <summary>How much a workload does, to be divided by its time.</summary>
internal enum Unit
{
    /// <summary>Nothing but the time is of interest.</summary>
    None,

    /// <summary>Bytes that go over the memory's bus.</summary>
    Bytes,

    /// <summary>Multiplications and additions.</summary>
    Operations,
}

/// <summary>What was timed.</summary>
/// <param name="Workload">Its name, the same here and in peer.py.</param>
/// <param name="Amount">How much it does.</param>
/// <param name="Unit">Of what.</param>
/// <param name="Time">How long it takes.</param>
internal sealed record Result(string Workload, double Amount, Unit Unit, Spread Time)
{
    /// <summary>How much it does in a second, in words; empty where nothing but the time is of interest.</summary>
    public string Rate(double seconds) => Unit switch
    {
        Unit.Bytes => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Amount / seconds / 1e9:F0} GB/s"),
        Unit.Operations => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{Amount / seconds / 1e12:F2} TFLOP/s"),
        _ => "",
    };
}
