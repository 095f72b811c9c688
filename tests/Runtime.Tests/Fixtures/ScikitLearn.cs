using System.Runtime.CompilerServices;
using System.Text.Json;

namespace DlGen.Tests;

/// <summary>What make_metrics.py wrote: cases of scikit-learn, read where they stand in the sources.</summary>
internal static class ScikitLearn
{
    public static JsonElement[] Cases(string file, string section)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Folder(), file)));
        JsonElement[] cases = [.. document.RootElement.GetProperty(section).EnumerateArray().Select(element => element.Clone())];
        Assert.NotEmpty(cases);
        return cases;
    }

    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static int Int(this JsonElement element, string name) => element.GetProperty(name).GetInt32();

    public static int[] Ints(this JsonElement element, string name) => [.. element.GetProperty(name).EnumerateArray().Select(value => value.GetInt32())];

    public static double[] Doubles(this JsonElement element, string name) => element.GetProperty(name).Doubles();

    public static double[] Doubles(this JsonElement array) => [.. array.EnumerateArray().Select(value => value.GetDouble())];

    /// <summary>NaN where scikit-learn says that the score is not defined.</summary>
    public static double Score(this JsonElement element, string name)
    {
        JsonElement value = element.GetProperty(name);
        return value.ValueKind == JsonValueKind.Null ? double.NaN : value.GetDouble();
    }

    /// <summary>Equal to 1e-12, and where one is NaN the other too.</summary>
    public static void Same(double expected, double actual, string what) =>
        Assert.True(
            double.IsNaN(expected) ? double.IsNaN(actual) : Math.Abs(expected - actual) <= 1e-12,
            FormattableString.Invariant($"{what}: {actual:R}, but scikit-learn says {expected:R}"));

    private static string Folder([CallerFilePath] string thisFile = "") => Path.GetDirectoryName(thisFile)!;
}
