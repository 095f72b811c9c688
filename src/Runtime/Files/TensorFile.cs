using System.Buffers;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace DlGen.Files;

/// <summary>A tensor to be written: its values are asked for when their turn comes.</summary>
/// <param name="Name">The name in the file.</param>
/// <param name="Type">F32, F64 or I64.</param>
/// <param name="Shape">The extents.</param>
/// <param name="Values">A float[], double[] or long[] in row-major order, which the writer may change.</param>
internal sealed record TensorSource(string Name, string Type, int[] Shape, Func<Array> Values);

/// <summary>Safetensors files of named tensors, whoever's they are.</summary>
internal static class TensorFile
{
    private const int Alignment = 8;
    private const int ChunkElements = 1 << 18;

    /// <summary>Writes a file: whoever reads the path sees the old one or the new one.</summary>
    public static void Save(string path, IReadOnlyList<TensorSource> tensors, params (string Name, string Text)[] metadata) => AtomicFile.Write(path, file => Write(file, tensors, metadata));

    /// <summary>Writes header and data.</summary>
    /// <param name="stream">Where to.</param>
    /// <param name="tensors">The tensors, in the order of the file.</param>
    /// <param name="metadata">What stands in <c>__metadata__</c> beside the format.</param>
    public static void Write(Stream stream, IReadOnlyList<TensorSource> tensors, params (string Name, string Text)[] metadata)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ReadOnlySpan<byte> header = Header(tensors, metadata);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (TensorSource tensor in tensors)
        {
            switch (tensor.Values())
            {
                case float[] floats:
                    WriteElements<float>(stream, floats);
                    break;
                case double[] doubles:
                    WriteElements<double>(stream, doubles);
                    break;
                case long[] numbers:
                    WriteElements<long>(stream, numbers);
                    break;
                case var other:
                    throw new ArgumentException($"{tensor.Name} holds {other.GetType().Name}.", nameof(tensors));
            }
        }
    }

    /// <summary>All tensors of a file by name, under every rule of the format.</summary>
    /// <exception cref="ModelFileException">The file breaks a rule, or holds a type other than F32, F64 and I64.</exception>
    public static Dictionary<string, Array> Read(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        var tensors = new Dictionary<string, Array>(StringComparer.Ordinal);
        foreach (TensorEntry entry in SafetensorsReader.ReadHeader(file, file.Length))
        {
            int count = checked((int)((entry.End - entry.Begin) / Math.Max(1, SafetensorsHeader.SizeOf(entry.Type))));
            tensors.Add(entry.Name, entry.Type switch
            {
                "F32" => ReadElements<float>(file, entry, count),
                "F64" => ReadElements<double>(file, entry, count),
                "I64" => ReadElements<long>(file, entry, count),
                _ => throw new ModelFileException($"{entry.Name} is of type {entry.Type}; F32, F64 and I64 are expected here."),
            });
        }

        return tensors;
    }

    private static T[] ReadElements<T>(Stream stream, TensorEntry entry, int count)
        where T : unmanaged
    {
        var elements = new T[count];
        SafetensorsReader.ReadElements<T>(stream, elements, entry.Name);
        return elements;
    }

    private static void WriteElements<T>(Stream stream, T[] elements)
        where T : unmanaged
    {
        for (int from = 0; from < elements.Length; from += ChunkElements)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(elements.AsSpan(from, Math.Min(ChunkElements, elements.Length - from)));
            LittleEndian.FromOrTo<T>(bytes);
            stream.Write(bytes);
        }
    }

    /// <summary>The JSON, padded with spaces so that the data begins at a multiple of 8 bytes.</summary>
    private static ReadOnlySpan<byte> Header(IReadOnlyList<TensorSource> tensors, (string Name, string Text)[] metadata)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (Utf8JsonWriter json = new(buffer))
        {
            json.WriteStartObject();
            json.WriteStartObject("__metadata__");
            json.WriteString("format", "pt"); // what PyTorch's own writer says; some readers refuse a file without it
            foreach ((string name, string text) in metadata)
                json.WriteString(name, text);
            json.WriteEndObject();
            long offset = 0;
            foreach (TensorSource tensor in tensors)
            {
                json.WriteStartObject(tensor.Name);
                json.WriteString("dtype", tensor.Type);
                json.WriteStartArray("shape");
                long length = SafetensorsHeader.SizeOf(tensor.Type);
                foreach (int extent in tensor.Shape)
                {
                    json.WriteNumberValue(extent);
                    length *= extent;
                }

                json.WriteEndArray();
                json.WriteStartArray("data_offsets");
                json.WriteNumberValue(offset);
                json.WriteNumberValue(offset += length);
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
