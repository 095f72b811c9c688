using System.Text.Json;
using DlGen.Compiled;

namespace DlGen.Tests;

public sealed class DatasetColumnTests
{
    private static readonly BatchDefinition Weighted = new(
        [new("x", FieldKind.Float, 1, 0), new("weight", FieldKind.Float, 1, 0), new("label", FieldKind.Int, 1, 3)], Float64: false);

    [Fact]
    public void A_column_is_read_beside_those_the_data_has()
    {
        Dataset data = Dataset.FromArrays(("x", (float[])[1, 2, 3], 1), ("label", (int[])[0, 1, 2], 1)).With(("weight", (double[])[0.5, 0.25, 2], 1));
        var batch = new Batch(Weighted, 4) { Rows = 2 };
        data.Subset(2, 0).Read([0, 1], batch);
        Assert.Equal([3f, 1], batch.Floats("x").ToArray());
        Assert.Equal([2f, 0.5f], batch.Floats("weight").ToArray());
        Assert.Equal([2, 0], batch.Ints("label").ToArray());

        // The same batch again, with more rows.
        batch.Rows = 3;
        data.Read([0, 1, 2], batch);
        Assert.Equal([1f, 2, 3], batch.Floats("x").ToArray());
        Assert.Equal([0.5f, 0.25f, 2], batch.Floats("weight").ToArray());
    }

    [Fact]
    public void It_hides_a_field_of_its_name_and_keeps_the_labels()
    {
        Dataset data = Dataset.FromArrays(("x", (float[])[1, 2, 3], 1), ("label", (int[])[0, 1, 2], 1));
        Assert.Equal([7f, 8, 9], data.With(("x", (float[])[7, 8, 9], 1)).Floats("x", 1));
        Assert.Equal(1, data.With(("x", (float[])[7, 8, 9], 1)).LabelOf(1));
        Assert.Equal([2, 1, 0], data.With(("label", (int[])[2, 1, 0], 1)).Ints("label"));
        Assert.Equal(2, data.With(("label", (int[])[2, 1, 0], 1)).LabelOf(0));
        Assert.Equal(0, data.With(("row", (int[])[7, 8, 9], 1)).LabelOf(0));
        Assert.Equal(7, Dataset.FromArrays(("x", (float[])[1, 2, 3], 1)).With(("row", (int[])[7, 8, 9], 1)).LabelOf(0));
    }

    [Fact]
    public void A_dataset_of_ones_own_takes_a_column_too()
    {
        Dataset data = new Own().With(("weight", (float[])[5, 6], 1));
        var batch = new Batch(new([new("x", FieldKind.Float, 1, 0), new("weight", FieldKind.Float, 1, 0)], Float64: false), 2) { Rows = 2 };
        data.Read([1, 0], batch);
        Assert.Equal([10f, 0], batch.Floats("x").ToArray());
        Assert.Equal([6f, 5], batch.Floats("weight").ToArray());
        Assert.Equal([5f, 6], data.Floats("weight", 1));
    }

    [Fact]
    public void Columns_that_do_not_fit_are_refused()
    {
        Dataset data = Dataset.FromArrays(("x", (float[])[1, 2, 3], 1));
        Assert.Contains("weight has 2 values, but 3 rows of 1 need 3", Assert.Throws<BatchShapeException>(() => data.With(("weight", new float[2], 1))).Message);
        Assert.Contains("weight has 2 values per row", Assert.Throws<BatchShapeException>(() => data.With(("weight", new float[6], 2)).Floats("weight", 1)).Message);
        Assert.Contains("weight takes floating-point numbers", Assert.Throws<BatchShapeException>(() => data.With(("weight", new int[3], 1)).Floats("weight", 1)).Message);
    }

    [Fact]
    public void Class_weights_are_scikit_learns()
    {
        foreach (JsonElement c in ScikitLearn.Cases("folds.json", "class_weights"))
        {
            int[] labels = c.Ints("labels");
            Dataset data = Dataset.FromArrays(("label", labels, 1));
            double[] expected = c.Doubles("weights"), weights = data.ClassWeights(expected.Length), ofRows = data.RowWeights(weights);
            for (int i = 0; i < expected.Length; i++)
                ScikitLearn.Same(expected[i], weights[i], "class weights");
            Assert.Equal(labels.Select(label => weights[label]), ofRows);
            Assert.Equal(1, ofRows.Average(), 1e-12);
        }
    }

    [Fact]
    public void Classes_without_rows_and_labels_without_class_are_refused()
    {
        Dataset data = Dataset.FromArrays(("label", (int[])[0, 2, 2], 1));
        Assert.Contains("Class 1 has no rows", Assert.Throws<ArgumentOutOfRangeException>(() => data.ClassWeights(3)).Message);
        Assert.Contains("labels[1] is 2", Assert.Throws<TargetRangeException>(() => data.ClassWeights(2)).Message);
        Assert.Throws<TargetRangeException>(() => data.RowWeights([1, 1]));
        Assert.Throws<NotSupportedException>(() => Dataset.FromArrays(("x", new float[2], 1)).ClassWeights(2));
    }

    /// <summary>Fills what it knows and asks for nothing else.</summary>
    private sealed class Own : Dataset
    {
        public override int Count => 2;

        public override void Read(ReadOnlySpan<int> rows, Batch batch)
        {
            Span<float> x = batch.Floats("x");
            for (int i = 0; i < rows.Length; i++)
                x[i] = rows[i] * 10;
        }
    }
}
