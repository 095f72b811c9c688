using DlGen.Compiled;

namespace DlGen.Tests;

public sealed class EvaluationTests
{
    [Fact]
    public void Loss_is_the_mean_over_all_rows()
    {
        var builder = new EvaluationBuilder();
        builder.Add(6, 3, 3);
        builder.Add(1, 1, 1);
        Evaluation evaluation = builder.Build();
        Assert.Equal(7 / 4.0, evaluation.Loss);
        Assert.Equal(4, evaluation.Rows);
        Assert.Null(evaluation.Accuracy);
        Assert.Null(evaluation.Confusion);
        Assert.Equal("loss 1.7500 (4 rows)", evaluation.ToString());
        Assert.True(double.IsNaN(new EvaluationBuilder().Build().Loss));
    }

    [Fact]
    public void Losses_of_every_size_are_readable()
    {
        Assert.Equal("2.3026", LossText.Of(Math.Log(10)));
        Assert.Equal("0.0010", LossText.Of(0.001));
        Assert.Equal("1.5E-05", LossText.Of(0.000015));
        Assert.Equal("1.235E+06", LossText.Of(1234567));
        Assert.Equal("0", LossText.Of(0));
        Assert.Equal("NaN", LossText.Of(double.NaN));
    }

    [Fact]
    public void Classification_counts_the_greatest_output_the_first_of_equals()
    {
        var builder = new EvaluationBuilder();
        builder.AddClassification((float[])[0, 1, 0, 5, 5, 5, -3, -2, -1], [1, 1, 2], 3);
        builder.AddClassification((double[])[0, 0, 1, 1, 0, 0], [2, -100], 3);
        builder.Add(2, 5, 5);
        Evaluation evaluation = builder.Build();
        Assert.Equal(3 / 4.0, evaluation.Accuracy);
        Assert.Equal([0, 0, 0, 1, 1, 0, 0, 0, 2], Enumerable.Range(0, 9).Select(i => evaluation.Confusion![i / 3, i % 3]));
        Assert.Equal(2 / 3.0, evaluation.Confusion!.F1(1));
        Assert.Equal("loss 0.4000, accuracy 75.00 % (5 rows)", evaluation.ToString());
        builder.AddClassification((float[])[0, 1, 0], [1], 3);
        Assert.Equal(4, evaluation.Confusion.Total);
        Assert.Throws<BatchShapeException>(() => builder.AddClassification((float[])[1, 2], [0], 3));
        Assert.Throws<BatchShapeException>(() => builder.AddClassification((float[])[1, 2], [0], 2));
    }

    [Fact]
    public void Classes_may_lie_before_the_positions_of_a_row()
    {
        // Two rows of two classes over three positions.
        double[] outputs = [0, 1, 0, 1, 0, 0, 5, 5, 5, 6, 4, 5];
        Assert.Equal([1, 0, 0, 1, 0, 0], Check.Classes<double>(outputs, classes: 2, positions: 3));
        var builder = new EvaluationBuilder();
        builder.AddClassification(outputs, [1, 1, 0, 1, -1, 0], classes: 2, positions: 3);
        Assert.Equal(4 / 5.0, builder.Build().Accuracy);
        Assert.Equal([3, 0, -1], EvaluationBuilder.Labels<float>([3, 0, -1]));
    }

    [Fact]
    public void Ignored_labels_alone_have_no_accuracy()
    {
        var builder = new EvaluationBuilder();
        builder.AddClassification((float[])[0, 1], [-1], 2, ignored: -1);
        Evaluation evaluation = builder.Build();
        Assert.Null(evaluation.Accuracy);
        Assert.Equal(0, evaluation.Confusion!.Total);
    }

    [Fact]
    public void A_vocabulary_has_an_accuracy_and_no_table()
    {
        var builder = new EvaluationBuilder();
        long before = GC.GetAllocatedBytesForCurrentThread();
        builder.AddClassification(new float[100_000], [0, 1], 50_000);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_000_000);
        Evaluation evaluation = builder.Build();
        Assert.Equal(0.5, evaluation.Accuracy);
        Assert.Null(evaluation.Confusion);
        Assert.Throws<BatchShapeException>(() => builder.AddClassification((float[])[1, 2], [0], 2));
    }
}
