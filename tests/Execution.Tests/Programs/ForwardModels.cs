using DlGen.Tests.Compiling;

namespace DlGen.Tests.Programs;

/// <summary>Networks written as a user writes Forward: one for each way in which values can flow. {P} stands for the precision.</summary>
internal static partial class ForwardModels
{
    private static readonly Dictionary<string, string> Every = new[]
    {
        Dense,
        Attention,
        Embeddings,
        Vision,
        Recurrent,
        EncoderDecoders,
        Outputs,
        Families,
        Bytes,
        new() { ["AllStructures"] = $"[Model{{P}}]\npublic partial class AllStructures\n{{\n{AllStructures.Body}\n}}" },
    }.SelectMany(group => group).ToDictionary();

    /// <summary>By the class's name; each group has a file of its own.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = Every.Where(model => ChosenModels.Include(model.Key)).ToDictionary();

    public static IEnumerable<string> DenseNames => Dense.Keys;

    public static string Source(string name, bool float64)
        => $"namespace {(float64 ? "Float64" : "Float32")}\n{{\n{Every[name].Replace("{P}", float64 ? "(Precision = Precision.Float64)" : "", StringComparison.Ordinal)}\n}}\n";
}
