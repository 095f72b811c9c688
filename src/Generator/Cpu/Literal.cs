using System.Globalization;

namespace DlGen.Cpu;

/// <summary>Numbers as C# writes them: exact, in any culture and on any host of the compiler.</summary>
internal static class Literal
{
    public static string Of(int value) => value.ToString(CultureInfo.InvariantCulture);

    /// <summary>The double, or its nearest float: rounded once, here, and not again by whoever compiles the text.</summary>
    public static string Of(double value, bool float64) => float64 ? Double(value) : Single((float)value);

    /// <summary>Text in quotes; whatever is not plain ASCII is escaped.</summary>
    public static string Of(string text)
        => "\"" + string.Concat(text.Select(c => c is '"' or '\\' ? "\\" + c : c is >= ' ' and < '\x7f' ? c.ToString() : "\\u" + ((int)c).ToString("x4", CultureInfo.InvariantCulture))) + "\"";

    private static string Single(float value)
    {
        if (float.IsNaN(value)) return "float.NaN";
        if (float.IsInfinity(value)) return value > 0 ? "float.PositiveInfinity" : "float.NegativeInfinity";
        if (value == 0) return IsNegativeZero(value) ? "-0f" : "0f";
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        bool exact = float.Parse(shortest, CultureInfo.InvariantCulture) == value;
        return (exact ? shortest : value.ToString("G9", CultureInfo.InvariantCulture)) + "f";
    }

    private static string Double(double value)
    {
        if (double.IsNaN(value)) return "double.NaN";
        if (double.IsInfinity(value)) return value > 0 ? "double.PositiveInfinity" : "double.NegativeInfinity";
        if (value == 0) return IsNegativeZero(value) ? "-0.0" : "0.0";
        // The .NET Framework's "R" loses the last bit of some doubles, which Visual Studio hosts.
        string shortest = value.ToString("R", CultureInfo.InvariantCulture);
        bool exact = double.Parse(shortest, CultureInfo.InvariantCulture) == value;
        string text = exact ? shortest : value.ToString("G17", CultureInfo.InvariantCulture);
        return text.Any(c => c is '.' or 'E') ? text : text + ".0";
    }

    private static bool IsNegativeZero(double value) => BitConverter.DoubleToInt64Bits(value) < 0;
}
