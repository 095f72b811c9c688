using System.Buffers.Binary;
using System.Text;
using DlGen.Compiled;
using static DlGen.Tests.SafetensorsBytes;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>Every rule of the format with a file that breaks only it. The model is the small Linear: bias (3), weight (3, 5), scale ().</summary>
public sealed class SafetensorsTests
{
    private const string Good =
        """{"linear_1.bias":{"dtype":"F32","shape":[3],"data_offsets":[0,12]},"linear_1.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[12,72]},"scale":{"dtype":"F32","shape":[],"data_offsets":[72,76]}}""";

    public static TheoryData<string, string, string> BrokenHeaders { get; } = new()
    {
        { Good, "[1]", "does not begin with '{'" },
        { Good, " " + Good, "does not begin with '{'" },
        { "]}}", "]}", "not valid" },
        { "]}}", "]}}x", "not valid" },
        { "]}}", "]}}{}", "not valid" },
        { "[72,76]}}", "[72,76]}} \n", "other than spaces" },
        { "\"shape\":[3]", $"\"shape\":[{string.Join(',', Enumerable.Repeat(1, 65))}]", "holds more than 64 numbers" },
        { "\"scale\":", "\"linear_1.\\u0062ias\":", "'linear_1.bias' stands twice" },
        { "\"F32\",\"shape\":[3]", "\"F32\",\"dtype\":\"F32\",\"shape\":[3]", "'dtype' stands twice" },
        { "\"scale\":", "\"linear_1.bias\":", "'linear_1.bias' stands twice" },
        { "\"shape\":[3],", "", "lacks shape" },
        { "\"dtype\":\"F32\",\"shape\":[3],", "\"shape\":[3],", "lacks dtype" },
        { ",\"data_offsets\":[0,12]", "", "lacks data_offsets" },
        { "[0,12]", "[0,12,12]", "has 3 numbers instead of 2" },
        { "[0,12]", "[0]", "has 1 numbers instead of 2" },
        { "[0,12]", "[-1,12]", "no whole number" },
        { "[0,12]", "[0.5,12]", "no whole number" },
        { "[0,12]", "[0,\"12\"]", "is a String instead of a Number" },
        { "[0,12]", "[0,99999999999999999999]", "no whole number" },
        { "\"shape\":[3],", "\"shape\":3,", "shape of linear_1.bias is a Number instead of a StartArray" },
        { "\"shape\":[3],", "\"shape\":[3],\"stride\":[1],", "unknown property 'stride'" },
        { "\"dtype\":\"F32\",\"shape\":[3]", "\"dtype\":7,\"shape\":[3]", "dtype of linear_1.bias is a Number" },
        { "{\"dtype\":\"F32\",\"shape\":[3],\"data_offsets\":[0,12]}", "null", "is a Null instead of a StartObject" },
        { "\"dtype\":\"F32\",\"shape\":[3]", "\"dtype\":\"F33\",\"shape\":[3]", "unknown type 'F33'" },
        { "[0,12]", "[12,0]", "before its begin" },
        { "[12,72]", "[8,72]", "overlaps" },
        { "[12,72]", "[0,72]", "overlaps" },
        { "[0,12]", "[0,8]", "has 8 bytes, but its shape and type F32 need 12" },
        { "\"shape\":[3],\"data_offsets\":[0,12]", "\"shape\":[2],\"data_offsets\":[0,8]", "belong to no tensor" },
        { "\"shape\":[3]", "\"shape\":[4294967296,4294967296,4294967296,3]", "product is too large" },
        { "\"shape\":[3]", "\"shape\":[4611686018427387904,4]", "product is too large" },
        { "[72,76]", "[76,80]", "belong to no tensor" },
        { "{\"linear_1.bias\"", "{\"__metadata__\":{\"a\":1},\"linear_1.bias\"", "a of __metadata__ is a Number instead of a String" },
        { "{\"linear_1.bias\"", "{\"__metadata__\":{\"a\":\"1\",\"a\":\"2\"},\"linear_1.bias\"", "'a' stands twice" },
        { "{\"linear_1.bias\"", "{\"__metadata__\":[],\"linear_1.bias\"", "__metadata__ is a StartArray" },
    };

    [Fact]
    public void What_is_saved_loads_bit_for_bit()
    {
        RoundTrip<float>();
        RoundTrip<double>();
    }

