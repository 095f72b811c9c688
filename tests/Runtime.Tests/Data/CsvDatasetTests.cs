using System.Globalization;
using System.Text;
using DlGen.Compiled;

namespace DlGen.Tests;

public sealed class CsvDatasetTests : IDisposable
{
    private static readonly BatchDefinition Single = new([new("x", FieldKind.Float, 2, 0), new("label", FieldKind.Int, 1, 3)], Float64: false);
    private static readonly BatchDefinition Precise = new([new("x", FieldKind.Float, 2, 0)], Float64: true);

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Rows_are_read_in_any_order()
    {
        using CsvDataset data = Open("0,1,0\n10,11,1\r\n\"20\",2.1e1,2\n30,31,0", header: false, CsvField.Floats("x", ..2), CsvField.Ints("label", ^1));
        Assert.Equal(4, data.Count);
        Assert.Null(data.Names);
        Batch batch = Read(data, Single, 2, 3, 0, 0, 1);
        Assert.Equal([20f, 21, 30, 31, 0, 1, 0, 1, 10, 11], batch.Floats("x").ToArray());
        Assert.Equal([2, 0, 0, 0, 1], batch.Ints("label").ToArray());
        Assert.Equal([0.0, 1], Read(data, Precise, 0).Doubles("x").ToArray());
        Assert.Equal(2, data.LabelOf(2));
        Assert.Equal([1, 0], data.Subset(1, 3).Ints("label"));
    }

