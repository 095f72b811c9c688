using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Json;
using DlGen.Compiled;
using static DlGen.Tests.SafetensorsBytes;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>Files that were damaged at random: whatever stands in one, it loads or is refused with <see cref="ModelFileException"/>; a refused one changes no parameter and
/// takes no more memory than its own size and a constant. DLGEN_MUTATED_FILES says how many are tried.</summary>
public sealed class MutatedFileTests
{
    /// <summary>What an exception, its message, the reading of a small header and the first chunk of a header of unknown length take.</summary>
    private const long Overhead = 80 << 10;

    private static readonly string[] Headers =
    [
        """{"__metadata__":{"format":"pt"},"linear_1.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"linear_1.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[12,72]},"scale":{"dtype":"F32","shape":[],"data_offsets":[72,76]}}""",
        """{"linear_1.weight":{"dtype":"BF16","shape":[3,5],"data_offsets":[0,30]},"scale":{"dtype":"F64","shape":[],"data_offsets":[30,38]},"linear_1.bias":{"dtype":"F16","shape":[3],"data_offsets":[38,44]}}  """,
    ];

    private static readonly string[] Pieces =
    [
        "\"", "{", "}", "[", "]", ",", ":", " ", "\\u0000", "\\", "-", "0", "1", "e9", ".5", "null", "\"shape\":", "\"dtype\":\"F64\",", "[0,0],", "{\"a\":", "\"scale\":",
        "9223372036854775807", "9223372036854775808", "4294967296", "18446744073709551615", "linear_1", "\u00e9", "\t",
    ];

