using System.Buffers.Binary;
using System.IO.Compression;

namespace DlGen.Tests;

public sealed class IdxFileTests
{
    [Fact]
    public void Images_and_labels_as_MNIST_has_them()
    {
        IdxFile images = Read([0, 0, 8, 3, 0, 0, 0, 2, 0, 0, 0, 1, 0, 0, 0, 3, 0, 51, 102, 153, 204, 255]);
        Assert.Equal(IdxType.Byte, images.Type);
        Assert.Equal([2, 1, 3], images.Shape.ToArray());
        Assert.Equal((2, 3), (images.Rows, images.PerRow));
        Assert.Equal([0, 0.2f, 0.4f, 0.6f, 0.8f, 1], images.Floats(1 / 255.0));
        Assert.Equal([0.0, 51, 102, 153, 204, 255], images.Doubles());
        IdxFile labels = Read([0, 0, 8, 1, 0, 0, 0, 3, 7, 2, 9]);
        Assert.Equal([7, 2, 9], labels.Ints());
        Assert.Equal((3, 1), (labels.Rows, labels.PerRow));
    }

    [Fact]
    public void Every_type_is_read_big_endian()
    {
        Assert.Equal([-1, 127, -128], Read([0, 0, 9, 1, 0, 0, 0, 3, 0xFF, 0x7F, 0x80]).Ints());
        Assert.Equal([258, -2], Read([0, 0, 0xB, 1, 0, 0, 0, 2, 1, 2, 0xFF, 0xFE]).Ints());
        Assert.Equal([16909060, int.MinValue], Read([0, 0, 0xC, 1, 0, 0, 0, 2, 1, 2, 3, 4, 0x80, 0, 0, 0]).Ints());
        byte[] number = new byte[8];
        BinaryPrimitives.WriteSingleBigEndian(number, 1.1f);
        Assert.Equal([1.1f], Read([0, 0, 0xD, 1, 0, 0, 0, 1, .. number[..4]]).Floats());
        BinaryPrimitives.WriteDoubleBigEndian(number, Math.PI);
        IdxFile doubles = Read([0, 0, 0xE, 1, 0, 0, 0, 1, .. number]);
        Assert.Equal([Math.PI], doubles.Doubles());
        Assert.Equal([(float)Math.PI], doubles.Floats());
        Assert.Contains("of type Double, and labels are whole numbers", Assert.Throws<FormatException>(() => doubles.Ints()).Message);
        BinaryPrimitives.WriteDoubleBigEndian(number, 1e300);
        Assert.Contains("Element 0 is 1E+300, which a float cannot hold", Assert.Throws<FormatException>(() => Read([0, 0, 0xE, 1, 0, 0, 0, 1, .. number]).Floats()).Message);
    }

    [Fact]
    public void Any_number_of_axes_and_no_rows_are_possible()
    {
        byte[] extents = [.. Enumerable.Range(0, 255).SelectMany(_ => (byte[])[0, 0, 0, 1])];
        IdxFile deep = Read([0, 0, 8, 255, .. extents, 42]);
        Assert.Equal((255, 42), (deep.Shape.Length, deep.Ints()[0]));
        IdxFile none = Read([0, 0, 8, 2, 0, 0, 0, 0, 0x7F, 0xFF, 0xFF, 0xFF]);
        Assert.Equal((0, int.MaxValue, 0), (none.Rows, none.PerRow, none.Floats().Length));
    }

