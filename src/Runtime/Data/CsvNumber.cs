using System.Globalization;
using System.Numerics;

namespace DlGen;

/// <summary>Numbers in fields of CSV text, in the invariant culture.</summary>
internal static class CsvNumber
{
    /// <summary>Reads a number of the model's type.</summary>
    /// <returns>Null, or what the field should have been.</returns>
    public static string? Read<T>(ReadOnlySpan<char> field, out T value)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (!T.TryParse(field, NumberStyles.Float, CultureInfo.InvariantCulture, out value))
            return "a number";
        return T.IsInfinity(value) && field.ContainsAnyInRange('0', '9')
            ? typeof(T) == typeof(float) ? "a number that a float can hold" : "a number that a double can hold"
            : null;
    }

    /// <summary>Reads a label or an id.</summary>
    /// <returns>Null, or what the field should have been.</returns>
    public static string? Read(ReadOnlySpan<char> field, out int value) =>
        int.TryParse(field, NumberStyles.Integer, CultureInfo.InvariantCulture, out value) ? null : "a 32-bit whole number";
}

/// <summary>The names of columns.</summary>
internal static class CsvHeader
{
    /// <exception cref="FormatException">A name stands twice.</exception>
    public static void CheckNames(string[] names)
    {
        string? twice = names.GroupBy(name => name, StringComparer.Ordinal).FirstOrDefault(group => group.Count() > 1)?.Key;
        if (twice is not null)
            throw new FormatException($"The header names '{twice}' twice.");
    }

    /// <exception cref="ArgumentException">There is no such column.</exception>
    public static int PositionOf(string[]? names, string name)
    {
        if (names is null)
            throw new ArgumentException($"There is no column '{name}': the table was read without a header.", nameof(name));
        int position = Array.IndexOf(names, name);
        return position >= 0 ? position : throw new ArgumentException($"There is no column '{name}'. The header has {string.Join(", ", names)}.", nameof(name));
    }
}