    [Fact]
    public void Columns_have_the_headers_names_and_text_may_stand_between_them()
    {
        using CsvDataset data = Open("\ufefflabel,größe,\"a \"\"note\"\"\",y\r\n1,2,\"naïve, with\r\na break, ✓\",3\n0,5,,6\n", header: true,
            CsvField.Floats("x", "y", "größe"), CsvField.Ints("label", "label"));
        Assert.Equal(["label", "größe", "a \"note\"", "y"], data.Names);
        Assert.Equal([6f, 5, 3, 2], Read(data, Single, 1, 0).Floats("x").ToArray());
        Assert.Equal([1, 0], data.Ints("label"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 16)]
    public void The_length_of_the_buffer_changes_nothing(int bufferLength)
    {
        string text = string.Concat(Enumerable.Range(0, 50).Select(i => FormattableString.Invariant($"\"{i}\",\"x\"\"\n{new string('y', i)}\",{i * 0.5},{i % 3}{(i % 2 == 0 ? "\r\n" : "\n")}")));
        using CsvDataset data = CsvDataset.Open(FileOf(text), header: false, [CsvField.Floats("x", 2..3), CsvField.Ints("label", ^1)], bufferLength);
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i * 0.5f), data.Floats("x", 1));
        Assert.Equal(Enumerable.Range(0, 50).Select(i => i % 3), data.Ints("label"));
        Assert.Equal([24.5f, 0], data.Subset(49, 0).Floats("x", 1));
    }

    [Fact]
    public void Memory_does_not_grow_with_the_file()
    {
        const int Rows = 20_000;
        string path = Path.Combine(folder, "large.csv"), filler = new('z', 400);
        using (var writer = new StreamWriter(path))
        {
            for (int row = 0; row < Rows; row++)
                writer.Write(string.Create(CultureInfo.InvariantCulture, $"{row},{filler},{row + 0.5},{row % 7}\n"));
        }

        long length = new FileInfo(path).Length, before = GC.GetAllocatedBytesForCurrentThread();
        using CsvDataset data = CsvDataset.Open(path, header: false, [CsvField.Floats("x", 0..1), CsvField.Floats("y", 2..3), CsvField.Ints("label", ^1)], bufferLength: 4096);
        long opening = GC.GetAllocatedBytesForCurrentThread() - before;

        // Lists that double hold at most four times what they need at the end, all copies together: 12 bytes a row.
        Assert.InRange(opening, 0, 48 * Rows + 100_000);
        Assert.True(opening < length / 7, $"{opening} bytes for a file of {length}");

        int[] order = Shuffling.Identity(Rows);
        Shuffling.Shuffle(order, seed: 1, stream: 0);
        var batch = new Batch(new([new("x", FieldKind.Float, 1, 0), new("y", FieldKind.Float, 1, 0), new("label", FieldKind.Int, 1, 7)], Float64: true), 100) { Rows = 100 };
        data.Read(order.AsSpan(0, 100), batch);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int from = 0; from < Rows; from += 100)
        {
            data.Read(order.AsSpan(from, 100), batch);
            for (int i = 0; i < 100; i++)
            {
                int row = order[from + i];
                if (batch.Doubles("x")[i] != row || batch.Doubles("y")[i] != row + 0.5 || batch.Ints("label")[i] != row % 7)
                    Assert.Fail($"row {row}");
            }
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Splits_views_and_prefetch_work_on_it()
    {
        using CsvDataset data = Open(string.Concat(Enumerable.Range(0, 90).Select(i => FormattableString.Invariant($"{i},{i + 1},{i % 3}\n"))), header: false,
            CsvField.Floats("x", ..2), CsvField.Ints("label", ^1));
        (Dataset training, Dataset test) = data.StratifiedSplit(2 / 3.0);
        Assert.Equal((60, 30), (training.Count, test.Count));
        Assert.Equal(10, test.Ints("label").Count(label => label == 2));
        Assert.Equal([1, 1, 1], data.ClassWeights(3));
        using var reader = new BatchReader(training, Single, Shuffling.Identity(60), batchSize: 7, prefetch: true);
        var seen = new List<float>();
        float[] ofTest = test.Floats("x", 2);
        while (reader.Next() is Batch batch)
        {
            seen.AddRange(batch.Floats("x"));
            Assert.Equal(ofTest, test.Floats("x", 2)); // while the other thread reads the same file
        }

        Assert.Equal(training.Floats("x", 2), seen);
    }

    [Theory]
    [InlineData("1,2,0\n3,x,1\n", "Line 2, column 2: 'x' is not a number.")]
    [InlineData("1,2,0\n3,4,1.5\n", "Line 2, column 3: '1.5' is not a 32-bit whole number.")]
    [InlineData("1,2,0\n3,4\n", "Line 2 has 2 fields instead of 3.")]
    [InlineData("1,2,0\n3,\"4,1\n", "never closed, at line 2, column 3")]
    [InlineData("1,1e999,0\n", "Line 1, column 2: '1e999' is not a number that a double can hold.")]
    public void What_is_wrong_is_said_at_opening(string text, string message) =>
        Assert.Contains(message, Assert.Throws<FormatException>(() => Open(text, header: false, CsvField.Floats("x", ..2), CsvField.Ints("label", 2))).Message);

    [Fact]
    public void Fields_that_do_not_fit_are_refused()
    {
        Assert.Contains("x takes the columns 0..5, but the file has 3", Assert.Throws<ArgumentException>(() => Open("1,2,0\n", header: false, CsvField.Floats("x", ..5))).Message);
        Assert.Contains("takes no column", Assert.Throws<ArgumentException>(() => Open("1,2,0\n", header: false, CsvField.Floats("x", 1..1))).Message);
        Assert.Contains("no column 'z'. The header has a, b", Assert.Throws<ArgumentException>(() => Open("a,b\n1,2\n", header: true, CsvField.Floats("x", "z"))).Message);
        Assert.Contains("read without a header", Assert.Throws<ArgumentException>(() => Open("1,2\n", header: false, CsvField.Floats("x", "z"))).Message);
        Assert.Contains("The field x stands twice", Assert.Throws<ArgumentException>(() => Open("1,2\n", header: false, CsvField.Floats("x", 0), CsvField.Floats("x", 1))).Message);
        Assert.Throws<ArgumentException>(() => Open("1,2\n", header: false));
        Assert.Throws<ArgumentOutOfRangeException>(() => CsvField.Ints("label", ^0));
        Assert.Throws<FormatException>(() => Open("a,a\n1,2\n", header: true, CsvField.Floats("x", 0)));
        Assert.Contains("compressed with gzip", Assert.Throws<FormatException>(() => Open("\u001f\u008b\b", header: false, CsvField.Floats("x", 0), latin: true)).Message);

        using CsvDataset data = Open("1,2,1e300\n", header: false, CsvField.Floats("x", 1..), CsvField.Floats("label", 0));
        Assert.Contains("label holds labels or ids and takes CsvField.Ints", Assert.Throws<BatchShapeException>(() => Read(data, Single, 0)).Message);
        Assert.Contains("x has 2 values per row", Assert.Throws<BatchShapeException>(() => data.Floats("x", 1)).Message);
        Assert.Contains("reads 'y', but the dataset has x, label", Assert.Throws<BatchShapeException>(() => data.Floats("y", 1)).Message);
        Assert.Contains("column 3: '1e300' is not a number that a float can hold", Assert.Throws<FormatException>(() => data.Floats("x", 2)).Message);
        Assert.Equal([2, 1e300], Read(data, Precise, 0).Doubles("x").ToArray());
        Assert.Throws<NotSupportedException>(() => data.LabelOf(0));
    }

    [Fact]
    public void Empty_files_have_no_rows_and_closed_ones_cannot_be_read()
    {
        Assert.Equal(0, Open("", header: false, CsvField.Floats("x", ..2)).Count);
        CsvDataset data = Open("a,b\n", header: true, CsvField.Floats("x", ..2));
        Assert.Equal(0, data.Count);
        data.Dispose();
        data = Open("1,2\n", header: false, CsvField.Floats("x", ..2));
        data.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data.Floats("x", 2));
    }

    [Fact]
    public void A_file_that_changes_underneath_is_noticed()
    {
        string path = FileOf("1,2\n3,4\n");
        using CsvDataset data = CsvDataset.Open(path, header: false, CsvField.Floats("x", ..2));
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.Write("1;2\n3;4\n"u8);
        Assert.Contains("has changed", Assert.Throws<FormatException>(() => data.Floats("x", 2)).Message);
    }

    [Fact]
    public void Bytes_are_made_of_a_table()
    {
        using CsvDataset data = Open("1,2\n", header: false, CsvField.Ints("x", ..));
        Assert.Contains("x is declared with Bytes = true and takes a byte[], which no CsvField gives: make one of the Ints of a CsvTable; the dataset has CsvField.Ints",
            Assert.Throws<BatchShapeException>(() => data.Bytes("x", 2)).Message);
    }

    private CsvDataset Open(string text, bool header, params CsvField[] fields) => CsvDataset.Open(FileOf(text), header, fields);

    private CsvDataset Open(string text, bool header, CsvField field, bool latin) => CsvDataset.Open(FileOf(text, latin ? Encoding.Latin1 : Encoding.UTF8), header, field);

    private string FileOf(string text) => FileOf(text, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false));

    private string FileOf(string text, Encoding encoding)
    {
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        File.WriteAllText(path, text, encoding);
        return path;
    }

    private static Batch Read(Dataset data, BatchDefinition definition, params int[] rows)
    {
        var batch = new Batch(definition, 64) { Rows = rows.Length };
        data.Read(rows, batch);
        return batch;
    }
}
