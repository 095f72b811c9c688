using System.Text.Json;

namespace DlGen.Tests;

public sealed class ConfusionMatrixTests
{
    [Fact]
    public void Every_score_is_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("metrics.json", "classification"))
        {
            string name = c.Text("name");
            int classes = c.Int("classes");
            var matrix = new ConfusionMatrix(c.Ints("predictions"), c.Ints("labels"), classes);
            Assert.Equal(c.Ints("matrix").Select(count => (long)count), Cells(matrix));
            ScikitLearn.Same(c.Score("accuracy"), matrix.Accuracy, name);
            double[][] perClass = [.. c.GetProperty("per_class").EnumerateArray().Select(scores => scores.Doubles())];
            for (int i = 0; i < classes; i++)
            {
                ScikitLearn.Same(perClass[0][i], matrix.Precision(i), name);
                ScikitLearn.Same(perClass[1][i], matrix.Recall(i), name);
                ScikitLearn.Same(perClass[2][i], matrix.F1(i), name);
            }

            foreach ((string average, Average by) in (ReadOnlySpan<(string, Average)>)[("macro", Average.Macro), ("micro", Average.Micro), ("weighted", Average.Weighted)])
            {
                double[] scores = c.Doubles(average);
                ScikitLearn.Same(scores[0], matrix.Precision(by), $"{name}, {average}");
                ScikitLearn.Same(scores[1], matrix.Recall(by), $"{name}, {average}");
                ScikitLearn.Same(scores[2], matrix.F1(by), $"{name}, {average}");
            }
        }
    }

    [Fact]
    public void Rows_are_true_classes_and_columns_predicted_ones()
    {
        var matrix = new ConfusionMatrix(predictions: [1, 1, 0], labels: [0, 1, 0], classes: 2);
        Assert.Equal(1, matrix[0, 1]);
        Assert.Equal(0, matrix[1, 0]);
        Assert.Equal((2, 1, 3, 2), (matrix.Support(0), matrix.Support(1), matrix.Total, matrix.Correct));
    }

    [Fact]
    public void It_prints_as_an_aligned_table()
    {
        int[] labels = [.. Enumerable.Repeat(0, 1234567), 1, 1, 2];
        int[] predictions = [.. Enumerable.Repeat(0, 1234567), 1, 0, 1];
        Assert.Equal(
            "true \\ predicted        0        1        2  recall\n"
            + "               0  1234567        0        0   1.000\n"
            + "               1        1        1        0   0.500\n"
            + "               2        0        1        0   0.000\n"
            + "       precision    1.000    0.500    0.000\n"
            + "accuracy 1.000 (1234568 of 1234570)\n",
            new ConfusionMatrix(predictions, labels, 3).ToString());
    }

    [Fact]
    public void Nothing_counted_has_no_accuracy()
    {
        var matrix = new ConfusionMatrix([], [], 2);
        Assert.True(double.IsNaN(matrix.Accuracy));
        Assert.Equal(0, matrix.F1(Average.Weighted));
        Assert.Equal(0, matrix.F1(Average.Micro));
    }

    [Fact]
    public void Bad_input_is_refused()
    {
        Assert.Equal("labels[1] is 2; a label of 2 classes is from 0 to 1.", Assert.Throws<TargetRangeException>(() => new ConfusionMatrix([0, 1], [0, 2], 2)).Message);
        Assert.Contains("predictions[0] is -1", Assert.Throws<TargetRangeException>(() => new ConfusionMatrix([-1, 1], [0, 1], 2)).Message);
        Assert.Contains("predictions has 1 values", Assert.Throws<BatchShapeException>(() => new ConfusionMatrix([0], [0, 1], 2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConfusionMatrix([], [], 0));
        var matrix = new ConfusionMatrix([0], [0], 2);
        Assert.Contains("The classes are 0 to 1", Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Precision(2)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.Recall(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix[0, 2]);
        Assert.Throws<ArgumentOutOfRangeException>(() => matrix.F1((Average)7));
    }

    private static long[] Cells(ConfusionMatrix matrix) =>
        [.. Enumerable.Range(0, matrix.Classes * matrix.Classes).Select(i => matrix[i / matrix.Classes, i % matrix.Classes])];
}