    [Fact]
    public void The_bytes_are_those_of_the_format()
    {
        ModelCore<float> core = Create<float>(Linear());
        core.Parameters["linear_1.weight"].CopyFrom(Counting(15));
        byte[] bytes = Saved(core);
        int header = (int)BinaryPrimitives.ReadUInt64LittleEndian(bytes);
        Assert.Equal(0, header % 8);
        Assert.Equal(
            """{"__metadata__":{"format":"pt"},""" + Good[1..],
            Encoding.UTF8.GetString(bytes.AsSpan(8, header)).TrimEnd(' '));
        Assert.Equal(8 + header + 76, bytes.Length);
        for (int i = 0; i < 15; i++)
            Assert.Equal(1f + i, BinaryPrimitives.ReadSingleLittleEndian(bytes.AsSpan(8 + header + 12 + 4 * i)));
    }

    [Fact]
    public void A_file_in_another_order_with_metadata_and_spaces_loads()
    {
        string header = """{"scale":{"data_offsets":[0,4],"shape":[],"dtype":"F32"},"__metadata__":{"who":"me"},"linear_1.weight":{"dtype":"F32","shape":[3,5],"data_offsets":[16,76]},"linear_1.bias":{"dtype":"F32","shape":[3],"data_offsets":[4,16]}}   """;
        ModelCore<float> core = Create<float>(Linear());
        core.Load(new MemoryStream(FileOf(header, Data())));
        Assert.Equal(1, core.Parameters["scale"][0]);
        Assert.Equal(Counting(3, from: 2), ValuesOf(core.Parameters["linear_1.bias"]));
        Assert.Equal(Counting(15, from: 5), ValuesOf(core.Parameters["linear_1.weight"]));
        Assert.All(PaddingOf(core), at => Assert.Equal(0, core.Values[at]));
    }

    [Theory]
    [MemberData(nameof(BrokenHeaders))]
    public void A_broken_header_is_refused(string replace, string by, string message)
    {
        Refused(Create<float>(Linear()), FileOf(ReplaceFirst(Good, replace, by), Data()), message);
    }

    [Fact]
    public void Text_that_is_no_Utf8_is_refused()
    {
        byte[] bytes = FileOf(Good, Data());
        bytes[8 + 5] = 0xFF;
        Refused(Create<float>(Linear()), bytes, "not valid");
    }

