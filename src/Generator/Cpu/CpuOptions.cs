namespace DlGen.Cpu;

/// <summary>How kernels are printed for the processor.</summary>
/// <param name="Float64">Whether elements are doubles.</param>
/// <param name="Plain">Nested scalar loops only: what every template is tested against.</param>
internal sealed record CpuOptions(bool Float64, bool Plain)
{
    /// <summary>How contractions are cut.</summary>
    public CpuSchedule Schedule { get; init; } = CpuSchedule.Default;

    public string Element => Float64 ? "double" : "float";
}
