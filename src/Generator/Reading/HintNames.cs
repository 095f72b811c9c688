using System.Collections.Immutable;
using System.Globalization;
using DlGen.Graphs;

namespace DlGen.Reading;

/// <summary>
/// File names of the generated sources: the class's full name. The compiler compares them ignoring case, and refuses '&lt;': one clash would end
/// the whole generator, so names that differ only in case get a number, in ordinal order of the names.
/// </summary>
internal readonly record struct HintNames(EquatableArray<string> Sorted)
{
    public static HintNames Assign(ImmutableArray<string> names) => new(names.Distinct().OrderBy(n => n, StringComparer.Ordinal).ToEquatableArray());

    /// <summary>"Demo.Outer[T].LeNet5".</summary>
    public static string NameOf(Declaration declaration)
    {
        var parts = declaration.ContainingTypes.Select(t => t.Name.Replace('<', '[').Replace('>', ']')).Append(declaration.Name);
        return string.Join(".", declaration.Namespace.Length == 0 ? parts : parts.Prepend(declaration.Namespace)).Replace("@", "");
    }

    public string For(string name)
    {
        int before = Sorted.TakeWhile(n => !string.Equals(n, name, StringComparison.Ordinal)).Count(n => string.Equals(n, name, StringComparison.OrdinalIgnoreCase));
        return before == 0 ? name + ".g.cs" : name + "." + (before + 1).ToString(CultureInfo.InvariantCulture) + ".g.cs";
    }
}
