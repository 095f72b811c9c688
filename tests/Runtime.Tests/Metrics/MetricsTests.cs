using System.Text.Json;

namespace DlGen.Tests;

public sealed class MetricsTests
{
    [Fact]
    public void Rankings_of_two_classes_are_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("metrics.json", "binary"))
        {
            (double[] scores, int[] labels) = (c.Doubles("scores"), c.Ints("labels"));
            ScikitLearn.Same(c.Score("roc_auc"), Metrics.RocAuc(scores, labels), c.Text("name"));
            ScikitLearn.Same(c.Score("average_precision"), Metrics.AveragePrecision(scores, labels), c.Text("name"));
        }
    }

    [Fact]
    public void Scores_of_several_classes_are_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("metrics.json", "multiclass"))
        {
            (double[] scores, int[] labels, int classes) = (c.Doubles("scores"), c.Ints("labels"), c.Int("classes"));
            ScikitLearn.Same(c.Score("roc_auc"), Metrics.RocAuc(scores, labels, classes), c.Text("name"));
            ScikitLearn.Same(c.Score("average_precision"), Metrics.AveragePrecision(scores, labels, classes), c.Text("name"));
            ScikitLearn.Same(c.Score("log_loss"), Metrics.LogLoss(scores, labels, classes), c.Text("name"));
            double[] top = c.Doubles("top_k");
            for (int k = 1; k <= top.Length; k++)
                ScikitLearn.Same(top[k - 1], Metrics.TopKAccuracy(scores, labels, classes, k), c.Text("name"));
            Assert.Equal(1, Metrics.TopKAccuracy(scores, labels, classes, classes));
        }
    }

    [Fact]
    public void The_log_loss_of_two_classes_is_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("metrics.json", "log_loss"))
            ScikitLearn.Same(c.Score("log_loss"), Metrics.LogLoss(c.Doubles("probabilities"), c.Ints("labels")), "two classes");
    }

    [Fact]
    public void Errors_of_numbers_are_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("metrics.json", "regression"))
        {
            (double[] predictions, double[] targets, int outputs) = (c.Doubles("predictions"), c.Doubles("targets"), c.Int("outputs"));
            ScikitLearn.Same(c.Score("mean_absolute_error"), Metrics.MeanAbsoluteError(predictions, targets), c.Text("name"));
            ScikitLearn.Same(c.Score("root_mean_squared_error"), Metrics.RootMeanSquaredError(predictions, targets, outputs), c.Text("name"));
            ScikitLearn.Same(c.Score("r2"), Metrics.R2(predictions, targets, outputs), c.Text("name"));
        }
    }

    [Fact]
    public void Floats_give_what_their_values_as_doubles_give()
    {
        float[] scores = [0.125f, 0.5f, 0.375f, 0.1f, 0.7f, 0.2f, 0.3f, 0.3f, 0.4f, 0.25f, 0.25f, 0.5f], other = [.. scores.Reverse()];
        double[] doubles = [.. scores.Select(x => (double)x)], otherDoubles = [.. other.Select(x => (double)x)];
        int[] labels = [1, 0, 2, 2], binary = [0, 1, 0, 0, 1, 1, 0, 1, 0, 0, 1, 1];
        Assert.Equal(Metrics.RocAuc(doubles, binary), Metrics.RocAuc(scores, binary));
        Assert.Equal(Metrics.RocAuc(doubles, labels, 3), Metrics.RocAuc(scores, labels, 3));
        Assert.Equal(Metrics.AveragePrecision(doubles, binary), Metrics.AveragePrecision(scores, binary));
        Assert.Equal(Metrics.AveragePrecision(doubles, labels, 3), Metrics.AveragePrecision(scores, labels, 3));
        Assert.Equal(Metrics.TopKAccuracy(doubles, labels, 3, 2), Metrics.TopKAccuracy(scores, labels, 3, 2));
        Assert.Equal(Metrics.LogLoss(doubles, binary), Metrics.LogLoss(scores, binary));
        Assert.Equal(Metrics.LogLoss(doubles, labels, 3), Metrics.LogLoss(scores, labels, 3));
        Assert.Equal(Metrics.MeanAbsoluteError(doubles, otherDoubles), Metrics.MeanAbsoluteError(scores, other));
        Assert.Equal(Metrics.RootMeanSquaredError(doubles, otherDoubles, 3), Metrics.RootMeanSquaredError(scores, other, 3));
        Assert.Equal(Metrics.R2(doubles, otherDoubles, 3), Metrics.R2(scores, other, 3));
    }

    [Fact]
    public void A_probability_of_zero_is_clipped_to_the_machine_epsilon_of_its_type()
    {
        Assert.Equal(-Math.Log(Math.ScaleB(1, -23)), Metrics.LogLoss((float[])[0, 1], [0], 2), 1e-12);
        Assert.Equal(-Math.Log(Math.ScaleB(1, -52)), Metrics.LogLoss((double[])[0, 1], [0], 2), 1e-12);
        Assert.Equal(-Math.Log(Math.ScaleB(1, -23)), Metrics.LogLoss((float[])[1], [0]), 1e-12);
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Contains("scores[1] is NaN", Assert.Throws<ArgumentException>(() => Metrics.RocAuc((float[])[0, float.NaN], [0, 1])).Message);
        Assert.Contains("scores[0] is NaN", Assert.Throws<ArgumentException>(() => Metrics.TopKAccuracy((double[])[double.NaN, 1], [0], 2, 1)).Message);
        Assert.Contains("labels[1] is 2", Assert.Throws<TargetRangeException>(() => Metrics.AveragePrecision((float[])[0, 1], [0, 2])).Message);
        Assert.Contains("scores has 3 values, but 2 rows of 2 need 4", Assert.Throws<BatchShapeException>(() => Metrics.RocAuc((float[])[0, 1, 2], [0, 1], 2)).Message);
        Assert.Contains("is empty", Assert.Throws<BatchShapeException>(() => Metrics.RocAuc((float[])[], [])).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Metrics.TopKAccuracy((float[])[0, 1], [0], 2, 0));
        Assert.Contains("Row 1 of probabilities adds up to 1.5 instead of 1", Assert.Throws<ArgumentException>(() => Metrics.LogLoss((float[])[0.5f, 0.5f, 1, 0.5f], [0, 1], 2)).Message);
        Assert.Contains("probabilities[0] is -0.5", Assert.Throws<ArgumentException>(() => Metrics.LogLoss((float[])[-0.5f, 1.5f], [0], 2)).Message);
        Assert.Contains("probabilities[0] is NaN", Assert.Throws<ArgumentException>(() => Metrics.LogLoss((float[])[float.NaN], [0])).Message);
        Assert.Contains("predictions has 3 values", Assert.Throws<BatchShapeException>(() => Metrics.R2((float[])[1, 2, 3], (float[])[1, 2])).Message);
        Assert.Contains("not a multiple of the 2", Assert.Throws<BatchShapeException>(() => Metrics.R2((float[])[1, 2, 3], (float[])[1, 2, 3], 2)).Message);
    }
}
