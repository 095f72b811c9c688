using System.Buffers.Binary;
using System.IO.Compression;

namespace Vision;

/// <summary>Grey pictures side by side in a PNG file (ISO/IEC 15948): a signature, and chunks of length, kind, bytes and check sum.</summary>
internal static class Picture
{
    private const int Gap = 2;

    /// <summary>Writes a file: one line of pictures for each set.</summary>
    /// <param name="path">The file.</param>
    /// <param name="sets">Pixels from 0 to 1, picture after picture.</param>
    /// <param name="height">Pixels of a picture.</param>
    /// <param name="width">Pixels of a picture.</param>
    /// <param name="count">Pictures of each set that are drawn.</param>
    public static void Save(string path, float[][] sets, int height, int width, int count)
    {
        int lines = sets.Length * (height + Gap) - Gap, columns = count * (width + Gap) - Gap;
        // Each line begins with its filter, 0 for none.
        byte[] pixels = new byte[lines * (columns + 1)];
        for (int y = 0; y < lines; y++)
        {
            pixels.AsSpan(y * (columns + 1) + 1, columns).Fill(255);
            if (y % (height + Gap) >= height)
                continue;
            for (int x = 0; x < columns; x++)
            {
                if (x % (width + Gap) < width)
                    pixels[y * (columns + 1) + 1 + x] = Grey(sets[y / (height + Gap)][(x / (width + Gap) * height + y % (height + Gap)) * width + x % (width + Gap)]);
            }
        }

        using var file = File.Create(path);
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, columns);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), lines);
        header[8] = 8; // bits of a pixel; what follows says grey, deflate, filters by line, no interlacing: all 0
        WriteChunk(file, "IHDR"u8, header);
        var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Optimal, leaveOpen: true))
            zlib.Write(pixels);
        WriteChunk(file, "IDAT"u8, packed.ToArray());
        WriteChunk(file, "IEND"u8, []);
    }

    private static byte Grey(float value) => (byte)Math.Clamp(Math.Round(255 * value), 0, 255);

    private static void WriteChunk(Stream file, ReadOnlySpan<byte> kind, byte[] bytes)
    {
        byte[] chunk = new byte[12 + bytes.Length];
        BinaryPrimitives.WriteInt32BigEndian(chunk, bytes.Length);
        kind.CopyTo(chunk.AsSpan(4));
        bytes.CopyTo(chunk.AsSpan(8));
        BinaryPrimitives.WriteUInt32BigEndian(chunk.AsSpan(8 + bytes.Length), CheckSum(chunk.AsSpan(4, 4 + bytes.Length)));
        file.Write(chunk);
    }

    /// <summary>CRC-32 of kind and bytes.</summary>
    private static uint CheckSum(ReadOnlySpan<byte> bytes)
    {
        uint sum = uint.MaxValue;
        foreach (byte next in bytes)
        {
            sum ^= next;
            for (int bit = 0; bit < 8; bit++)
                sum = (sum & 1) == 0 ? sum >> 1 : sum >> 1 ^ 0xEDB88320;
        }

        return ~sum;
    }
}
