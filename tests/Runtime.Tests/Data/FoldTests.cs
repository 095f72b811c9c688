using System.Text.Json;

namespace DlGen.Tests;

public sealed class FoldTests
{
    [Theory]
    [InlineData(103, 5)]
    [InlineData(10, 10)]
    [InlineData(7, 2)]
    public void KFold_tests_every_row_once_in_parts_of_nearly_one_size(int count, int k)
    {
        (Dataset Training, Dataset Test)[] folds = Numbered(count).KFold(k, seed: 3);
        Assert.Equal(k, folds.Length);
        Assert.Equal(Enumerable.Range(0, count), folds.SelectMany(fold => Rows(fold.Test)).Order());
        Assert.All(folds, fold =>
        {
            Assert.InRange(fold.Test.Count, count / k, (count + k - 1) / k);
            Assert.Equal(Enumerable.Range(0, count).Except(Rows(fold.Test)), Rows(fold.Training));
            Assert.Equal(Rows(fold.Test).Order(), Rows(fold.Test));
        });
        Assert.Equal(folds.Select(fold => Rows(fold.Test)), Numbered(count).KFold(k, seed: 3).Select(fold => Rows(fold.Test)));
        Assert.NotEqual(folds.Select(fold => Rows(fold.Test)), Numbered(count).KFold(k, seed: 4).Select(fold => Rows(fold.Test)));
    }

    [Fact]
    public void StratifiedKFold_gives_each_fold_as_many_of_each_class_as_scikit_learn()
    {
        foreach (JsonElement c in ScikitLearn.Cases("folds.json", "stratified"))
        {
            int[] labels = c.Ints("labels");
            Dataset data = Labelled(labels);
            (Dataset Training, Dataset Test)[] folds = data.StratifiedKFold(c.Int("k"), seed: 5);
            Assert.Equal(Enumerable.Range(0, labels.Length), folds.SelectMany(fold => Rows(fold.Test)).Order());
            Assert.True(folds.Max(fold => fold.Test.Count) - folds.Min(fold => fold.Test.Count) <= 1);
            int[][] expected = [.. c.GetProperty("test_counts").EnumerateArray().Select(counts => counts.EnumerateArray().Select(count => count.GetInt32()).ToArray())];
            for (int fold = 0; fold < folds.Length; fold++)
            {
                int[] test = Rows(folds[fold].Test);
                Assert.Equal(expected[fold], Enumerable.Range(0, 4).Select(label => test.Count(row => labels[row] == label)));
                Assert.Equal(Enumerable.Range(0, labels.Length).Except(test), Rows(folds[fold].Training));
            }

            Assert.Equal(folds.Select(fold => Rows(fold.Test)), data.StratifiedKFold(c.Int("k"), seed: 5).Select(fold => Rows(fold.Test)));
            Assert.NotEqual(folds.Select(fold => Rows(fold.Test)), data.StratifiedKFold(c.Int("k"), seed: 6).Select(fold => Rows(fold.Test)));
        }
    }

    [Fact]
    public void TimeSeriesFolds_are_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("folds.json", "time_series"))
        {
            (Dataset Training, Dataset Test)[] folds = Numbered(c.Int("rows")).TimeSeriesFolds(c.Int("k"));
            int[][] expected = [.. c.GetProperty("folds").EnumerateArray().Select(fold => fold.EnumerateArray().Select(number => number.GetInt32()).ToArray())];
            Assert.Equal(expected.Length, folds.Length);
            for (int i = 0; i < folds.Length; i++)
            {
                Assert.Equal(Enumerable.Range(0, expected[i][0]), Rows(folds[i].Training));
                Assert.Equal(Enumerable.Range(expected[i][1], expected[i][2]), Rows(folds[i].Test));
            }
        }
    }

    [Fact]
    public void TimeSplit_keeps_the_order_of_time()
    {
        (Dataset first, Dataset second) = Numbered(11).TimeSplit(0.75);
        Assert.Equal(Enumerable.Range(0, 8), Rows(first));
        Assert.Equal(Enumerable.Range(8, 3), Rows(second));
        Assert.Equal(0, Numbered(11).TimeSplit(1).Second.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(11).TimeSplit(-0.1));
    }

    [Fact]
    public void Numbers_of_folds_that_make_no_sense_are_refused()
    {
        Assert.Contains("11 rows allow 2 to 11 folds", Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(11).KFold(12)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(11).KFold(1));
        Assert.Contains("No class has more than 3 rows", Assert.Throws<ArgumentOutOfRangeException>(() => Labelled([0, 1, 0, 1, 0]).StratifiedKFold(4)).Message);
        Assert.Throws<NotSupportedException>(() => Dataset.FromArrays(("x", new float[4], 1)).StratifiedKFold(2));
        Assert.Contains("11 rows allow 2 to 10 folds", Assert.Throws<ArgumentOutOfRangeException>(() => Numbered(11).TimeSeriesFolds(11)).Message);
    }

    private static Dataset Numbered(int rows) => Labelled(new int[rows]);

    private static Dataset Labelled(int[] labels) => Dataset.FromArrays(("x", (float[])[.. Enumerable.Range(0, labels.Length).Select(i => (float)i)], 1), ("label", labels, 1));

    private static int[] Rows(Dataset data) => [.. data.Floats("x", perRow: 1).Select(x => (int)x)];
}
