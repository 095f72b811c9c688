using DlGen.Graphs;
using DlGen.Kernels;
using DlGen.Reading;
using DlGen.Tests.Harness;

namespace DlGen.Tests;

/// <summary>Where a network's only output is judged by labels, what its classes are, and where accuracy finds the labels: in a target as it is, in a program of inputs and targets, or nowhere.</summary>
public class ClassificationTests
{
    private const string Kinds = "[Label(4, Length = 5)] Tensor kinds";

    [Theory]
    [InlineData("Input(6), Linear(4), SoftmaxCrossEntropy", 4, 1)]
    [InlineData("Input(5, 6), Linear(4), LogSoftmax, NegativeLogLikelihood(Ignore = 2)", 4, 1)]
    [InlineData("Input(2, 3, 5), Conv2d(4, Kernel = 1), SoftmaxCrossEntropy", 4, 15)]
    public void An_attribute_says_it(string attributes, int classes, int positions)
    {
        var read = Model.Sequential(attributes).Read();
        Assert.Equal(new Classification(classes, positions, "targets"), read.Classification);
        Assert.True(read.Prediction!.Find(OutputRole.Labels) < 0);
    }

    [Theory]
    [InlineData(Kinds, "y.SoftmaxCrossEntropy(kinds)", "kinds", false)]
    [InlineData(Kinds, "y.SoftmaxCrossEntropy(kinds) + 0.1 * (y * y).Sum()", "kinds", false)]
    [InlineData(Kinds, "(y.SoftmaxCrossEntropy(kinds, reduction: Reduction.None), x[.., 0])", null, true)]
    [InlineData(Kinds, "(y.SoftmaxCrossEntropy(kinds), x[0, 0])", null, true)]
    [InlineData("[Label(4, Length = 3)] Tensor kinds", "y[1..4].SoftmaxCrossEntropy(kinds)", null, true)]
    [InlineData(Kinds, "(2 * y.SoftmaxCrossEntropy(kinds, reduction: Reduction.None).Reshape(1, 5), x[.., 0].Reshape(1, 5))", null, false)]
    public void A_method_says_it(string target, string loss, string? given, bool hasLabels)
    {
        var read = Of(target, loss);
        Assert.Equal(new Classification(4, 1, given), read.Classification);
        Assert.Equal(hasLabels, read.Prediction!.Find(OutputRole.Labels) >= 0);
    }

    [Theory]
    [InlineData(Kinds, "y.SoftmaxCrossEntropy(kinds) + y[.., ..3].MeanSquaredError(0)", true)]
    [InlineData("[Label(2, Length = 5)] Tensor kinds", "y[.., 2..].SoftmaxCrossEntropy(kinds) + y[.., ..2].MeanSquaredError(0)", false)]
    [InlineData(Kinds, "y.SoftmaxCrossEntropy(kinds) + (2 * y).SoftmaxCrossEntropy(kinds)", false)]
    [InlineData("[Label(4)] Tensor kinds", "y.Mean(0).SoftmaxCrossEntropy(kinds)", false)]
    [InlineData("[Target(5, 4)] Tensor kinds", "y.MeanSquaredError(kinds)", false)]
    public void What_is_judged_is_the_whole_output_once(string target, string loss, bool classifies) => Assert.Equal(classifies, Of(target, loss).Classification is not null);

    /// <summary>The program of the labels reads what they are made of, and nothing of the network.</summary>
    [Fact]
    public void Labels_are_a_program_of_inputs_and_targets()
    {
        var module = Model.Source(Source(Kinds, "(y.SoftmaxCrossEntropy(kinds, reduction: Reduction.None), x[.., 0])")).Lowered;
        var program = module.Programs.Single(p => p.Name == EntryProgram.Labels);
        Assert.Equal([Region.Input, Region.Output], program.Phases.SelectMany(p => p.Launches).SelectMany(l => l.Arguments).Select(a => a.Region).Distinct().Order());
    }

    private static Declaration Of(string target, string loss)
    {
        var read = Model.Source(Source(target, loss)).Read();
        Assert.Null(read.Error);
        return read;
    }

    private static string Source(string target, string loss) => $$"""
        [Model]
        public partial class Net
        {
            private static Tensor Forward([Input(5, 6)] Tensor x) => x.Linear(4);

            private static {{(loss.StartsWith("(y", StringComparison.Ordinal) || loss.StartsWith("(2", StringComparison.Ordinal) ? "(Tensor Loss, Tensor Weight)" : "Tensor")}} Loss(Tensor y, Tensor x, {{target}}) => {{loss}};
        }
        """;
}