    [Fact]
    public void A_header_length_out_of_bounds_is_refused()
    {
        ModelCore<float> core = Create<float>(Linear());
        byte[] bytes = FileOf(Good, Data());
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 100_000_001);
        Refused(core, bytes, "claims 100000001 bytes, and 100000000 are allowed");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 100_000_000);
        Refused(core, bytes, "ends inside the header");
        RefusedFile(core, bytes, "claims 100000000 bytes, but the file has only");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ulong.MaxValue);
        Refused(core, bytes, "claims 18446744073709551615 bytes");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 5000);
        RefusedFile(core, bytes, "claims 5000 bytes, but the file has only");
        Refused(core, bytes, "ends inside the header");
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, 0);
        Refused(core, bytes, "does not begin with '{'");
        Refused(core, bytes[..5], "ends inside the length of the header");
        Refused(core, [], "ends inside the length of the header");
    }

    [Fact]
    public void Bytes_that_are_missing_or_too_many_are_refused()
    {
        ModelCore<float> core = Create<float>(Linear());
        byte[] bytes = FileOf(Good, Data());
        Refused(core, bytes[..^1], "ends inside scale");
        Refused(core, bytes[..^5], "ends inside linear_1.weight");
        Refused(core, [.. bytes, 0], "goes on after the last tensor");
        RefusedFile(core, bytes[..^1], "The tensors take 76 bytes, but 75 follow the header");
        RefusedFile(core, [.. bytes, 0], "The tensors take 76 bytes, but 77 follow the header");
    }

    [Fact]
    public void Every_length_of_a_cut_file_is_refused()
    {
        ModelCore<float> core = Create<float>(Linear());
        byte[] bytes = FileOf(Good, Data());
        float[] before = core.Values.ToArray();
        for (int length = 0; length < bytes.Length; length++)
            Assert.Throws<ModelFileException>(() => core.Load(new MemoryStream(bytes, 0, length)));
        Assert.Equal(before, core.Values.ToArray());
    }

    [Fact]
    public void Missing_and_unexpected_names_are_listed()
    {
        ModelCore<float> core = Create<float>(Linear());
        string header = Good.Replace("linear_1.", "fc.", StringComparison.Ordinal);
        ModelFileException error = Refused(
            core, FileOf(header, Data()), "The file lacks linear_1.bias, linear_1.weight. The model does not have fc.bias, fc.weight.");
        Assert.Equal(["linear_1.bias", "linear_1.weight"], error.Missing);
        Assert.Equal(["fc.bias", "fc.weight"], error.Unexpected);
    }

    [Fact]
    public void Shapes_and_types_that_do_not_fit_are_all_named()
    {
        ModelCore<float> core = Create<float>(Linear());
        string header = Good.Replace("[3,5]", "[5,3]", StringComparison.Ordinal).Replace("\"F32\",\"shape\":[]", "\"I32\",\"shape\":[]", StringComparison.Ordinal);
        Refused(
            core,
            FileOf(header, Data()),
            "linear_1.weight has the shape (5, 3) in the file; the model has linear_1.weight (3, 5). scale is of type I32; F64, F32, F16 and BF16 can be loaded.");
    }

    [Fact]
    public void A_long_header_of_a_stream_that_does_not_say_its_length_is_read()
    {
        ModelCore<float> core = Create<float>(Linear());
        core.Load(new OneWayStream(FileOf(Good + new string(' ', 300_000), Data())));
        Assert.Equal(19, core.Parameters["scale"][0]);
    }

    [Fact]
    public void An_empty_tensor_and_a_model_without_parameters_are_allowed()
    {
        ModelCore<float> core = Create<float>(Row("none", [0, 3], 0), Row("one", [1], 0));
        core.Load(new MemoryStream(FileOf("""{"one":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"none":{"dtype":"F32","shape":[0,3],"data_offsets":[4,4]}}""", BitConverter.GetBytes(2f))));
        Assert.Equal(2, core.Parameters["one"][0]);
        ModelFileException error = Assert.Throws<ModelFileException>(() => core.Load(new MemoryStream(FileOf("{}", []))));
        Assert.Equal(["none", "one"], error.Missing);
    }

    [Fact]
    public void Saving_replaces_a_file_whole_and_leaves_nothing_beside_it()
    {
        string folder = Directory.CreateTempSubdirectory().FullName;
        try
        {
            string path = Path.Combine(folder, "model.safetensors");
            File.WriteAllText(path, "old");
            ModelCore<float> core = Create<float>(seed: 1, Linear()), other = Create<float>(seed: 2, Linear());
            core.Save(path);
            Assert.Equal([path], Directory.GetFiles(folder));
            other.Load(path);
            Assert.Equal(core.Values.ToArray(), other.Values.ToArray());

            // The target cannot be replaced: a folder stands there.
            string taken = Path.Combine(folder, "taken");
            Directory.CreateDirectory(taken);
            Assert.ThrowsAny<Exception>(() => core.Save(taken));
            Assert.Equal([path], Directory.GetFiles(folder));
            Assert.Throws<DirectoryNotFoundException>(() => core.Save(Path.Combine(folder, "none", "model.safetensors")));
            Assert.Throws<FileNotFoundException>(() => core.Load(Path.Combine(folder, "none.safetensors")));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static void RoundTrip<T>()
        where T : unmanaged, System.Numerics.IBinaryFloatingPointIeee754<T>
    {
        ModelCore<T> core = Create<T>(seed: 1, Linear()), other = Create<T>(seed: 2, Linear());
        core.Parameters[0].CopyFrom([double.NaN, double.NegativeInfinity, -0.0]);
        other.Load(new MemoryStream(Saved(core)));
        Assert.Equal(core.Values.ToArray(), other.Values.ToArray());
        Assert.True(double.IsNegative(other.Parameters[0][2]));
    }

    private static void RefusedFile(ModelCore<float> core, byte[] bytes, string message)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, bytes);
            Assert.Contains(message, Assert.Throws<ModelFileException>(() => core.Load(path)).Message);
        }
        finally
        {
            File.Delete(path);
        }
    }

    /// <summary>1, 2, 3, … 19 as 32-bit floats.</summary>
    private static byte[] Data() => [.. Enumerable.Range(1, 19).SelectMany(i => BitConverter.GetBytes((float)i))];

    private static string ReplaceFirst(string text, string old, string by)
    {
        int at = text.IndexOf(old, StringComparison.Ordinal);
        return text[..at] + by + text[(at + old.Length)..];
    }
}
