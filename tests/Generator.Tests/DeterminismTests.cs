using System.Globalization;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>The same sources give the same text on every machine.</summary>
public class DeterminismTests
{
    private const string First = """
        using DlGen;
        namespace Demo;
        [Model, Input(8), Normalize(0.5, 0.25), Linear(4), LeakyRelu(0.015), Linear(2), SoftmaxCrossEntropy(LabelSmoothing = 0.1)]
        public partial class Irmak;
        """;

    private const string Second = """
        using DlGen;
        namespace Demo;
        [Model]
        public partial class Lumi { private static Tensor Forward([Input(8)] Tensor input) => Inner(input - 1.5); private static Tensor Inner(Tensor x) => x.Linear(2, init: Initializer.Normal(0.02)); }
        """;

    [Theory]
    [InlineData("fi-FI")]
    [InlineData("tr-TR")]
    [InlineData("ar-SA")]
    public void In_every_culture(string culture)
    {
        string expected = TestCompilation.GeneratedText(TestCompilation.Compile(First, Second));
        Assert.Contains("irmak", expected, StringComparison.OrdinalIgnoreCase);
        var before = CultureInfo.CurrentCulture;
        try
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = Peculiar(culture);
            Assert.Equal(expected, TestCompilation.GeneratedText(TestCompilation.Compile(First, Second)));
        }
        finally
        {
            CultureInfo.CurrentCulture = CultureInfo.CurrentUICulture = before;
        }
    }

    [Fact]
    public void In_every_order_of_files_and_with_every_line_ending()
    {
        string expected = TestCompilation.GeneratedText(TestCompilation.Compile(First, Second));
        Assert.Equal(expected, TestCompilation.GeneratedText(TestCompilation.Compile(Second, First)));
        Assert.Equal(expected, TestCompilation.GeneratedText(TestCompilation.Compile(First.ReplaceLineEndings("\r\n"), Second.ReplaceLineEndings("\r\n"))));
    }

    [Fact]
    public void Names_that_differ_only_in_case_get_files_of_their_own()
    {
        var (_, run) = TestCompilation.Generate(TestCompilation.Compile("using DlGen; [Model, Input(2), Linear(1)] public partial class Net; [Model, Input(2), Linear(1)] public partial class NET; public partial class Outer<T> { [Model, Input(2), Linear(1)] public partial class Net; }"));
        Assert.Equal(["NET.g.cs", "Net.2.g.cs", "Outer[T].Net.g.cs"], run.Results.Single().GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_second_Model_attribute_is_the_compilers_error_alone()
    {
        var (after, run) = TestCompilation.Generate(TestCompilation.Compile("using DlGen; [Model, Input(2), Linear(1)] public partial class Net; [Model] public partial class Net;"));
        Assert.Null(run.Results.Single().Exception);
        Assert.Equal(["CS0579"], after.GetDiagnostics().Where(d => d.Severity == Microsoft.CodeAnalysis.DiagnosticSeverity.Error).Select(d => d.Id));
    }

    /// <summary>The tests run without culture data, so what makes these cultures dangerous is set by hand: signs and separators of numbers.</summary>
    private static CultureInfo Peculiar(string name)
    {
        var culture = (CultureInfo)CultureInfo.GetCultureInfo(name).Clone();
        culture.NumberFormat = new NumberFormatInfo { NegativeSign = "\u2212", NumberDecimalSeparator = ",", NumberGroupSeparator = "\u00a0", PositiveSign = "\u061c+" };
        return culture;
    }
}
