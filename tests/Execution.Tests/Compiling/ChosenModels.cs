namespace DlGen.Tests.Compiling;

/// <summary>
/// While one works on a structure: the environment variable DLGEN_MODELS holds parts of models' names, with commas between them; the other models are
/// then neither compiled nor tested. Compiling them all is most of the time that a single test takes.
/// </summary>
internal static class ChosenModels
{
    private static readonly string[] Parts = (Environment.GetEnvironmentVariable("DLGEN_MODELS") ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries);

    public static bool Include(string name) => Parts.Length == 0 || Parts.Any(part => name.Contains(part, StringComparison.Ordinal));
}
