using System.Buffers.Binary;
using System.Text;
using DlGen.Compiled;

namespace DlGen.Tests;

/// <summary>Safetensors files made by hand.</summary>
internal static class SafetensorsBytes
{
    public static byte[] FileOf(string header, byte[] data)
    {
        byte[] json = Encoding.UTF8.GetBytes(header);
        var length = new byte[8];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)json.Length);
        return [.. length, .. json, .. data];
    }

    public static byte[] Saved<T>(ModelCore<T> core)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        using var stream = new MemoryStream();
        core.Save(stream);
        return stream.ToArray();
    }

    /// <summary>That the bytes are refused with this in the message, and no parameter changes.</summary>
    public static ModelFileException Refused(ModelCore<float> core, byte[] bytes, string message)
    {
        float[] before = core.Values.ToArray();
        long version = core.Parameters.Version;
        var error = Assert.Throws<ModelFileException>(() => core.Load(new OneWayStream(bytes)));
        Assert.Contains(message, error.Message);
        Assert.Equal(before, core.Values.ToArray());
        Assert.Equal(version, core.Parameters.Version);
        return error;
    }
}
