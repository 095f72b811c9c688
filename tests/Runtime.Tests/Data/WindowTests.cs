using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>Windows over sequences: what a row holds, and that parts of a split share nothing.</summary>
public sealed class WindowTests
{
    private static readonly int[] Ids = [.. Enumerable.Range(100, 20)];

    [Fact]
    public void Labels_are_the_ids_one_position_later()
    {
        Dataset windows = Dataset.FromTokens(Ids, length: 4);
        Assert.Equal(16, windows.Count);
        Assert.Equal([103, 104, 105, 106, 115, 116, 117, 118], Read(windows, "inputs", 4, 3, 15));
        Assert.Equal([104, 105, 106, 107, 116, 117, 118, 119], Read(windows, "targets", 4, 3, 15));

        // Each label once, but for those that fill no window.
        Dataset apart = Dataset.FromTokens(Ids, length: 4, stride: 4, inputs: "tokens", targets: "next");
        Assert.Equal(Enumerable.Range(101, 16), apart.Ints("next", 4));
        Assert.Equal(Enumerable.Range(100, 16), apart.Ints("tokens", 4));
        Assert.Equal(1, Dataset.FromTokens(Ids, 19).Count);
    }

    [Fact]
    public void Sequences_run_side_by_side()
    {
        float[] weather = [.. Enumerable.Range(0, 60).Select(i => i / 2 + (i % 2) / 2f)];
        double[] demand = [.. Enumerable.Range(0, 30).Select(i => 10.0 * i)];
        Dataset windows = Dataset.FromWindows(
            3, WindowField.Floats("inputs", weather, ..5, perStep: 2), WindowField.Floats("targets", demand, 5..7), WindowField.Ints("hour", [.. Enumerable.Range(0, 30)], 4..5));
        Assert.Equal(8, windows.Count);
        Assert.Equal([6, 6.5f, 7, 7.5f, 8, 8.5f, 9, 9.5f, 10, 10.5f], windows.Floats("inputs", 10)[20..30]);
        Assert.Equal([110f, 120], windows.Floats("targets", 2)[4..6]);
        Assert.Equal([4, 7, 10, 13, 16, 19, 22, 25], windows.Ints("hour"));

        var precise = new Batch(new BatchDefinition([new("targets", FieldKind.Float, 2, 0), new("inputs", FieldKind.Float, 10, 0)], Float64: true), 1) { Rows = 1 };
        windows.Read([7], precise);
        Assert.Equal([260.0, 270], precise.Doubles("targets").ToArray());
        Assert.Equal(21.0, precise.Doubles("inputs")[0]);
    }

    [Theory]
    [InlineData(1, 0.7)]
    [InlineData(3, 0.7)]
    [InlineData(5, 0.5)]
    [InlineData(8, 0.5)]
    [InlineData(1, 0.05)]
    public void Parts_along_time_share_no_step(int stride, double fraction)
    {
        int[] ids = [.. Enumerable.Range(0, 200)];
        Dataset windows = Dataset.FromTokens(ids, length: 7, stride);
        (Dataset first, Dataset second) = windows.TimeSplit(fraction);
        int cut = (int)Math.Round(fraction * windows.Count, MidpointRounding.AwayFromZero) * stride;
        Assert.Equal(cut, Steps(second).Min());
        Assert.All(Steps(first), step => Assert.InRange(step, 0, cut - 1));

        // No more is left out than must be: the next window would reach over the cut.
        Assert.True(first.Count * stride + 7 >= cut);
        Assert.Equal(windows.Count, windows.TimeSplit(1).First.Count);

        // A part of a part, with a column beside it.
        (Dataset training, Dataset validation) = first.With(("weight", new float[first.Count], 1)).TimeSplit(0.6);
        Assert.Empty(Steps(training).Intersect(Steps(validation)));
        Assert.Empty(Steps(training).Concat(Steps(validation)).Intersect(Steps(second)));
        foreach ((Dataset training2, Dataset test) in windows.TimeSeriesFolds(3))
        {
            Assert.Empty(Steps(training2).Intersect(Steps(test)));
            Assert.True(Steps(training2).DefaultIfEmpty(-1).Max() < Steps(test).Min());
        }
    }

    [Fact]
    public void What_makes_no_windows_is_refused()
    {
        Assert.Contains("inputs has 20 steps, and one window reaches over 21", Assert.Throws<BatchShapeException>(() => Dataset.FromTokens(Ids, 20)).Message);
        Assert.Contains("b has 3 steps, but a has 20", Assert.Throws<BatchShapeException>(
            () => Dataset.FromWindows(1, WindowField.Ints("a", Ids, ..2), WindowField.Ints("b", [1, 2, 3], ..2))).Message);
        Assert.Contains("a has 20 values, which is not a multiple of the 3 of a step", Assert.Throws<BatchShapeException>(() => WindowField.Ints("a", Ids, ..2, perStep: 3)).Message);
        Assert.Contains("end behind their begin, as 0..64 or 1..65", Assert.Throws<ArgumentOutOfRangeException>(() => WindowField.Ints("a", Ids, 3..3)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => WindowField.Ints("a", Ids, ..^1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.FromTokens(Ids, 4, stride: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Dataset.FromTokens(Ids, 0));
        Assert.Throws<ArgumentException>(() => Dataset.FromWindows(1, WindowField.Ints("a", Ids, ..2), WindowField.Ints("a", Ids, ..2)));
        Assert.Throws<ArgumentException>(() => Dataset.FromWindows(1));

        Dataset windows = Dataset.FromTokens(Ids, 4);
        Assert.Contains("inputs has 4 values per row in the dataset, but the model takes 5", Assert.Throws<BatchShapeException>(() => windows.Ints("inputs", 5)).Message);
        Assert.Contains("reads 'tokens', but the dataset has inputs, targets", Assert.Throws<BatchShapeException>(() => windows.Ints("tokens", 4)).Message);
        Assert.Contains("takes floating-point numbers; the dataset has an int[]", Assert.Throws<BatchShapeException>(() => windows.Floats("inputs", 4)).Message);
        Assert.Contains("use TimeSplit", Assert.Throws<NotSupportedException>(() => windows.StratifiedSplit(0.5)).Message);
    }

    private static int[] Read(Dataset data, string field, int perRow, params int[] rows) => data.Subset(rows).Ints(field, perRow);

    /// <summary>All steps that a part holds something of.</summary>
    private static HashSet<int> Steps(Dataset data) => [.. data.Ints("inputs", 7), .. data.Ints("targets", 7)];
}
