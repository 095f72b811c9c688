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
}
