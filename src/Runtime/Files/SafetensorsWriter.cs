using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DlGen.Files;

/// <summary>Saves a model's parameters as safetensors, in PyTorch's order of elements and the model's own number type.</summary>
internal static class SafetensorsWriter
{
    private const int Alignment = 8;
    private const int ChunkElements = 1 << 18;

    public static void Save(ParameterSet parameters, string path) => AtomicFile.Write(path, file => Save(parameters, file));

    public static void Save(ParameterSet parameters, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        if (parameters.Storage.Float64)
            Save<double>(parameters, stream, "F64");
        else
            Save<float>(parameters, stream, "F32");
    }

    private static void Save<T>(ParameterSet parameters, Stream stream, string type)
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ReadOnlySpan<byte> header = Header(parameters, type, Unsafe.SizeOf<T>());
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        for (int i = 0; i < parameters.Count; i++)
        {
            var elements = new T[parameters[i].Length];
            parameters.Storage.Read<T>(i, gradient: false, elements);
            for (int from = 0; from < elements.Length; from += ChunkElements)
            {
                Span<byte> bytes = MemoryMarshal.AsBytes(elements.AsSpan(from, Math.Min(ChunkElements, elements.Length - from)));
                LittleEndian.FromOrTo<T>(bytes);
                stream.Write(bytes);
            }
        }
    }

    /// <summary>The JSON, padded with spaces so that the data begins at a multiple of 8 bytes.</summary>
    private static ReadOnlySpan<byte> Header(ParameterSet parameters, string type, int elementSize)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt"); // what PyTorch's own writer says; some readers refuse a file without it
            json.WriteEndObject();
            long offset = 0;
            foreach (Parameter parameter in parameters)
            {
                json.WriteStartObject(parameter.Name);
                json.WriteString("dtype", type);
                json.WriteStartArray("shape");
                foreach (int extent in parameter.Shape)
                    json.WriteNumberValue(extent);
                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += (long)parameter.Length * elementSize);
                json.WriteEndArray();
                json.WriteEndObject();
            }

            json.WriteEndObject();
        }

        int padding = (Alignment - buffer.WrittenCount % Alignment) % Alignment;
        buffer.GetSpan(Alignment)[..padding].Fill((byte)' ');
        buffer.Advance(padding);
        return buffer.WrittenSpan;
    }
}
