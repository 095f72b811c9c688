using System.Globalization;

namespace DlGen.Tests.Numerics;

/// <summary>The largest error of a function over many arguments, in units in the last place of the exact result.</summary>
internal sealed class Accuracy
{
    public double Worst { get; private set; }

    public string At { get; private set; } = "";

    public void Compare(float argument, float actual, double exact)
    {
        if (!float.IsFinite((float)exact) || !float.IsFinite(actual) || exact == 0)
        {
            CompareExactly(argument, actual, (float)exact, exact);
            return;
        }

        double ulp = Math.ScaleB(1, Math.Max(Math.ILogB(exact), -126) - 23);
        Note(Math.Abs(actual - exact) / ulp, argument, actual, exact);
    }

    public void Compare(double argument, double actual, Reference exact)
    {
        double rounded = Math.ScaleB(exact.Value.High, exact.Exponent);
        if (!double.IsFinite(rounded) || !double.IsFinite(actual) || exact.Value.High == 0)
        {
            CompareExactly(argument, actual, rounded, rounded);
            return;
        }

        int ulp = Math.Max(Math.ILogB(exact.Value.High), -1022 - exact.Exponent) - 52;
        DoubleDouble error = Math.ScaleB(Math.ScaleB(actual, -exact.Exponent / 2), exact.Exponent / 2 - exact.Exponent) - exact.Value;
        Note(Math.Abs(Math.ScaleB(error.High, -ulp)), argument, actual, rounded);
    }

    public void AssertAtMost(double bound) =>
        Assert.True(Worst <= bound, string.Create(CultureInfo.InvariantCulture, $"{Worst:F3} ULP, stated {bound}: {At}"));

    private void CompareExactly(double argument, double actual, double expected, double exact)
    {
        bool equal = double.IsNaN(expected) ? double.IsNaN(actual) : actual == expected && double.IsNegative(actual) == double.IsNegative(expected);

        // The largest finite number where infinity is exact, or the reverse, is an error of one ULP or less if the exact value lies that close.
        if (!equal) Note(double.PositiveInfinity, argument, actual, exact);
    }

    private void Note(double error, double argument, double actual, double exact)
    {
        if (error <= Worst) return;
        Worst = error;
        At = string.Create(CultureInfo.InvariantCulture, $"f({argument:R}) = {actual:R}, exactly {exact:R}");
    }
}
