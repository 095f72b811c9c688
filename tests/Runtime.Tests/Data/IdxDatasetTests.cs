using System.Buffers.Binary;
using System.IO.Compression;
using DlGen.Compiled;

namespace DlGen.Tests;

public sealed class IdxDatasetTests : IDisposable
{
    private const int Rows = 3000;

    private readonly string folder = Directory.CreateTempSubdirectory().FullName;
    private readonly IdxField images;
    private readonly IdxField labels;

    public IdxDatasetTests()
    {
        images = IdxField.Floats("x", FileOf(8, [Rows, 4, 5], [.. Enumerable.Range(0, Rows * 20).Select(i => (byte)(i * 7))]), scale: 1 / 255.0);
        labels = IdxField.Ints("label", FileOf(8, [Rows], [.. Enumerable.Range(0, Rows).Select(i => (byte)(i % 3))]));
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(1 << 16)]
    public void It_gives_what_the_files_in_memory_give(int bufferLength)
    {
        using IdxDataset data = IdxDataset.Open([images, labels], bufferLength);
        double[] all = IdxFile.Read(images.Path).Doubles(1 / 255.0);
        Assert.Equal(Rows, data.Count);
        Assert.Equal(IdxFile.Read(images.Path).Floats(1 / 255.0), data.Floats("x", 20));
        Assert.Equal(IdxFile.Read(labels.Path).Ints(), data.Ints("label"));
        Assert.Equal([.. all[^20..], .. all[..20]], Read(data.Subset(Rows - 1, 0), float64: true).Doubles("x").ToArray());
        Assert.Equal(2, data.LabelOf(Rows - 1));
        (Dataset first, _) = data.StratifiedSplit(0.5);
        Assert.Equal(500, first.Ints("label").Count(label => label == 1));
    }

    [Fact]
    public void Bytes_are_delivered_as_they_stand()
    {
        using IdxDataset data = IdxDataset.Open([IdxField.Bytes("x", images.Path), labels], bufferLength: 7);
        byte[] all = IdxFile.Read(images.Path).Bytes();
        Assert.Equal(File.ReadAllBytes(images.Path)[^all.Length..], all);
        Assert.Equal(all, data.Bytes("x", 20));
        Assert.Equal([.. all[^20..], .. all[..20]], data.Subset(Rows - 1, 0).Bytes("x", 20));
        Assert.Contains("x takes floating-point numbers; the dataset has IdxField.Bytes. Declare the input with Bytes = true", Assert.Throws<BatchShapeException>(() => data.Floats("x", 20)).Message);
        using IdxDataset floats = IdxDataset.Open(images);
        Assert.Contains("x is declared with Bytes = true and takes IdxField.Bytes; the dataset has floating-point numbers", Assert.Throws<BatchShapeException>(() => floats.Bytes("x", 20)).Message);
        Assert.Contains("of type Int16, and an input of bytes takes unsigned ones, Byte", Assert.Throws<FormatException>(() => IdxDataset.Open(IdxField.Bytes("y", FileOf(0xB, [1], [0, 1])))).Message);
        Assert.Contains("of type SByte", Assert.Throws<FormatException>(() => IdxFile.Read(FileOf(9, [1], [255])).Bytes()).Message);
    }