    [Fact]
    public void A_mutated_file_is_refused_and_changes_nothing()
    {
        int count = int.Parse(Environment.GetEnvironmentVariable("DLGEN_MUTATED_FILES") ?? "10000", CultureInfo.InvariantCulture), refused = 0;
        ModelCore<float> core = Create<float>(Linear());
        byte[][] originals = [.. Headers.Select((header, i) => FileOf(header, new byte[i == 0 ? 76 : 44]))];
        Assert.All(originals, original => core.Load(new MemoryStream(original)));
        Assert.Throws<ModelFileException>(() => core.Load(new OneWayStream([0, 0, 1, 0, 0, 0, 0, 0]))); // what is allocated the first time only
        core.Parameters["linear_1.weight"].CopyFrom(Counting(15));
        float[] before = core.Values.ToArray();
        for (int seed = 0; seed < count; seed++)
        {
            byte[] bytes = Mutated(originals[seed % originals.Length], new Random(seed));
            using MemoryStream stream = seed % 4 < 2 ? new MemoryStream(bytes) : new OneWayStream(bytes);
            long allocated = GC.GetAllocatedBytesForCurrentThread();
            try
            {
                core.Load(stream);
                Assert.True(IsWhole(bytes), $"The file of seed {seed} breaks a rule and was loaded.");
                core.Parameters.CopyFrom(Create<float>(Linear()).Parameters);
                before = core.Values.ToArray();
            }
            catch (ModelFileException)
            {
                Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, bytes.Length + Overhead);
                Assert.True(before.AsSpan().SequenceEqual(core.Values), $"The refused file of seed {seed} changed a parameter.");
                refused++;
            }
            catch (Exception exception) when (exception is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"The file of seed {seed} is not refused but throws {exception}");
            }
        }

        // What only changes a number of a tensor loads; most changes are of other kinds.
        Assert.InRange(refused, count / 2, count);
    }

    [Theory]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[", "0,", "0]}}")]
    [InlineData("{\"a\":{\"dtype\":\"F32\",\"shape\":[", "[", "")]
    [InlineData("{\"__metadata__\":{", "\"\":\"\",", "\"\":\"\"}}")]
    [InlineData("{", " ", "}")]
    [InlineData("{\"", "\\\\", "\":0}")]
    public void A_long_hostile_header_takes_a_few_times_its_own_size(string begin, string repeated, string end)
    {
        byte[] bytes = FileOf(begin + string.Concat(Enumerable.Repeat(repeated, 1_000_000 / repeated.Length)) + end, []);
        ModelCore<float> core = Create<float>(Linear());
        using var stream = new MemoryStream(bytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Throws<ModelFileException>(() => core.Load(stream));
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 8L * bytes.Length);
    }

    [Fact]
    public void Many_tensors_of_no_model_take_a_few_times_the_size_of_their_header()
    {
        byte[] bytes = FileOf(
            "{" + string.Join(',', Enumerable.Range(0, 20_000).Select(i => FormattableString.Invariant($"\"tensor{i}\":{{\"dtype\":\"F32\",\"shape\":[0],\"data_offsets\":[0,0]}}"))) + "}", []);
        ModelCore<float> core = Create<float>(Linear());
        using var stream = new MemoryStream(bytes);
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.Equal(20_000, Assert.Throws<ModelFileException>(() => core.Load(stream)).Unexpected.Count);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, 16L * bytes.Length);
    }

    /// <summary>Whether the tensors of a header that any JSON parser reads lie one behind the other up to the end, each as long as its shape and type say.</summary>
    private static bool IsWhole(byte[] bytes)
    {
        int headerLength = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        using var header = JsonDocument.Parse(bytes.AsMemory(8, headerLength));
        long end = 0;
        foreach (JsonElement tensor in header.RootElement.EnumerateObject().Where(p => p.Name != "__metadata__").Select(p => p.Value).OrderBy(t => t.GetProperty("data_offsets")[0].GetInt64()))
        {
            int size = tensor.GetProperty("dtype").GetString() switch { "F64" => 8, "F32" => 4, _ => 2 };
            long length = tensor.GetProperty("shape").EnumerateArray().Aggregate((long)size, (product, extent) => product * extent.GetInt64());
            if (tensor.GetProperty("data_offsets")[0].GetInt64() != end || tensor.GetProperty("data_offsets")[1].GetInt64() != (end += length))
                return false;
        }

        return bytes.Length == 8 + headerLength + end;
    }

    /// <summary>One to three changes: bits, the end, text of the header, numbers that change places, types, boundaries between tensors, the header's length.</summary>
    private static byte[] Mutated(byte[] original, Random random)
    {
        byte[] bytes = original;
        for (int changes = random.Next(1, 4); changes > 0; changes--)
        {
            bytes = random.Next(8) switch
            {
                0 => FlipBits(bytes, random),
                1 => Truncate(bytes, random),
                2 or 3 => WithHeader(bytes, header => Edit(header, random)),
                4 => WithHeader(bytes, header => SwapNumbers(header, random)),
                5 => WithHeader(bytes, header => ChangeType(header, random)),
                6 => WithHeader(bytes, header => MoveBoundary(header, random)),
                _ => ChangeLength(bytes, random),
            };
        }

        return bytes;
    }

    private static byte[] FlipBits(byte[] bytes, Random random)
    {
        byte[] flipped = [.. bytes];
        for (int i = random.Next(1, 9); i > 0 && flipped.Length > 0; i--)
            flipped[random.Next(flipped.Length)] ^= (byte)(1 << random.Next(8));
        return flipped;
    }

    private static byte[] Truncate(byte[] bytes, Random random) => random.Next(4) == 0 ? [.. bytes, 0] : bytes[..random.Next(bytes.Length + 1)];

    private static byte[] ChangeLength(byte[] bytes, Random random)
    {
        byte[] changed = [.. bytes];
        if (changed.Length >= 8)
        {
            ulong length = BinaryPrimitives.ReadUInt64LittleEndian(changed);
            ulong[] others = [0, unchecked(length - 1), length + 1, (ulong)changed.Length, (ulong)changed.Length - 8, 100_000_000, 100_000_001, int.MaxValue, long.MaxValue, ulong.MaxValue];
            BinaryPrimitives.WriteUInt64LittleEndian(changed, others[random.Next(others.Length)]);
        }

        return changed;
    }

    private static string Edit(string header, Random random)
    {
        int at = random.Next(header.Length + 1), removed = random.Next(Math.Min(random.Next(12), header.Length - at) + 1);
        return header[..at] + (random.Next(4) == 0 ? "" : Pieces[random.Next(Pieces.Length)]) + header[(at + removed)..];
    }

    private static string SwapNumbers(string header, Random random)
    {
        (int Start, int End)[] numbers = [.. Numbers(header)];
        if (numbers.Length < 2)
            return header;
        int first = random.Next(numbers.Length - 1);
        ((int start, int end), (int otherStart, int otherEnd)) = (numbers[first], numbers[random.Next(first + 1, numbers.Length)]);
        return header[..start] + header[otherStart..otherEnd] + header[end..otherStart] + header[start..end] + header[otherEnd..];
    }

    private static string ChangeType(string header, Random random)
    {
        string[] types = ["F64", "F32", "BF16", "F16", "I64", "I32", "U8", "BOOL"];
        string from = $"\"{types[random.Next(4)]}\"", to = $"\"{types[random.Next(types.Length)]}\"";
        int at = header.IndexOf(from, random.Next(header.Length + 1), StringComparison.Ordinal);
        return at < 0 ? header : header[..at] + to + header[(at + from.Length)..];
    }

    /// <summary>A number becomes another wherever it stands: the end of one tensor and the begin of the next.</summary>
    private static string MoveBoundary(string header, Random random)
    {
        (int Start, int End)[] numbers = [.. Numbers(header)];
        if (numbers.Length == 0)
            return header;
        (int start, int end) = numbers[random.Next(numbers.Length)];
        string number = header[start..end], other = random.Next(80).ToString(CultureInfo.InvariantCulture);
        return header.Replace($"[{number},", $"[{other},", StringComparison.Ordinal).Replace($",{number}]", $",{other}]", StringComparison.Ordinal);
    }

    private static IEnumerable<(int Start, int End)> Numbers(string header)
    {
        for (int i = 0; i < header.Length; i++)
        {
            int start = i;
            while (i < header.Length && char.IsAsciiDigit(header[i]))
                i++;
            if (i > start)
                yield return (start, i);
        }
    }

    /// <summary>The file with its header changed and the length stated rightly, if there is a header to be found.</summary>
    private static byte[] WithHeader(byte[] bytes, Func<string, string> change)
    {
        if (bytes.Length < 8 || BinaryPrimitives.ReadUInt64LittleEndian(bytes) > (ulong)(bytes.Length - 8))
            return bytes;
        int length = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        return FileOf(change(Encoding.UTF8.GetString(bytes, 8, length)), bytes[(8 + length)..]);
    }
}
