using System.Globalization;
using System.Runtime.Intrinsics;
using System.Text.RegularExpressions;

namespace DlGen.Tests.Compiling;

/// <summary>
/// Takes from generated code what this process and children with the same instruction sets never call: a kernel stands there once for each width of vectors, and which of
/// them runs is known here. Compiling the others is most of the time of tests that take no instruction sets away.
/// </summary>
internal static partial class ThisMachine
{
    private static readonly int Widest = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;

    /// <summary>The text of a generated file with methods that throw in place of those for other widths.</summary>
    public static string Of(string generated)
    {
        static string Kernel(Match method) => method.Groups["kernel"].Value;
        static int Bits(Match method) => int.Parse(method.Groups["bits"].Value, CultureInfo.InvariantCulture);
        var run = MethodForWidth().Matches(generated).Where(method => Bits(method) <= Widest).GroupBy(Kernel).ToDictionary(kernel => kernel.Key, kernel => kernel.Max(Bits));
        return MethodForWidth().Replace(generated, method => run.TryGetValue(Kernel(method), out int bits) && bits == Bits(method) ? method.Value : method.Groups["head"].Value + " => throw new InvalidOperationException(\"compiled for vectors of other machines\");");
    }

    [GeneratedRegex(@"^(?<head>(?<indent> +)(internal|private) static [^\n]*? (?<kernel>\w+?)_(?<bits>512|256|128)(_\w+)?\([^\n]*\))\n\k<indent>\{\n.*?^\k<indent>\}$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.ExplicitCapture)]
    private static partial Regex MethodForWidth();
}
