namespace DlGen.Tests.Programs;

/// <summary>Networks written as a user writes Forward: one for each way in which values can flow. {P} stands for the precision.</summary>
internal static partial class ForwardModels
{
    /// <summary>By the class's name; each group has a file of its own.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new[]
    {
        Dense,
        Outputs,
    }.SelectMany(group => group).ToDictionary();

    public static string Source(string name, bool float64)
        => $"namespace {(float64 ? "Float64" : "Float32")}\n{{\n{All[name].Replace("{P}", float64 ? "(Precision = Precision.Float64)" : "", StringComparison.Ordinal)}\n}}\n";
}
