using System.Globalization;
using System.Text;

namespace DlGen.Tests;

public sealed class CsvTableTests
{
    [Fact]
    public void Columns_become_numbers_row_after_row()
    {
        CsvTable table = Table("1,2.5,-3e2\n4,5,6\n", header: false);
        Assert.Equal((2, 3), (table.Rows, table.Columns));
        Assert.Equal([1f, 2.5f, -300, 4, 5, 6], table.Floats(..));
        Assert.Equal([2.5, -300, 5, 6], table.Doubles(1..));
        Assert.Equal([-300f, 1, 6, 4], table.Floats(2, 0));
        Assert.Equal([1, 4], table.Ints(0));
        Assert.Equal(["-3e2", "6"], table.Strings(^1));
        Assert.Null(table.Names);
    }

    [Fact]
    public void Columns_have_the_headers_names()
    {
        CsvTable table = Table("a,\"b, c\",d\r\n1,2,3\r\n4,5,6", header: true);
        Assert.Equal(["a", "b, c", "d"], table.Names);
        Assert.Equal([3f, 2, 6, 5], table.Floats("d", "b, c"));
        Assert.Equal([1, 4], table.Ints("a"));
        Assert.Contains("no column 'e'. The header has a, b, c, d", Assert.Throws<ArgumentException>(() => table.Ints("e")).Message);
        Assert.Contains("without a header", Assert.Throws<ArgumentException>(() => Table("1", header: false).Ints("a")).Message);
        Assert.Contains("'a' twice", Assert.Throws<FormatException>(() => Table("a,a\n1,2", header: true)).Message);
    }

    [Fact]
    public void Quotes_are_those_of_RFC_4180()
    {
        CsvTable table = Table("\"a\"\"b\",\"c,d\",\"line\r\nbreak\",\"\"\nx,,y,\n", header: false);
        Assert.Equal(["a\"b", "x"], table.Strings(0));
        Assert.Equal(["c,d", ""], table.Strings(1));
        Assert.Equal(["line\r\nbreak", "y"], table.Strings(2));
        Assert.Equal(["", ""], table.Strings(3));
    }

    [Theory]
    [InlineData("1,2\n3,4\"5\n", "a quote inside of a field", "line 2, column 4")]
    [InlineData("1,2\n\"3\"4,5\n", "text behind a closing quote", "line 2, column 4")]
    [InlineData("1,2\n3,\"4\n5", "never closed", "line 2, column 3")]
    [InlineData("1,2\r3,4\n", "carriage return without a line feed", "line 1, column 5")]
    public void Broken_text_is_refused_with_line_and_column(string text, string what, string where)
    {
        string message = Assert.Throws<FormatException>(() => Table(text, header: false)).Message;
        Assert.Contains(what, message);
        Assert.Contains(where, message);
    }

    [Fact]
    public void Rows_of_other_lengths_are_refused()
    {
        Assert.Equal("Line 3 has 1 fields instead of 2.", Assert.Throws<FormatException>(() => Table("\"a\nb\",2\n3\n", header: false)).Message);
        Assert.Equal("Line 2 has 3 fields instead of 2.", Assert.Throws<FormatException>(() => Table("a,b\n1,2,3\n", header: true)).Message);
        Assert.Equal("Line 2 has 1 fields instead of 2.", Assert.Throws<FormatException>(() => Table("1,2\n\n3,4\n", header: false)).Message);
    }

    [Fact]
    public void Fields_that_are_no_numbers_are_named()
    {
        CsvTable table = Table("age,name\n1,2\n\"\r\n\",x\n1e99,\n", header: true);
        Assert.Equal("Line 3, column 2 ('name'): 'x' is not a number.", Assert.Throws<FormatException>(() => table.Floats("name")).Message);
        Assert.Contains("Line 3, column 1 ('age')", Assert.Throws<FormatException>(() => table.Doubles(0)).Message);
        Assert.Contains("is not a 32-bit whole number", Assert.Throws<FormatException>(() => table.Ints(^1)).Message);
        CsvTable large = Table("1e99\n", header: false);
        Assert.Equal("Line 1, column 1: '1e99' is not a number that a float can hold.", Assert.Throws<FormatException>(() => large.Floats(0)).Message);
        Assert.Equal([1e99], large.Doubles(0));
        Assert.Contains("'' is not a number", Assert.Throws<FormatException>(() => Table("1,\n", header: false).Floats(..)).Message);
        Assert.Throws<ArgumentOutOfRangeException>(() => large.Floats(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => large.Ints(5));
    }

    [Fact]
    public void Numbers_do_not_depend_on_the_culture()
    {
        CultureInfo before = CultureInfo.CurrentCulture;
        try
        {
            var culture = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            culture.NumberFormat.NumberDecimalSeparator = ",";
            culture.NumberFormat.NegativeSign = "−";
            CultureInfo.CurrentCulture = culture;
            Assert.Equal([-1.5f], Table("-1.5\n", header: false).Floats(0));
            Assert.Equal([-7], Table("-7\n", header: false).Ints(0));
        }
        finally
        {
            CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void Streams_stay_open_and_may_begin_with_a_byte_order_mark()
    {
        using var stream = new MemoryStream([.. Encoding.UTF8.GetPreamble(), .. "ä,b\n1,2\n"u8]);
        Assert.Equal(["ä", "b"], CsvTable.Read(stream, header: true).Names);
        Assert.True(stream.CanRead);
        Assert.Equal(0, Table("", header: false).Rows);
        Assert.Equal(0, Table("a,b\n", header: true).Rows);
    }

    [Fact]
    public void Text_longer_than_every_buffer_comes_through()
    {
        var text = new StringBuilder();
        for (int row = 0; row < 40_000; row++)
            text.Append(CultureInfo.InvariantCulture, $"{row},\"{row * 2}\",{row % 7}\r\n");
        CsvTable table = Table(text.ToString(), header: false);
        Assert.Equal(40_000, table.Rows);
        Assert.Equal(Enumerable.Range(0, 40_000).Select(row => row * 2), table.Ints(1));
        Assert.Equal(Enumerable.Range(0, 40_000).Select(row => (float)(row % 7)), table.Floats(2));
    }

    [Fact]
    public void Text_buffers_have_an_end()
    {
        var text = new TextBuffer(capacity: 5000);
        for (int i = 0; i < 5000; i++)
            text.Append('x');
        Assert.Contains("more than 5000 characters where that is the most; is a closing quote missing?", Assert.Throws<FormatException>(() => text.Append('x')).Message);
        text.Clear();
        text.Append('y');
        Assert.Equal("y", text.Slice(0, 1).ToString());
    }

    private static CsvTable Table(string text, bool header) => CsvTable.Read(new StringReader(text), header);
}
