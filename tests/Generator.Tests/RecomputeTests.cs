using System.Text.RegularExpressions;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>What a training step keeps where rows meet, as its file states it: results of contractions, from which activations and paddings are made again.</summary>
public partial class RecomputeTests
{
    private const int Pixels = 8 * 8;

    [Fact]
    public void The_forward_pass_leaves_what_convolutions_give_and_what_no_convolution_does()
    {
        // Two results of convolutions. The last activation is read in the phase that makes it.
        Assert.Equal((2 * 8 * Pixels) + LastPhase(8), LeftByForward("x = Normalised(Normalised(x, 8).Relu(), 8).Relu();"));
        // The sum of a residual block is made again of the results of three convolutions.
        Assert.Equal((4 * 8 * Pixels) + LastPhase(8), LeftByForward("x = Normalised(x, 8).Relu(); x = (x + Normalised(Normalised(x, 8).Relu(), 8)).Relu(); x = Normalised(x, 8).Relu();"));
    }

    [Fact]
    public void Expensive_activations_are_kept()
        => Assert.Equal((2 * 8 * Pixels) + (8 * Pixels) + LastPhase(8), LeftByForward("x = Normalised(Normalised(x, 8).Tanh(), 8).Relu();"));

    [Fact]
    public void Statistics_over_the_batch_read_those_of_its_rows()
    {
        string text = Generate("x = Normalised(x, 8).Relu();");
        Assert.Contains("// b1(i) = count, mean and variance over k of b0(i, k)", text);
        Assert.Matches(@"// i: 8, k: rows\s+internal static void Moments", text);
        Assert.DoesNotMatch(@"k0: rows, k1: 64\s+internal static void (Moments|Reduction)", text);
    }

    /// <summary>The activation in front of the mean, the means, and what the classes are compared by: all within the phase that ends in the loss.</summary>
    private static int LastPhase(int channels) => (channels * Pixels) + channels;

    private static int LeftByForward(string statements)
        => int.Parse(Left().Match(Generate(statements)).Groups[1].Value.Replace(",", ""));

    private static string Generate(string statements) => TestCompilation.GeneratedText(TestCompilation.Compile($$"""
        using DlGen;
        [Model, SoftmaxCrossEntropy]
        public partial class Net
        {
            private static Tensor Forward([Input(2, 8, 8)] Tensor x)
            {
                {{statements}}
                return x.GlobalAvgPool2d().Linear(3);
            }

            private static Tensor Normalised(Tensor x, int channels) => x.Conv2d(channels, kernel: 3, padding: 1, bias: false).BatchNorm();
        }
        """));

    [GeneratedRegex(@"Gradients: .* the forward pass leaves ([\d,]+) a row")]
    private static partial Regex Left();
}
