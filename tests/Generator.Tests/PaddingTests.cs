using System.Text.RegularExpressions;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Where a value is padded, the kernel that computes it writes it into its border: what is copied is the user's image alone.</summary>
public partial class PaddingTests
{
    [Theory]
    [InlineData("x = x.Conv2d(16, kernel: 3, padding: 1).Relu().Conv2d(16, kernel: 5, padding: 2).MaxPool2d(2).Conv2d(4, kernel: 3, padding: 1);")]
    [InlineData("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = y + y.Conv2d(16, kernel: 3, padding: 1).Tanh().Conv2d(16, kernel: 3, padding: 1);")] // who adds y reads it within the border
    [InlineData("x = x.Conv2d(6, kernel: 1).Silu().ConvTranspose2d(4, kernel: 2, stride: 2).Conv2d(16, kernel: 3, padding: 1, dilation: 1);")] // gaps between the elements, too
    public void Nothing_is_copied_to_be_padded(string statements) => Assert.Equal(1, CopiesOfPrediction(statements));

    /// <summary>What is put side by side is written where it stands there; what stands there twice, in lines shorter than a vector, or in a border already, is copied.</summary>
    [Theory]
    [InlineData("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = Tensor.Concat(y.Conv2d(16, kernel: 3, padding: 1).Tanh(), y.Conv2d(24, kernel: 3, padding: 1));", 1)]
    [InlineData("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = Tensor.Concat(y.Conv2d(16, kernel: 3, padding: 1).Tanh(), y.Conv2d(8, kernel: 3, padding: 1));", 2)]
    [InlineData("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = Tensor.Concat(y, y);", 2)]
    [InlineData("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = Tensor.Concat(y.Conv2d(16, kernel: 3, padding: 1).Tanh(), y);", 2)]
    public void Nothing_is_copied_to_be_put_side_by_side(string statements, int copies) => Assert.Equal(copies, CopiesOfPrediction(statements));

    /// <summary>Rows of softmax take no gaps: what they read lies by itself, and is copied.</summary>
    [Fact]
    public void What_others_read_without_gaps_is_copied()
        => Assert.Equal(2, CopiesOfPrediction("var y = x.Conv2d(16, kernel: 3, padding: 1).Relu(); x = y.Softmax(0) + y.Conv2d(16, kernel: 3, padding: 1);"));

    /// <summary>Products with lines of zeros are known: forwards, by the image with taps that run backwards, and by the taps.</summary>
    [Theory]
    [InlineData("0 <= -2 + o1 + k0 < 8", "padding: 2")]
    [InlineData("0 <= 1 + o1 - k0 < 8", "padding: 1")]
    [InlineData("0 <= -2 + o + k1 < 8", "padding: 2")]
    [InlineData("0 <= -1 + 2·o1 + k0 < 8", "padding: 1, stride: 2")]
    public void Lines_of_the_border_are_known(string lines, string arguments)
        => Assert.Contains("// zero but for " + lines, Generate($"x = x.Conv2d(20, kernel: 3, padding: 1).Tanh().Conv2d(12, kernel: 3, {arguments});", ", MeanSquaredError"));

    /// <summary>Launches of kernels that only move elements.</summary>
    private static int CopiesOfPrediction(string statements)
    {
        string text = Generate(statements);
        var copies = Copies().Matches(text).Select(m => m.Groups[1].Value).ToHashSet();
        string prediction = text[text.IndexOf("static void PredictShards1", StringComparison.Ordinal)..];
        return Launches().Matches(prediction[..prediction.IndexOf("\n        }\n", StringComparison.Ordinal)]).Count(launch => copies.Contains(launch.Groups[1].Value));
    }

    private static string Generate(string statements, string loss = "")
        => TestCompilation.GeneratedText(TestCompilation.Compile($$"""
            using DlGen;
            [Model{{loss}}]
            public partial class Net
            {
                private static Tensor Forward([Input(2, 8, 8)] Tensor x)
                {
                    {{statements}}
                    return x.Mean(1).Mean(1);
                }
            }
            """)).Replace("\r\n", "\n", StringComparison.Ordinal);

    [GeneratedRegex(@"// b1\((?:[^)]*)\) = b0\((?:[^)]*)\)\n[^\n]*\n(?:[^\n]*\n)?[^\n]*static void (\w+)\(")]
    private static partial Regex Copies();

    [GeneratedRegex(@"^ +(\w+)\(ref [^\n]*; // ", RegexOptions.Multiline)]
    private static partial Regex Launches();
}
