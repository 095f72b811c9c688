namespace DlGen.Tests.Compiling;

/// <summary>
/// Both precisions of a model are printed by the same templates from the same graph: where a test is of one or the other, a run takes every other model in
/// Float64 and the rest in Float32, and all in both where the environment variable DLGEN_PRECISIONS is "all".
/// </summary>
internal static class Precisions
{
    public static bool All { get; } = Environment.GetEnvironmentVariable("DLGEN_PRECISIONS") == "all";

    /// <summary>The full names of the models in the precisions that they are tested in.</summary>
    public static IEnumerable<string> Sample(IEnumerable<string> models)
        => models.SelectMany((name, i) => new[] { "Float64." + name, "Float32." + name }.Where((_, precision) => All || precision == i % 2));
}
