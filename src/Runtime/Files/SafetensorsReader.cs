using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;

namespace DlGen.Files;

/// <summary>Loads a model's parameters from a safetensors file: bounds and header first, then names, shapes and types against the model, then all bytes,
/// and only then the first parameter changes.</summary>
internal static class SafetensorsReader
{
    private const int LengthBytes = 8;
    private const int ChunkElements = 1 << 18;
    private const int FirstChunk = 1 << 16;

    /// <summary>How many batches a norm has seen: PyTorch writes it beside the running statistics, and only a momentum of None would read it.</summary>
    private const string BatchCount = ".num_batches_tracked";

    public static void Load(ParameterSet parameters, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 1);
        Load(parameters, file);
    }

    public static void Load(ParameterSet parameters, Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        TensorEntry[] entries = ReadHeader(stream, stream.CanSeek ? stream.Length - stream.Position : null);
        CheckTensors(parameters, entries);

        var staged = new Array?[entries.Length];
        for (int i = 0; i < entries.Length; i++)
        {
            if (IsBatchCount(parameters, entries[i]))
                Fill(stream, new byte[entries[i].End - entries[i].Begin], entries[i].Name);
            else
                staged[i] = ReadTensor(stream, entries[i], parameters[entries[i].Name].Length, parameters.Storage.Float64);
        }

        if (stream.ReadByte() >= 0)
            throw new ModelFileException("The file goes on after the last tensor.");

        for (int i = 0; i < entries.Length; i++)
        {
            if (staged[i] is float[] floats)
                parameters[entries[i].Name].CopyFrom(floats);
            else if (staged[i] is double[] doubles)
                parameters[entries[i].Name].CopyFrom(doubles);
        }
    }

    /// <summary>The tensors that a header describes, in the order of their bytes, under every rule that a header and a file's length can break.</summary>
    internal static TensorEntry[] ReadHeader(Stream stream, long? length, Dictionary<string, string>? metadata = null)
    {
        Span<byte> lengthBytes = stackalloc byte[LengthBytes];
        Fill(stream, lengthBytes, "the length of the header");
        ulong headerLength = BinaryPrimitives.ReadUInt64LittleEndian(lengthBytes);
        if (headerLength > SafetensorsHeader.MaxLength)
        {
            throw new ModelFileException(
                $"The header claims {Text(headerLength)} bytes, and {Text(SafetensorsHeader.MaxLength)} are allowed. Is this a safetensors file?");
        }

        if (length is long total && (long)headerLength > total - LengthBytes)
            throw new ModelFileException($"The header claims {Text(headerLength)} bytes, but the file has only {Text(total - LengthBytes)} behind its length.");

        TensorEntry[] entries = SafetensorsHeader.Read(ReadHeader(stream, (int)headerLength, claimed: length is null), metadata);
        if (length is long size)
        {
            long end = entries.Length == 0 ? 0 : entries[^1].End, available = size - LengthBytes - (long)headerLength;
            if (available != end)
                throw new ModelFileException($"The tensors take {Text(end)} bytes, but {Text(available)} follow the header.");
        }

        return entries;
    }

    /// <summary>The JSON. Where its length is only claimed, memory grows with what has come, to twice that.</summary>
    private static byte[] ReadHeader(Stream stream, int length, bool claimed)
    {
        var header = new byte[claimed ? Math.Min(length, FirstChunk) : length];
        int filled = 0;
        while (true)
        {
            Fill(stream, header.AsSpan(filled), "the header");
            filled = header.Length;
            if (filled == length)
                return header;
            Array.Resize(ref header, Math.Min(2 * filled, length));
        }
    }

    /// <summary>All that is wrong, in one message.</summary>
    private static void CheckTensors(ParameterSet parameters, TensorEntry[] entries)
    {
        var inFile = entries.ToDictionary(entry => entry.Name, StringComparer.Ordinal);
        string[] missing = [.. parameters.Select(parameter => parameter.Name).Where(name => !inFile.ContainsKey(name))];
        string[] unexpected = [.. entries.Where(entry => !parameters.TryGetValue(entry.Name, out _) && !IsBatchCount(parameters, entry)).Select(entry => entry.Name)];

        var problems = new List<string>();
        if (missing.Length > 0)
            problems.Add($"The file lacks {string.Join(", ", missing)}.");
        if (unexpected.Length > 0)
            problems.Add($"The model does not have {string.Join(", ", unexpected)}.");
        foreach (Parameter parameter in parameters)
        {
            if (!inFile.TryGetValue(parameter.Name, out TensorEntry? entry))
                continue;
            if (!SameShape(entry.Shape, parameter.Shape))
                problems.Add($"{entry.Name} has the shape ({string.Join(", ", entry.Shape.Select(extent => Text(extent)))}) in the file; the model has {parameter}.");
            if (entry.Type is not ("F64" or "F32" or "F16" or "BF16"))
                problems.Add($"{entry.Name} is of type {entry.Type}; F64, F32, F16 and BF16 can be loaded.");
        }

        if (problems.Count > 0)
            throw new ModelFileException("The file does not fit the model. " + string.Join(" ", problems), missing, unexpected);
    }

    /// <summary>One whole number beside running statistics of the model.</summary>
    private static bool IsBatchCount(ParameterSet parameters, TensorEntry entry)
        => entry.Type == "I64" && entry.Shape.Length == 0 && entry.Name.EndsWith(BatchCount, StringComparison.Ordinal)
        && parameters.TryGetValue(entry.Name[..^BatchCount.Length] + ".running_mean", out Parameter? mean) && mean.IsState;

    private static bool SameShape(long[] file, ReadOnlySpan<int> model)
    {
        if (file.Length != model.Length)
            return false;
        for (int i = 0; i < file.Length; i++)
        {
            if (file[i] != model[i])
                return false;
        }

        return true;
    }

    private static Array ReadTensor(Stream stream, TensorEntry entry, int length, bool intoFloat64)
    {
        if (entry.Type != "F64")
        {
            var floats = new float[length];
            if (entry.Type == "F32")
                ReadElements<float>(stream, floats, entry.Name);
            else
                ReadWidened(stream, floats, entry);
            return floats;
        }

        var doubles = new double[length];
        ReadElements<double>(stream, doubles, entry.Name);
        int overflow = intoFloat64 ? -1 : Array.FindIndex(doubles, value => double.IsFinite(value) && !float.IsFinite((float)value));
        if (overflow >= 0)
            throw new ModelFileException($"{entry.Name}[{Text(overflow)}] is {Text(doubles[overflow])}, which a Float32 model cannot hold.");
        return doubles;
    }

    /// <summary>Floats of 16 bits, each of which a float of 32 holds exactly: F16 is IEEE's half, BF16 the upper half of a float.</summary>
    private static void ReadWidened(Stream stream, float[] floats, TensorEntry entry)
    {
        // They are read into the second half of their own destination and widened from the front: number i is written below number i + 1, which is still to be read.
        Span<ushort> halves = MemoryMarshal.Cast<float, ushort>(floats.AsSpan())[floats.Length..];
        ReadElements(stream, halves, entry.Name);
        bool brain = entry.Type == "BF16";
        for (int i = 0; i < floats.Length; i++)
            floats[i] = brain ? BitConverter.UInt32BitsToSingle((uint)halves[i] << 16) : (float)BitConverter.UInt16BitsToHalf(halves[i]);
    }

    internal static void ReadElements<T>(Stream stream, Span<T> elements, string name)
        where T : unmanaged
    {
        for (int from = 0; from < elements.Length; from += ChunkElements)
        {
            Span<byte> bytes = MemoryMarshal.AsBytes(elements.Slice(from, Math.Min(ChunkElements, elements.Length - from)));
            Fill(stream, bytes, name);
            LittleEndian.FromOrTo<T>(bytes);
        }
    }

    private static void Fill(Stream stream, Span<byte> bytes, string what)
    {
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
            throw new ModelFileException($"The file ends inside {what}.");
    }

    private static string Text<T>(T number)
        where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
