using System.Globalization;

namespace DlGen.Tests;

/// <summary>How two computations of one tensor are compared: by the tensor's own scale, never element by element.</summary>
internal static class Comparison
{
    /// <summary>A gradient smaller than this proves nothing: two implementations may agree on noise.</summary>
    public const double Vanishing = 1e-6;

    /// <summary>For Float64: what remains is rounding and the order of additions.</summary>
    public const double Float64 = 1e-10;

    /// <summary>Float32 rounds each of K additions; their errors grow like a random walk. 24 bits, and a few operations around the sum.</summary>
    public static double Float32(int largestSum) => 2e-6 * Math.Sqrt(Math.Max(largestSum, 16));

    /// <summary>The largest difference as a part of the expected tensor's largest element.</summary>
    public static double RelativeError(ReadOnlySpan<double> expected, ReadOnlySpan<double> actual)
    {
        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Length; i++)
        {
            if (!double.IsFinite(actual[i])) return double.PositiveInfinity;
            largest = Math.Max(largest, Math.Abs(expected[i]));
            difference = Math.Max(difference, Math.Abs(expected[i] - actual[i]));
        }
        return difference == 0 ? 0 : difference / largest;
    }

    public static void Close(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.True(expected.Length == actual.Length, $"{what}: {expected.Length} values expected, {actual.Length} given");
        double error = RelativeError(expected, actual);
        if (error <= tolerance) return;
        Assert.Fail(string.Create(CultureInfo.InvariantCulture, $"{what}: off by {error:g3} of the largest element, allowed {tolerance:g3}; {First(expected, actual, tolerance)}"));
    }

    /// <summary>Tensors by name: the same names, and each close.</summary>
    public static void Close(string what, IReadOnlyDictionary<string, double[]> expected, IReadOnlyDictionary<string, double[]> actual, double tolerance)
    {
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var (name, values) in expected) Close(name.Length == 0 ? what : what + " " + name, values, actual[name], tolerance);
    }

    /// <summary>As <see cref="Close(string, double[], double[], double)"/>, and the expected gradient must be large enough to mean something.</summary>
    public static void CloseGradient(string what, double[] expected, double[] actual, double tolerance)
    {
        Assert.True(expected.Max(Math.Abs) > Vanishing, $"{what}: the expected gradient vanishes, so the comparison proves nothing");
        Close(what, expected, actual, tolerance);
    }

    private static string First(double[] expected, double[] actual, double tolerance)
    {
        double largest = expected.Max(Math.Abs);
        int at = Enumerable.Range(0, expected.Length).First(i => !(Math.Abs(expected[i] - actual[i]) <= tolerance * largest));
        return string.Create(CultureInfo.InvariantCulture, $"element {at}: expected {expected[at]:r}, got {actual[at]:r}");
    }
}