    [Fact]
    public void Gzip_is_told_by_the_content_whatever_the_name()
    {
        byte[] plain = [0, 0, 8, 1, 0, 0x10, 0, 0, .. new byte[1 << 20]];
        plain[^1] = 5;
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Packed(plain));
            IdxFile file = IdxFile.Read(path);
            Assert.Equal((1 << 20, 5), (file.Rows, file.Ints()[^1]));
            File.WriteAllBytes(path, plain);
            Assert.Equal(5, IdxFile.Read(path).Ints()[^1]);
        }
        finally
        {
            File.Delete(path);
        }

        using var once = new GZipStream(new MemoryStream(Packed(plain)), CompressionMode.Decompress);
        Assert.Equal(1 << 20, IdxFile.Read(once).Rows);
        using var twice = new GZipStream(new MemoryStream(Packed(Packed(plain))), CompressionMode.Decompress);
        Assert.Equal(5, IdxFile.Read(twice).Ints()[^1]);
    }

    [Theory]
    [InlineData(new byte[] { }, "ends inside of its first four bytes")]
    [InlineData(new byte[] { 0, 0, 8 }, "ends inside of its first four bytes")]
    [InlineData(new byte[] { 1, 0, 8, 1 }, "this one with 01 00")]
    [InlineData(new byte[] { 0, 2, 8, 1 }, "this one with 00 02")]
    [InlineData(new byte[] { 0, 0, 10, 1 }, "the number type 0A")]
    [InlineData(new byte[] { 0, 0, 8, 0, 1 }, "no axes")]
    [InlineData(new byte[] { 0, 0, 8, 2, 0, 0, 0, 1, 0, 0 }, "ends inside of its shape")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0x80, 0, 0, 0 }, "Axis 0 of the IDX file has the extent 2147483648")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 3, 1, 2 }, "the shape (3) of Byte, which takes 3 bytes, but 2 follow its header")]
    [InlineData(new byte[] { 0, 0, 8, 1, 0, 0, 0, 1, 1, 2 }, "the shape (1) of Byte, which takes 1 bytes, but 2 follow its header")]
    [InlineData(new byte[] { 0, 0, 11, 1, 0, 0, 0, 2, 1, 2 }, "the shape (2) of Int16, which takes 4 bytes")]
    [InlineData(new byte[] { 0, 0, 14, 3, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF, 0x7F, 0xFF, 0xFF, 0xFF }, "which takes 4611686018427387904 bytes, but 0 follow")]
    public void Broken_files_are_refused(byte[] bytes, string message)
    {
        Assert.Contains(message, Assert.Throws<FormatException>(() => Read(bytes)).Message);
        Assert.Throws<FormatException>(() => Read(Packed(bytes)));
    }

    [Fact]
    public void Damaged_gzip_is_refused()
    {
        byte[] random = new byte[100_000];
        new Random(1).NextBytes(random);
        byte[] packed = Packed([0, 0, 8, 1, 0, 1, 0x86, 0xA0, .. random]);
        foreach (int length in (int[])[2, 9, 20, packed.Length / 2, packed.Length - 9])
            Assert.Throws<FormatException>(() => Read(packed[..length]));
        packed[^6] ^= 1; // the checksum
        Assert.Contains("damaged", Assert.Throws<FormatException>(() => Read(packed)).Message);
        Assert.Contains("goes on after the numbers of the shape (1) of Byte", Assert.Throws<FormatException>(() => Read(Packed([0, 0, 8, 1, 0, 0, 0, 1, 1, 2]))).Message);
    }

    [Fact]
    public void What_a_header_claims_takes_no_memory()
    {
        byte[] bytes = [0, 0, 8, 1, 0x70, 0, 0, 0, .. new byte[1000]];
        byte[] packed = Packed(bytes), reachable = Packed([0, 0, 8, 1, 0, 0x10, 0, 0, .. new byte[500_000]]);
        Refused(bytes);
        Refused(packed);
        Refused(reachable); // claims twice of what it has, which the packed length would allow

        static void Refused(byte[] bytes)
        {
            using var stream = new MemoryStream(bytes);
            long before = GC.GetAllocatedBytesForCurrentThread();
            Assert.Throws<FormatException>(() => IdxFile.Read(stream));
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1_200_000);
        }
    }

    private static IdxFile Read(byte[] bytes) => IdxFile.Read(new MemoryStream(bytes));

    private static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var gzip = new GZipStream(packed, CompressionLevel.Optimal))
            gzip.Write(bytes);
        return packed.ToArray();
    }
}