    [Fact]
    public void Reading_takes_no_memory_but_the_buffer()
    {
        long before = GC.GetAllocatedBytesForCurrentThread();
        using IdxDataset data = IdxDataset.Open([images, labels], bufferLength: 16);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        var batch = new Batch(Definition(float64: false), 100) { Rows = 100 };
        int[] order = Shuffling.Identity(Rows);
        Shuffling.Shuffle(order, seed: 2, stream: 0);
        data.Read(order.AsSpan(0, 100), batch);
        before = GC.GetAllocatedBytesForCurrentThread();
        for (int from = 0; from < Rows; from += 100)
            data.Read(order.AsSpan(from, 100), batch);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Every_type_is_read()
    {
        byte[] doubles = new byte[16];
        BinaryPrimitives.WriteDoubleBigEndian(doubles, Math.PI);
        BinaryPrimitives.WriteDoubleBigEndian(doubles.AsSpan(8), -1e300);
        using IdxDataset data = IdxDataset.Open(
            IdxField.Floats("d", FileOf(0xE, [2], doubles)), IdxField.Floats("s", FileOf(0xB, [2], [0xFF, 0xFE, 1, 0]), scale: 0.5), IdxField.Ints("i", FileOf(0xC, [2], [0x80, 0, 0, 0, 0, 0, 1, 0])));
        Assert.Equal([-1f, 128], data.Floats("s", 1));
        Assert.Equal([int.MinValue, 256], data.Ints("i"));
        Assert.Equal([(float)Math.PI], data.Subset(0).Floats("d", 1));
        Assert.Contains("holds -1E+300, which a Float32 model cannot hold", Assert.Throws<FormatException>(() => data.Floats("d", 1)).Message);
    }

    [Fact]
    public void Files_that_do_not_fit_are_refused()
    {
        Assert.Contains("y has 2 rows, but label has 3000", Assert.Throws<BatchShapeException>(() => IdxDataset.Open(labels, IdxField.Floats("y", FileOf(8, [2], [1, 2])))).Message);
        Assert.Contains("The field label stands twice", Assert.Throws<ArgumentException>(() => IdxDataset.Open(labels, labels)).Message);
        Assert.Throws<ArgumentException>(() => IdxDataset.Open());
        Assert.Contains("of type Single, and labels are whole numbers", Assert.Throws<FormatException>(() => IdxDataset.Open(IdxField.Ints("y", FileOf(0xD, [1], new byte[4])))).Message);
        Assert.Contains("takes 3 bytes, but 2 follow", Assert.Throws<FormatException>(() => IdxDataset.Open(IdxField.Floats("y", FileOf(8, [3], [1, 2])))).Message);
        string packed = Path.Combine(folder, "packed");
        using (var gzip = new GZipStream(File.Create(packed), CompressionLevel.Fastest))
            gzip.Write([0, 0, 8, 1, 0, 0, 0, 0]);
        Assert.Contains("packed with gzip", Assert.Throws<FormatException>(() => IdxDataset.Open(IdxField.Floats("y", packed))).Message);

        using IdxDataset data = IdxDataset.Open(images);
        Assert.Contains("x has 20 values per row", Assert.Throws<BatchShapeException>(() => data.Floats("x", 10)).Message);
        Assert.Contains("reads 'label', but the dataset has x", Assert.Throws<BatchShapeException>(() => data.Ints("label")).Message);
        Assert.Throws<NotSupportedException>(() => data.LabelOf(0));
    }

    [Fact]
    public void Closed_and_shortened_files_cannot_be_read()
    {
        IdxDataset data = IdxDataset.Open(images, labels);
        using (var file = new FileStream(images.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite))
            file.SetLength(100);
        Assert.Contains("is shorter than when it was opened", Assert.Throws<FormatException>(() => data.Floats("x", 20)).Message);
        data.Dispose();
        Assert.Throws<ObjectDisposedException>(() => data.Ints("label"));
        Assert.Throws<ObjectDisposedException>(() => data.LabelOf(0));
    }

    private static BatchDefinition Definition(bool float64) => new([new("x", FieldKind.Float, 20, 0), new("label", FieldKind.Int, 1, 3)], float64);

    private static Batch Read(Dataset data, bool float64)
    {
        var batch = new Batch(Definition(float64), data.Count) { Rows = data.Count };
        data.Read(Shuffling.Identity(data.Count), batch);
        return batch;
    }

    private string FileOf(byte type, int[] shape, byte[] elements)
    {
        string path = Path.Combine(folder, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, [0, 0, type, (byte)shape.Length, .. shape.SelectMany(extent => (byte[])[(byte)(extent >> 24), (byte)(extent >> 16), (byte)(extent >> 8), (byte)extent]), .. elements]);
        return path;
    }
}
