using System.Globalization;
using System.Text.Json;

namespace DlGen.Files;

/// <summary>A tensor as a header describes it. Begin and End are bytes from the end of the header on.</summary>
internal sealed record TensorEntry(string Name, string Type, long[] Shape, long Begin, long End);

/// <summary>The JSON header of a safetensors file, read under every rule of the format: one object; unique names; type, shape and offsets for each tensor;
/// bytes that equal the shape's product times the type's size; no overlap, no hole.</summary>
internal static class SafetensorsHeader
{
    /// <summary>The format's own bound, in bytes.</summary>
    public const long MaxLength = 100_000_000;

    /// <summary>As many axes as PyTorch and NumPy can have. A header is thereby read into memory of a few times its own size, whatever it holds.</summary>
    private const int MaxAxes = 64;

    private const string Metadata = "__metadata__";

    /// <summary>Reads a header; the tensors come in the order of their bytes.</summary>
    /// <param name="json">The header.</param>
    /// <param name="metadata">Takes the entries of <c>__metadata__</c>, if given.</param>
    /// <exception cref="ModelFileException">A rule is broken.</exception>
    public static TensorEntry[] Read(ReadOnlySpan<byte> json, Dictionary<string, string>? metadata = null)
    {
        if (json.IsEmpty || json[0] != (byte)'{')
            throw new ModelFileException("The safetensors header does not begin with '{'.");

        List<TensorEntry> entries;
        try
        {
            entries = ReadEntries(json, metadata);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException or FormatException)
        {
            // InvalidOperation: another kind of value than the format has there, or text that is no UTF-8.
            throw new ModelFileException($"The safetensors header is not valid: {exception.Message}", innerException: exception);
        }

        TensorEntry[] ordered = [.. entries.OrderBy(entry => entry.Begin).ThenBy(entry => entry.End)];
        CheckOffsets(ordered);
        return ordered;
    }

    /// <summary>Bytes of one element, or 0 for a type the format does not have.</summary>
    public static int SizeOf(string type) => type switch
    {
        "F64" or "I64" or "U64" or "C64" => 8,
        "F32" or "I32" or "U32" => 4,
        "F16" or "BF16" or "I16" or "U16" => 2,
        "F8_E4M3" or "F8_E5M2" or "F8_E8M0" or "I8" or "U8" or "BOOL" => 1,
        _ => 0,
    };

    private static List<TensorEntry> ReadEntries(ReadOnlySpan<byte> json, Dictionary<string, string>? metadata)
    {
        var reader = new Utf8JsonReader(json);
        var entries = new List<TensorEntry>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        reader.Read();
        while (NextProperty(ref reader, names) is string name)
        {
            if (name == Metadata)
                ReadMetadata(ref reader, metadata);
            else
                entries.Add(ReadEntry(ref reader, name));
        }

        if (json[(int)reader.BytesConsumed..].ContainsAnyExcept((byte)' '))
            throw new JsonException("something other than spaces follows the object");
        return entries;
    }

    /// <summary>Moves onto the value of the next property; null at the object's end.</summary>
    private static string? NextProperty(ref Utf8JsonReader reader, HashSet<string>? seen)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.EndObject)
            return null;
        string name = reader.GetString()!;
        if (seen?.Add(name) == false)
            throw new JsonException($"'{name}' stands twice");
        reader.Read();
        return name;
    }

    private static void ReadMetadata(ref Utf8JsonReader reader, Dictionary<string, string>? metadata)
    {
        Expect(reader, JsonTokenType.StartObject, Metadata);
        var names = new HashSet<string>(StringComparer.Ordinal);
        while (NextProperty(ref reader, names) is string name)
        {
            Expect(reader, JsonTokenType.String, Metadata, name);
            metadata?.Add(name, reader.GetString()!);
        }
    }

    private static TensorEntry ReadEntry(ref Utf8JsonReader reader, string tensor)
    {
        Expect(reader, JsonTokenType.StartObject, tensor);
        string? type = null;
        long[]? shape = null, offsets = null;
        while (NextProperty(ref reader, seen: null) is string name)
        {
            switch (name)
            {
                case "dtype" when type is null:
                    Expect(reader, JsonTokenType.String, tensor, name);
                    type = reader.GetString();
                    break;
                case "shape" when shape is null:
                    shape = ReadNumbers(ref reader, tensor, name);
                    break;
                case "data_offsets" when offsets is null:
                    offsets = ReadNumbers(ref reader, tensor, name);
                    break;
                default:
                    throw new JsonException(
                        name is "dtype" or "shape" or "data_offsets" ? $"'{name}' stands twice in '{tensor}'" : $"'{tensor}' has the unknown property '{name}'");
            }
        }

        if (type is null || shape is null || offsets is null)
            throw new JsonException($"'{tensor}' lacks {(type is null ? "dtype" : shape is null ? "shape" : "data_offsets")}");
        if (offsets.Length != 2)
            throw new JsonException($"data_offsets of {tensor} has {offsets.Length} numbers instead of 2");
        return new TensorEntry(tensor, type, shape, offsets[0], offsets[1]);
    }

    private static long[] ReadNumbers(ref Utf8JsonReader reader, string tensor, string property)
    {
        Expect(reader, JsonTokenType.StartArray, tensor, property);
        Span<long> numbers = stackalloc long[MaxAxes];
        int count = 0;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            Expect(reader, JsonTokenType.Number, tensor, property);
            if (count == MaxAxes)
                throw new JsonException($"{property} of {tensor} holds more than {MaxAxes} numbers");
            if (!reader.TryGetInt64(out long number) || number < 0)
                throw new JsonException($"{property} of {tensor} holds a number that is no whole number from 0 to 2^63 - 1");
            numbers[count++] = number;
        }

        return numbers[..count].ToArray();
    }

    private static void Expect(in Utf8JsonReader reader, JsonTokenType type, string of, string? property = null)
    {
        if (reader.TokenType != type)
            throw new JsonException($"{(property is null ? of : $"{property} of {of}")} is a {reader.TokenType} instead of a {type}");
    }

    private static void CheckOffsets(TensorEntry[] ordered)
    {
        long end = 0;
        foreach (TensorEntry entry in ordered)
        {
            if (entry.End < entry.Begin)
                throw Broken($"{entry.Name} ends at byte {entry.End}, before its begin at {entry.Begin}.");
            if (entry.Begin < end)
                throw Broken($"{entry.Name} begins at byte {entry.Begin} and overlaps the tensor before it, which ends at {end}.");
            if (entry.Begin > end)
                throw Broken($"Bytes {end} to {entry.Begin} before {entry.Name} belong to no tensor.");

            UInt128 bytes = (UInt128)SizeOf(entry.Type);
            if (bytes == 0)
                throw Broken($"{entry.Name} has the unknown type '{entry.Type}'.");
            foreach (long extent in entry.Shape)
            {
                // Both factors are below 2^64, so the product itself cannot overflow.
                bytes *= (UInt128)extent;
                if (bytes > long.MaxValue)
                    throw Broken($"{entry.Name} has a shape whose product is too large.");
            }

            if (bytes != (UInt128)(entry.End - entry.Begin))
                throw Broken($"{entry.Name} has {entry.End - entry.Begin} bytes, but its shape and type {entry.Type} need {bytes}.");
            end = entry.End;
        }
    }

    private static ModelFileException Broken(FormattableString message) => new(message.ToString(CultureInfo.InvariantCulture));
}
