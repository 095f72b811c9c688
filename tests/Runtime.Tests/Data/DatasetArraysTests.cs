namespace DlGen.Tests.Data;

/// <summary>Fields of a dataset or a view of it as arrays.</summary>
public class DatasetArraysTests
{
    private static readonly Dataset Data = Dataset.FromArrays(("point", new float[] { 1, 2, 3, 4, 5, 6 }, 2), ("kind", new[] { 7, 8, 9 }, 1));

    [Fact]
    public void A_view_gives_its_own_rows_in_its_order()
    {
        var view = Data.Subset(2, 0);
        Assert.Equal([5, 6, 1, 2], view.Floats("point", perRow: 2));
        Assert.Equal([9, 7], view.Ints("kind"));
    }

    [Fact]
    public void A_wrong_name_or_length_is_named()
    {
        Assert.Contains("kinds", Assert.ThrowsAny<DlGenException>(() => Data.Ints("kinds")).Message, StringComparison.Ordinal);
        Assert.Contains("2 values per row", Assert.Throws<BatchShapeException>(() => Data.Floats("point", 3)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_dataset_of_ones_own_gives_a_field_that_it_fills_where_it_is_asked_for()
    {
        var asked = new Own((rows, batch) =>
        {
            if (batch.Has("point"))
                batch.Floats("point").Fill(1);
            if (batch.Has("kind"))
                rows.CopyTo(batch.Ints("kind"));
        });
        Assert.Equal([0, 1, 2], asked.Ints("kind"));
        Assert.Equal([2], asked.Subset(2).Ints("kind"));
        Assert.Equal([1, 1, 1, 1, 1, 1], asked.Floats("point", 2));
        Assert.Equal([7, 8, 9], asked.With(("number", new[] { 7, 8, 9 }, 1)).Ints("number"));
        Assert.Contains("The dataset's Read fills no field 'kinds'", Assert.Throws<BatchShapeException>(() => asked.Ints("kinds")).Message, StringComparison.Ordinal);

        var all = new Own((rows, batch) =>
        {
            rows.CopyTo(batch.Ints("kind"));
            batch.Floats("point").Fill(1);
        });
        Assert.Equal(
            "data.Ints(\"kind\") reads the field 'kind' alone, but the dataset's Read fills 'point' too; let it fill that only if (batch.Has(\"point\")).",
            Assert.Throws<BatchShapeException>(() => all.Ints("kind")).Message);
        Assert.StartsWith("data.Floats(\"point\", 2) reads the field 'point' alone, but the dataset's Read fills 'kind' too", Assert.Throws<BatchShapeException>(() => all.Floats("point", 2)).Message, StringComparison.Ordinal);
    }

    private delegate void Fill(ReadOnlySpan<int> rows, Batch batch);

    private sealed class Own(Fill fill) : Dataset
    {
        public override int Count => 3;

        public override void Read(ReadOnlySpan<int> rows, Batch batch) => fill(rows, batch);
    }
}
