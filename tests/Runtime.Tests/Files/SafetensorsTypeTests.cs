using DlGen.Compiled;
using static DlGen.Tests.SafetensorsBytes;
using static DlGen.Tests.TestNetwork;

namespace DlGen.Tests;

/// <summary>The number types that load into a model of either precision.</summary>
public sealed class SafetensorsTypeTests
{
    [Fact]
    public void Precisions_read_each_other()
    {
        ModelCore<float> single = Create<float>(seed: 1, Linear());
        ModelCore<double> precise = Create<double>(seed: 2, Linear());
        precise.Load(new MemoryStream(Saved(single)));
        Assert.Equal(ValuesOf(single.Parameters[1]), ValuesOf(precise.Parameters[1]));

        precise.Parameters[1][3] = 1 / 3.0;
        single.Load(new MemoryStream(Saved(precise)));
        Assert.Equal(1 / 3f, single.Parameters[1][3]);

        precise.Parameters[1][3] = 1e300;
        Refused(single, Saved(precise), "linear_1.weight[3] is 1E+300, which a Float32 model cannot hold");
    }

    [Fact]
    public void Every_half_and_every_brain_float_is_widened_exactly()
    {
        ParameterDefinition all = Row("all", [1 << 16], 0);
        byte[] data = [.. Enumerable.Range(0, 1 << 16).SelectMany(i => (byte[])[(byte)i, (byte)(i >> 8)])];
        foreach ((string type, Func<int, double> value) in (ReadOnlySpan<(string, Func<int, double>)>)[("F16", HalfOf), ("BF16", BrainFloatOf)])
        {
            byte[] file = FileOf($"{{\"all\":{{\"dtype\":\"{type}\",\"shape\":[65536],\"data_offsets\":[0,131072]}}}}", data);
            ModelCore<float> single = Create<float>(all);
            single.Load(new MemoryStream(file));
            Assert.Equal(Enumerable.Range(0, 1 << 16).Select(value), ValuesOf(single.Parameters[0]));
            ModelCore<double> precise = Create<double>(all);
            precise.Load(new MemoryStream(file));
            Assert.Equal(Enumerable.Range(0, 1 << 16).Select(value), ValuesOf(precise.Parameters[0]));
        }

        // Sign, exponent and fraction taken apart, as IEEE 754 defines the value.
        static double HalfOf(int bits) => Value(bits, exponentBits: 5, fractionBits: 10);
        static double BrainFloatOf(int bits) => Value(bits, exponentBits: 8, fractionBits: 7);
        static double Value(int bits, int exponentBits, int fractionBits)
        {
            int fraction = bits & ((1 << fractionBits) - 1), exponent = (bits >> fractionBits) & ((1 << exponentBits) - 1), bias = (1 << (exponentBits - 1)) - 1;
            double sign = bits >> 15 == 0 ? 1 : -1;
            if (exponent == (1 << exponentBits) - 1)
                return fraction != 0 ? double.NaN : sign * double.PositiveInfinity;
            return sign * (exponent == 0 ? Math.ScaleB(fraction, 1 - bias - fractionBits) : Math.ScaleB(fraction + (1 << fractionBits), exponent - bias - fractionBits));
        }
    }

    [Fact]
    public void Types_may_differ_from_tensor_to_tensor()
    {
        string header = """{"linear_1.bias":{"dtype":"F16","shape":[3],"data_offsets":[0,6]},"linear_1.weight":{"dtype":"BF16","shape":[3,5],"data_offsets":[6,36]},"scale":{"dtype":"F64","shape":[],"data_offsets":[36,44]}}""";
        byte[] data =
        [
            .. Enumerable.Range(1, 3).SelectMany(i => BitConverter.GetBytes((Half)i)),
            .. Enumerable.Range(4, 15).SelectMany(i => BitConverter.GetBytes((float)i)[2..]),
            .. BitConverter.GetBytes(19.0),
        ];
        ModelCore<float> core = Create<float>(Linear());
        core.Load(new MemoryStream(FileOf(header, data)));
        Assert.Equal(Counting(3), ValuesOf(core.Parameters["linear_1.bias"]));
        Assert.Equal(Counting(15, from: 4), ValuesOf(core.Parameters["linear_1.weight"]));
        Assert.Equal(19, core.Parameters["scale"][0]);
        Refused(core, FileOf(header, data[..^1]), "ends inside scale");
        Refused(core, FileOf(header.Replace("[0,6]", "[0,12]", StringComparison.Ordinal), data), "linear_1.bias has 12 bytes, but its shape and type F16 need 6");
    }
}
