using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DlGen.Tests.Parity;

/// <summary>
/// One file that Fixtures/make_fixtures.py made with PyTorch: tensors by name. The reader is the tests' own (safetensors: a JSON header with
/// offsets, then the data), so that a fault of the library's reader can't explain itself away.
/// </summary>
internal sealed class Fixture
{
    private readonly Dictionary<string, double[]> tensors = [];

    private Fixture(string path)
    {
        byte[] file = File.ReadAllBytes(path);
        int headerLength = (int)BinaryPrimitives.ReadInt64LittleEndian(file);
        using var header = JsonDocument.Parse(file.AsMemory(8, headerLength));
        foreach (var entry in header.RootElement.EnumerateObject())
        {
            if (entry.Name != "__metadata__") tensors.Add(entry.Name, Values(entry.Value, file.AsSpan(8 + headerLength)));
        }
    }

    public static string Folder { get; } = Path.Combine(AppContext.BaseDirectory, "Fixtures");

    public double[] this[string name] => tensors[name];

    /// <summary>An input, target or prediction: under its kind alone where it is the only one, else under its own name too.</summary>
    public double[] Of(string kind, string name) => tensors.TryGetValue(kind, out double[]? only) ? only : tensors[$"{kind}/{name}"];

    /// <summary>Names of the parameters and running statistics.</summary>
    public IEnumerable<string> Parameters => NamesUnder("start/");

    /// <summary>Names of the parameters that have a gradient.</summary>
    public IEnumerable<string> Trained => NamesUnder("gradient/");

    public static Fixture Read(string model, bool float64) => new(Path.Combine(Folder, $"{model}.{(float64 ? "Float64" : "Float32")}.safetensors"));

    public static string ScriptHash()
    {
        string script = File.ReadAllText(Path.Combine(Folder, "make_fixtures.py")).Replace("\r\n", "\n", StringComparison.Ordinal);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script)));
    }

    private IEnumerable<string> NamesUnder(string prefix) => tensors.Keys.Where(k => k.StartsWith(prefix, StringComparison.Ordinal)).Select(k => k[prefix.Length..]);

    private static double[] Values(JsonElement entry, ReadOnlySpan<byte> data)
    {
        var offsets = entry.GetProperty("data_offsets");
        var bytes = data[offsets[0].GetInt32()..offsets[1].GetInt32()];
        return entry.GetProperty("dtype").GetString() switch
        {
            "F64" => MemoryMarshal.Cast<byte, double>(bytes).ToArray(),
            "F32" => Array.ConvertAll(MemoryMarshal.Cast<byte, float>(bytes).ToArray(), x => (double)x),
            "I64" => Array.ConvertAll(MemoryMarshal.Cast<byte, long>(bytes).ToArray(), x => (double)x),
            var type => throw new InvalidDataException($"dtype {type}"),
        };
    }
}
